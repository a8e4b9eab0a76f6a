// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads IP addresses as strictly as Go does; Java's own parser takes {@code 1} for 0.0.0.1. */
final class Addresses {
  private static final Pattern OCTETS =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

  private Addresses() {}

  static Inet4Address ipv4(int a, int b, int c, int d) {
    try {
      byte[] octets = {(byte) a, (byte) b, (byte) c, (byte) d};
      return (Inet4Address) InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }

  /** Reads a dotted quad without leading zeros. */
  static Optional<Inet4Address> parseIpv4(String text) {
    Matcher matcher = OCTETS.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int[] octets = new int[4];
    for (int i = 0; i < octets.length; i++) {
      String octet = matcher.group(i + 1);
      octets[i] = Integer.parseInt(octet);
      if (octets[i] > 255 || (octet.length() > 1 && octet.startsWith("0"))) {
        return Optional.empty();
      }
    }
    return Optional.of(ipv4(octets[0], octets[1], octets[2], octets[3]));
  }

  /** Reads an IPv4 address, an IPv6 address with or without brackets, or looks up a host name. */
  static Optional<InetAddress> resolve(String text) {
    Optional<Inet4Address> v4 = parseIpv4(text);
    if (v4.isPresent()) {
      return Optional.of(v4.get());
    }
    boolean digitsOnly = text.chars().allMatch(c -> Character.isDigit(c) || c == '.');
    if (text.isEmpty() || digitsOnly) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
