// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small questions about IPv4 addresses; nothing here asks a name server. */
final class Ipv4 {
  private static final Pattern LITERAL =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  static final Inet4Address ANY = of(0);

  private Ipv4() {}

  static Inet4Address of(int bits) {
    byte[] octets = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    try {
      return (Inet4Address) InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new AssertionError("four octets are always an address", e);
    }
  }

  static int bits(Inet4Address address) {
    byte[] octets = address.getAddress();
    return (octets[0] & 0xff) << 24
        | (octets[1] & 0xff) << 16
        | (octets[2] & 0xff) << 8
        | (octets[3] & 0xff);
  }

  static Optional<Inet4Address> literal(String text) {
    Matcher m = LITERAL.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    int bits = 0;
    for (int i = 1; i <= 4; i++) {
      int octet = Integer.parseInt(m.group(i));
      if (octet > 255) {
        return Optional.empty();
      }
      bits = (bits << 8) | octet;
    }
    return Optional.of(of(bits));
  }

  static List<Inet4Address> only(List<InetAddress> addresses) {
    List<Inet4Address> v4 = new ArrayList<>(addresses.size());
    for (InetAddress address : addresses) {
      if (address instanceof Inet4Address a) {
        v4.add(a);
      }
    }
    return v4;
  }

  static Optional<Inet4Address> only(Optional<InetAddress> address) {
    return address.filter(Inet4Address.class::isInstance).map(Inet4Address.class::cast);
  }

  /** Returns the length of the prefix that a mask of leading ones stands for. */
  static int prefixLength(Inet4Address mask) {
    return Integer.bitCount(bits(mask));
  }
}
