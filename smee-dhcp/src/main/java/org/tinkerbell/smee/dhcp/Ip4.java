// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IPv4 addresses from bytes and numbers. */
final class Ip4 {

  static final Inet4Address ANY = of(0);
  static final Inet4Address BROADCAST = of(0xffffffff);

  private Ip4() {}

  static Inet4Address read(byte[] bytes, int offset) {
    int bits = bits(bytes, offset);
    if (bits == 0) {
      return ANY;
    }
    return bits == 0xffffffff ? BROADCAST : of(bits);
  }

  static int bits(Inet4Address address) {
    return bits(address.getAddress(), 0);
  }

  /** Tells whether an address lies in the network that another address is in. */
  static boolean sameNetwork(Inet4Address one, Inet4Address other, int prefixLength) {
    int mask = prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
    return ((bits(one) ^ bits(other)) & mask) == 0;
  }

  static Inet4Address of(int bits) {
    byte[] octets = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    try {
      return (Inet4Address) InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new AssertionError("four octets are always an address", e);
    }
  }

  private static int bits(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 24
        | (bytes[offset + 1] & 0xff) << 16
        | (bytes[offset + 2] & 0xff) << 8
        | (bytes[offset + 3] & 0xff);
  }
}
