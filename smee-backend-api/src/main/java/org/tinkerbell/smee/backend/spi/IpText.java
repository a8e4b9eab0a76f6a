// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Reads IP addresses strictly and without ever asking a name server. */
final class IpText {
  private static final int LONGEST = 45;

  private IpText() {}

  static Optional<InetAddress> tryParse(String text) {
    if (text.indexOf(':') < 0) {
      return tryParseV4(text).map(address -> address);
    }
    if (text.length() > LONGEST || !text.chars().allMatch(IpText::occursInV6)) {
      return Optional.empty();
    }
    try {
      // A text with a colon is never taken for a host name.
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Four decimal numbers; leading zeros are refused because some readers take them for octal. */
  static Optional<Inet4Address> tryParseV4(String text) {
    if (text.length() < 7 || text.length() > 15) {
      return Optional.empty();
    }
    byte[] octets = new byte[4];
    int octet = 0;
    int digits = 0;
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (digits == 0 || octet == 3) {
          return Optional.empty();
        }
        octets[octet++] = (byte) value;
        digits = 0;
        value = 0;
      } else if (c >= '0' && c <= '9' && !(digits > 0 && value == 0)) {
        value = value * 10 + c - '0';
        digits++;
        if (value > 255) {
          return Optional.empty();
        }
      } else {
        return Optional.empty();
      }
    }
    if (octet != 3 || digits == 0) {
      return Optional.empty();
    }
    octets[3] = (byte) value;
    return Optional.of(v4(octets));
  }

  static Inet4Address v4(byte[] octets) {
    try {
      return (Inet4Address) InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("octets: " + octets.length + " (expected: 4)", e);
    }
  }

  static Inet4Address v4(int bits) {
    return v4(
        new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
  }

  static int bits(Inet4Address address) {
    byte[] octets = address.getAddress();
    return (octets[0] & 0xff) << 24
        | (octets[1] & 0xff) << 16
        | (octets[2] & 0xff) << 8
        | (octets[3] & 0xff);
  }

  /** The mask with this many leading ones. */
  static Inet4Address mask(int prefixLength) {
    return v4(prefixLength == 0 ? 0 : -1 << (32 - prefixLength));
  }

  static boolean isContiguous(Inet4Address mask) {
    int zeros = ~bits(mask);
    return (zeros & (zeros + 1)) == 0;
  }

  /** All bits beyond the mask set. */
  static Inet4Address broadcast(Inet4Address address, Inet4Address mask) {
    return v4(bits(address) | ~bits(mask));
  }

  private static boolean occursInV6(int c) {
    return c == ':' || c == '.' || (Character.digit(c, 16) >= 0 && c < 128);
  }
}
