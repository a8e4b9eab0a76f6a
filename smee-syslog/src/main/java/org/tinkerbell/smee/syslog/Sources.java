// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Addresses of senders. */
final class Sources {
  private Sources() {}

  /** Returns an IPv4 address for one that an IPv6 socket reports as {@code ::ffff:192.0.2.1}. */
  static InetSocketAddress withoutMapping(InetSocketAddress source) {
    if (!(source.getAddress() instanceof Inet6Address address)) {
      return source;
    }
    try {
      // This makes an IPv4 address of a mapped one.
      InetAddress plain = InetAddress.getByAddress(address.getAddress());
      return plain instanceof Inet6Address
          ? source
          : new InetSocketAddress(plain, source.getPort());
    } catch (UnknownHostException e) {
      return source;
    }
  }
}
