// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.testkit;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;

/** The records that the kit puts in. What follows from other values is consistent with them. */
final class SampleRecords {
  private SampleRecords() {}

  /** Machines that may be netbooted, with addresses of their own. */
  static List<HardwareRecord> plain(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> plain(MacAddress.of((byte) 2, (byte) 0, (byte) 0, (byte) 0, high(i), low(i)), i))
        .toList();
  }

  /** A machine that may be netbooted, with the IP address of this number. */
  static HardwareRecord plain(MacAddress mac, int number) {
    return HardwareRecord.of(
        reservation(mac, number).hostname("machine-" + number).build(),
        Netboot.builder().allowed(true).build());
  }

  private static Reservation.Builder reservation(MacAddress mac, int number) {
    return Reservation.builder(mac)
        .ipAddress(ip("10.1." + (number >> 8) + "." + (number & 0xff)))
        .subnetMask(ipv4("255.255.0.0"))
        .broadcastAddress(ip("10.1.255.255"));
  }

  static HardwareRecord ipv6() {
    return HardwareRecord.of(
        Reservation.builder(MacAddress.parse("02:00:5e:00:53:06"))
            .ipAddress(ip("2001:db8::15"))
            .defaultGateway(ip("2001:db8::1"))
            .nameServers(List.of(ip("2001:db8::53"), ip("192.0.2.53")))
            .hostname("six")
            .build(),
        Netboot.builder().allowed(true).build());
  }

  /** Each value at least once in a form that is not its default. */
  static List<HardwareRecord> various() {
    MacAddress mac = MacAddress.parse("02:00:5e:00:53:10");
    HardwareRecord full =
        new HardwareRecord(
            reservation(mac, 16)
                .defaultGateway(ip("10.1.0.1"))
                .nameServers(List.of(ip("10.1.0.2"), ip("10.1.0.3")))
                .ntpServers(List.of(ip("10.1.0.4"), ip("10.1.0.5")))
                .hostname("full")
                .domainName("example.org")
                .domainSearch(List.of("example.org"))
                .classlessStaticRoutes(
                    List.of(
                        new ClasslessRoute(ipv4("10.0.0.0"), 8, ipv4("10.1.0.6")),
                        new ClasslessRoute(ipv4("0.0.0.0"), 0, ipv4("10.1.0.1"))))
                .leaseTime(Duration.ofHours(1))
                .arch("aarch64")
                .vlanId("30")
                .tftpServerName("10.1.0.7")
                .bootFileName("other.efi")
                .build(),
            Optional.of(
                Netboot.builder()
                    .allowed(true)
                    .ipxeScriptUrl(URI.create("http://10.1.0.8/%7Bmac%7D/auto.ipxe"))
                    .ipxeScript("#!ipxe\necho \"boot\": # 'now'\n\nexit\n")
                    .ipxeBinary("snp.efi")
                    .console("ttyS1")
                    .facility("onprem console=ttyS0")
                    .osie(
                        new Osie(
                            Optional.of(URI.create("http://10.1.0.9/osie")),
                            Optional.of("vmlinuz"),
                            Optional.of("initramfs"),
                            List.of("a=b", "quiet")))
                    .pxelinuxConfig("default linux\n  kernel vmlinuz\n")
                    .raspberryPi(
                        new RaspberryPi(
                            "00f1e2d3", Optional.of("fw/4"), Optional.of("arm_64bit=1\n")))
                    .build()),
            Optional.of("agent-16"),
            Optional.of(URI.create("http://10.1.0.10/hook.iso")));
    HardwareRecord silent =
        HardwareRecord.of(
            reservation(MacAddress.parse("02:00:5e:00:53:11"), 17).disabled(true).build(),
            Netboot.builder().build());
    HardwareRecord lasting =
        HardwareRecord.of(
            reservation(MacAddress.parse("02:00:5e:00:53:12"), 18)
                .leaseTime(Reservation.INFINITE_LEASE)
                .build(),
            Netboot.builder().build());
    HardwareRecord withoutNetboot =
        HardwareRecord.of(reservation(MacAddress.parse("02:00:5e:00:53:13"), 19).build());
    return List.of(full, silent, lasting, withoutNetboot, ipv6());
  }

  private static byte high(int number) {
    return (byte) (number >> 8);
  }

  private static byte low(int number) {
    return (byte) number;
  }

  private static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static Inet4Address ipv4(String text) {
    return (Inet4Address) ip(text);
  }
}
