// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;

/**
 * Makes a hardware record of any bytes, as a careless or malicious author of records might: with
 * addresses of the wrong family, masks with holes, text of any length with any characters.
 *
 * <p>The bytes are a list of fields: what it is, how long, and as many bytes. No bytes make an
 * ordinary record.
 */
final class HostileRecord {

  /** In a field's code: its length counts in units of this many bytes. */
  private static final int LONG = 128;

  private final byte[] bytes;
  private int at;

  private HostileRecord(byte[] bytes) {
    this.bytes = bytes;
  }

  static HardwareRecord of(MacAddress mac, byte... bytes) {
    return new HostileRecord(bytes).read(mac);
  }

  /** Returns descriptions of some records: an ordinary one, a full one, some odd ones. */
  static List<byte[]> seeds() {
    return List.of(
        new byte[0],
        Fixtures.hex(
            "0204c0a86301 0304c0a863ff 040808080808 01010101 050484a36002 06026831"
                + "07076578616d706c65 0807612e6220632e64 0909080a000000c0a8630a 0a0300ffff"
                + "0c023136 110869707865 2e656669"),
        Fixtures.hex("0d0731302e302e302e31 0e05782e656669"),
        Fixtures.hex("0010 20010db8000000000000000000000001 1414"),
        Fixtures.hex("130f687474703a2f2f622f782e69707865 0f00"),
        Fixtures.hex("860241 1000 8e0241 0104ff00ff00"));
  }

  private HardwareRecord read(MacAddress mac) {
    Reservation.Builder reservation =
        Reservation.builder(mac)
            .ipAddress(Fixtures.ip("192.168.99.43"))
            .subnetMask(Fixtures.ip("255.255.255.0"));
    Netboot.Builder netboot = Netboot.builder().allowed(true);
    boolean hasNetboot = true;
    while (at < bytes.length) {
      int field = next();
      byte[] value = take(field >= LONG ? next() * LONG : next());
      String text = new String(value, StandardCharsets.UTF_8);
      switch (field & 31) {
        case 0 -> reservation.ipAddress(address(value));
        case 1 -> reservation.subnetMask(ip4(value, 0));
        case 2 -> reservation.defaultGateway(address(value));
        case 3 -> reservation.broadcastAddress(address(value));
        case 4 -> reservation.nameServers(addresses(value));
        case 5 -> reservation.ntpServers(addresses(value));
        case 6 -> reservation.hostname(text);
        case 7 -> reservation.domainName(text);
        case 8 -> reservation.domainSearch(List.of(text.split(" ", -1)));
        case 9 -> reservation.classlessStaticRoutes(routes(value));
        case 10 -> reservation.leaseTime(Duration.ofSeconds(number(value)));
        case 11 -> reservation.arch(text);
        case 12 -> reservation.vlanId(text);
        case 13 -> reservation.tftpServerName(text);
        case 14 -> reservation.bootFileName(text);
        case 15 -> reservation.disabled(true);
        case 16 -> netboot.allowed(false);
        case 17 -> netboot.ipxeBinary(text);
        case 18 -> netboot.ipxeScript(text);
        case 19 -> uri(netboot, text);
        case 20 -> hasNetboot = false;
        default -> {}
      }
    }
    return hasNetboot
        ? HardwareRecord.of(reservation.build(), netboot.build())
        : HardwareRecord.of(reservation.build());
  }

  private int next() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  private byte[] take(int length) {
    int to = Math.min(bytes.length, at + length);
    byte[] taken = Arrays.copyOfRange(bytes, at, to);
    at = to;
    return taken;
  }

  private static void uri(Netboot.Builder netboot, String text) {
    try {
      netboot.ipxeScriptUrl(URI.create(text));
    } catch (IllegalArgumentException e) {
      netboot.ipxeScriptUrl(URI.create("http://boot.example/" + text.length()));
    }
  }

  private static Inet4Address ip4(byte[] value, int from) {
    return (Inet4Address) address(Arrays.copyOfRange(value, from, from + 4));
  }

  /** Returns an IPv6 address if there are bytes enough. */
  private static InetAddress address(byte[] value) {
    try {
      return InetAddress.getByAddress(Arrays.copyOf(value, value.length >= 16 ? 16 : 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<InetAddress> addresses(byte[] value) {
    List<InetAddress> all = new ArrayList<>();
    for (int from = 0; from < value.length; from += all.size() % 5 == 0 ? 16 : 4) {
      all.add(address(Arrays.copyOfRange(value, from, from + (all.size() % 5 == 4 ? 16 : 4))));
    }
    return all;
  }

  private static List<ClasslessRoute> routes(byte[] value) {
    List<ClasslessRoute> all = new ArrayList<>();
    for (int from = 0; from < value.length; from += 9) {
      byte[] one = Arrays.copyOfRange(value, from, from + 9);
      all.add(new ClasslessRoute(ip4(one, 1), (one[0] & 0xff) % 33, ip4(one, 5)));
    }
    return all;
  }

  private static long number(byte[] value) {
    long number = 0;
    for (int i = 0; i < Math.min(7, value.length); i++) {
      number = number << 8 | value[i] & 0xff;
    }
    return number;
  }
}
