// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How a datagram came in.
 *
 * @param listener the name of the listener, see {@link DhcpListener#name}
 * @param interfaceName the network interface; empty where the socket does not tell
 * @param serverAddress the server's address on that interface, or the one it is bound to; empty if
 *     the interface has none or several interfaces come into question. A good value for option 54
 * @param local where the datagram was sent to: the server's address, a broadcast address, or the
 *     address the socket is bound to where the system does not tell
 * @param remote where it came from; 0.0.0.0 for clients without an address
 * @param receivedAt when it was read
 */
public record Arrival(
    String listener,
    Optional<String> interfaceName,
    Optional<Inet4Address> serverAddress,
    InetSocketAddress local,
    InetSocketAddress remote,
    Instant receivedAt) {

  /** Makes an arrival. */
  public Arrival {
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(interfaceName, "interfaceName");
    Objects.requireNonNull(serverAddress, "serverAddress");
    Objects.requireNonNull(local, "local");
    Objects.requireNonNull(remote, "remote");
    Objects.requireNonNull(receivedAt, "receivedAt");
  }
}
