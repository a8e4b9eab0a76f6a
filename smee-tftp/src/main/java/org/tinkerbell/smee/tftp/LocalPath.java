// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/**
 * What is known of the interface that holds a local address.
 *
 * @param mtu octets in an IP datagram
 * @param assigned whether an interface holds the address, so that packets can leave from it
 */
record LocalPath(int mtu, boolean assigned) {

  /** For an address that no interface holds: broadcasts, and sockets that do not tell. */
  static final LocalPath UNKNOWN = new LocalPath(1500, false);

  private static final int UDP_HEADER_BYTES = 8;
  private static final int IPV4_HEADER_BYTES = 20;
  private static final int IPV6_HEADER_BYTES = 40;
  private static final int TFTP_HEADER_BYTES = 4;

  /** Asks the system, which takes some system calls: not on the packet path. */
  static LocalPath lookUp(InetAddress address) throws SocketException {
    NetworkInterface device = NetworkInterface.getByInetAddress(address);
    if (device == null && address.isLoopbackAddress()) {
      // The whole of 127.0.0.0/8 is local, though only 127.0.0.1 is assigned.
      device = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    }
    if (device == null) {
      return UNKNOWN;
    }
    int mtu = device.getMTU();
    return new LocalPath(mtu > 0 ? mtu : UNKNOWN.mtu(), true);
  }

  /** Returns the largest block that travels in one IP datagram. */
  int maxBlockSize(InetAddress remote) {
    int headers =
        (remote instanceof Inet6Address ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES)
            + UDP_HEADER_BYTES
            + TFTP_HEADER_BYTES;
    return Math.min(TftpOptions.MAX_BLKSIZE, Math.max(TftpOptions.DEFAULT_BLKSIZE, mtu - headers));
  }
}
