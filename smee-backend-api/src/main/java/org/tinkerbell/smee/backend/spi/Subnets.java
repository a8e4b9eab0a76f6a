// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Arithmetic on IPv4 addresses and masks. */
final class Subnets {
  private Subnets() {}

  static Inet4Address address(byte[] octets) {
    try {
      return (Inet4Address) InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("octets: " + octets.length + " (expected: 4)", e);
    }
  }

  private static Inet4Address address(int bits) {
    return address(
        new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
  }

  private static int bits(Inet4Address address) {
    byte[] octets = address.getAddress();
    return (octets[0] & 0xff) << 24
        | (octets[1] & 0xff) << 16
        | (octets[2] & 0xff) << 8
        | (octets[3] & 0xff);
  }

  /** The mask with this many leading ones. */
  static Inet4Address mask(int prefixLength) {
    return address(prefixLength == 0 ? 0 : -1 << (32 - prefixLength));
  }

  static boolean isContiguous(Inet4Address mask) {
    int zeros = ~bits(mask);
    return (zeros & (zeros + 1)) == 0;
  }

  /** All bits beyond the mask set. */
  static Inet4Address broadcast(Inet4Address address, Inet4Address mask) {
    return address(bits(address) | ~bits(mask));
  }
}
