// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where a reply goes (RFC 2131 §4.1). */
final class ReplyDestination {

  private static final int SERVER_PORT = 67;

  private ReplyDestination() {}

  /**
   * Finds the destination of a reply.
   *
   * <p>Deviation: the port is the one the request came from and not always 68, since it is 68 for
   * real clients and another one for tools that wait there for the answer. And a client without an
   * address gets a broadcast whether or not it asked for one, since a unicast would have to wait
   * for an answer to ARP that such a client cannot give.
   *
   * @param remote where the request came from
   * @param broadcasts whether the socket can send a broadcast to where the request came from
   */
  static InetSocketAddress of(
      DhcpMessage request, DhcpMessage reply, InetSocketAddress remote, boolean broadcasts) {
    if (request.isRelayed()) {
      int port = namesSourcePort(request) ? remote.getPort() : SERVER_PORT;
      return new InetSocketAddress(request.giaddr(), port);
    }
    boolean refusal = reply.messageType().filter(DhcpMessageType.NAK::equals).isPresent();
    boolean anonymous = remote.getAddress().isAnyLocalAddress();
    if (anonymous && !refusal && isHost(request.ciaddr())) {
      return new InetSocketAddress(request.ciaddr(), remote.getPort());
    }
    if (anonymous || (refusal && broadcasts)) {
      return new InetSocketAddress(Ip4.BROADCAST, remote.getPort());
    }
    return remote;
  }

  /** RFC 8357 §5.1. */
  private static boolean namesSourcePort(DhcpMessage request) {
    return request
        .raw(DhcpOptions.RELAY_AGENT_INFORMATION.code())
        .map(SubOptions::readRelay)
        .flatMap(relay -> relay.raw(SubOptions.Relay.SOURCE_PORT.code()))
        .filter(value -> value.length == 0)
        .isPresent();
  }

  /**
   * Says what is wrong with the relay's address, if anything: answering to an address that is no
   * host's would make the server an amplifier, to one of its own a loop.
   */
  static Optional<String> relayFault(
      DhcpMessage request, InetSocketAddress remote, boolean ownAddress) {
    Inet4Address giaddr = request.giaddr();
    if (ownAddress) {
      return Optional.of(giaddr.getHostAddress() + " is an address of the server");
    }
    boolean loopback = giaddr.isLoopbackAddress() && remote.getAddress().isLoopbackAddress();
    return isHost(giaddr) || loopback
        ? Optional.empty()
        : Optional.of(giaddr.getHostAddress() + " is not the address of a relay");
  }

  /** Tells whether another host could have this address: not 0/8, 127/8, nor 224/4 and beyond. */
  private static boolean isHost(Inet4Address address) {
    int first = Ip4.bits(address) >>> 24;
    return first != 0 && first != 127 && first < 224;
  }
}
