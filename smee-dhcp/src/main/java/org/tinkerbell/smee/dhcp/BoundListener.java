// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * A socket that a server listens on.
 *
 * @param listener the name of the listener it belongs to, see {@link DhcpListener#name}
 * @param interfaceName the network interface it is bound to; empty if it is bound to none
 * @param address the address and port it is bound to; the address is often 0.0.0.0
 */
public record BoundListener(
    String listener, Optional<String> interfaceName, InetSocketAddress address) {

  /** Makes a bound listener. */
  public BoundListener {
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(interfaceName, "interfaceName");
    Objects.requireNonNull(address, "address");
  }

  /** Returns the address, and the interface if there is one. */
  @Override
  public String toString() {
    String bound = address.getAddress().getHostAddress() + ":" + address.getPort();
    return interfaceName.map(name -> bound + " on " + name).orElse(bound);
  }
}
