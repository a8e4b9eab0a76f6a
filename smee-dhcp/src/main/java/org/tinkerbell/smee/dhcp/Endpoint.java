// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.channel.socket.DatagramChannel;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A socket that requests come in on, with what is known of the interface behind it. Belongs to the
 * event loop.
 *
 * <p>A socket bound to an interface sends by that interface only, whatever the routes say. Replies
 * to another network, those to relays above all, must follow the routes, and every reply should
 * come from the address that was asked, which may be one of another interface. Such replies go
 * through a sender: a socket bound to that address and the same port, but to no interface. A sender
 * keeps others from listening at the port on other interfaces, so it is opened only when there is
 * something to send.
 */
final class Endpoint {

  final DhcpListener listener;
  final Optional<String> interfaceName;

  /** The kernel's number of the interface when the socket was bound, 0 if it is not known. */
  final int interfaceIndex;

  private final Function<InetSocketAddress, Optional<DatagramChannel>> openSender;
  private final Map<Inet4Address, DatagramChannel> senders = new HashMap<>();

  /** Where a sender could not be opened; tried again after the next look at the interfaces. */
  private final Set<Inet4Address> failedSenders = new HashSet<>();

  private @Nullable DatagramChannel channel;
  private List<HostInterface.Network> networks = List.of();
  private Optional<Inet4Address> serverAddress = Optional.empty();
  private Set<Inet4Address> hostAddresses = Set.of();

  /** Addresses of the interface that senders may be bound to. */
  private List<Inet4Address> senderAddresses = List.of();

  /** Addresses of the host's other interfaces that senders may be bound to. */
  private Set<Inet4Address> otherAddresses = Set.of();

  /**
   * Makes an endpoint whose socket is not open yet.
   *
   * @param openSender opens a sender bound to an address, if that is possible
   */
  Endpoint(
      DhcpListener listener,
      Optional<String> interfaceName,
      int interfaceIndex,
      Function<InetSocketAddress, Optional<DatagramChannel>> openSender) {
    this.listener = listener;
    this.interfaceName = interfaceName;
    this.interfaceIndex = interfaceIndex;
    this.openSender = openSender;
  }

  void opened(DatagramChannel channel) {
    this.channel = channel;
  }

  DatagramChannel channel() {
    if (channel == null) {
      throw new IllegalStateException("the socket of " + listener + " is not open yet");
    }
    return channel;
  }

  InetSocketAddress boundAddress() {
    return channel().localAddress();
  }

  BoundListener bound() {
    return new BoundListener(listener.name(), interfaceName, boundAddress());
  }

  /** Takes note of the addresses the interface and the host have now. */
  void refresh(
      List<HostInterface.Network> networks,
      Optional<Inet4Address> serverAddress,
      Set<Inet4Address> hostAddresses) {
    this.networks = networks;
    this.serverAddress = serverAddress;
    this.hostAddresses = hostAddresses;
  }

  List<HostInterface.Network> networks() {
    return networks;
  }

  /** Says which addresses senders may be bound to; closes those bound to others. */
  void allowSenders(List<Inet4Address> own, Set<Inet4Address> others) {
    senderAddresses = own;
    otherAddresses = others;
    failedSenders.clear();
    for (Inet4Address address : List.copyOf(senders.keySet())) {
      if (!own.contains(address) && !others.contains(address)) {
        Optional.ofNullable(senders.remove(address)).ifPresent(Endpoint::quietlyClose);
      }
    }
  }

  Collection<DatagramChannel> senders() {
    return senders.values();
  }

  boolean isHostAddress(Inet4Address address) {
    return hostAddresses.contains(address);
  }

  /** Tells whether a broadcast sent here reaches the network that the request came from. */
  boolean broadcasts() {
    return interfaceName.isPresent() || boundAddress().getAddress().isAnyLocalAddress();
  }

  Optional<Inet4Address> serverAddress(InetSocketAddress local) {
    if (serverAddress.isPresent()) {
      return serverAddress;
    }
    return local.getAddress() instanceof Inet4Address address && isHostAddress(address)
        ? Optional.of(address)
        : Optional.empty();
  }

  /** Chooses the socket that a reply leaves by. */
  DatagramChannel outlet(boolean relayed, InetSocketAddress local, InetSocketAddress destination) {
    if (!(destination.getAddress() instanceof Inet4Address target)
        || target.equals(Ip4.BROADCAST)
        || target.isMulticastAddress()) {
      return channel();
    }
    Optional<Inet4Address> source = source(relayed, local, target);
    return source.map(this::senderAt).orElseGet(this::channel);
  }

  /** Returns the address a sender for the reply is bound to, or empty if none is needed. */
  private Optional<Inet4Address> source(
      boolean relayed, InetSocketAddress local, Inet4Address target) {
    if (local.getAddress() instanceof Inet4Address asked && otherAddresses.contains(asked)) {
      return Optional.of(asked);
    }
    if (senderAddresses.isEmpty() || (!relayed && isOnLink(target))) {
      return Optional.empty();
    }
    return Optional.of(
        local.getAddress() instanceof Inet4Address asked && senderAddresses.contains(asked)
            ? asked
            : senderAddresses.get(0));
  }

  private DatagramChannel senderAt(Inet4Address source) {
    DatagramChannel sender = senders.get(source);
    return sender != null ? sender : newSender(source);
  }

  private DatagramChannel newSender(Inet4Address source) {
    if (failedSenders.contains(source)) {
      return channel();
    }
    Optional<DatagramChannel> sender =
        openSender.apply(new InetSocketAddress(source, boundAddress().getPort()));
    if (sender.isPresent()) {
      senders.put(source, sender.get());
    } else {
      failedSenders.add(source);
    }
    return sender.orElse(channel());
  }

  private boolean isOnLink(Inet4Address target) {
    for (HostInterface.Network network : networks) {
      if (network.contains(target)) {
        return true;
      }
    }
    return false;
  }

  void closeSenders() {
    senders.values().forEach(Endpoint::quietlyClose);
    senders.clear();
  }

  /** Nobody waits for the close of a UDP socket: on the event loop it happens at once. */
  @SuppressWarnings("FutureReturnValueIgnored")
  static void quietlyClose(DatagramChannel channel) {
    channel.close();
  }

  void close() {
    closeSenders();
    if (channel != null) {
      quietlyClose(channel);
    }
  }
}
