// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.Inet4Address;

/**
 * A static route handed to a machine in DHCP option 121 (RFC 3442).
 *
 * @param destination the network; bits beyond the prefix have no meaning
 * @param prefixLength 0 to 32; 0 is the default route
 * @param router the next hop
 */
public record ClasslessRoute(Inet4Address destination, int prefixLength, Inet4Address router) {

  /**
   * Makes a route.
   *
   * @throws IllegalArgumentException if {@code prefixLength} is outside 0 to 32
   */
  public ClasslessRoute {
    if (prefixLength < 0 || prefixLength > 32) {
      throw new IllegalArgumentException("prefixLength: " + prefixLength + " (expected: 0 to 32)");
    }
  }

  @Override
  public String toString() {
    return destination.getHostAddress() + "/" + prefixLength + "->" + router.getHostAddress();
  }
}
