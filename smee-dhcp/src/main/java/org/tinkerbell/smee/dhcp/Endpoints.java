// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of a server: opens them at the start and follows the interfaces. Everything happens
 * on the event loop.
 *
 * <p>No socket has SO_REUSEADDR while it waits for datagrams, so that a second server on the same
 * port is refused instead of both answering. Only while one of our own sockets is bound beside
 * others of ours do these have it, for the length of one system call.
 */
final class Endpoints {

  private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

  /** More addresses than anybody gives to an interface that clients boot from. */
  private static final int MAX_SENDERS = 16;

  /** The port that senders are connected to; nothing ever comes from there (RFC 863). */
  private static final int DISCARD_PORT = 9;

  private final Sockets sockets;
  private final EventLoop loop;
  private final List<DhcpListener> listeners;
  private final int receiveBufferBytes;
  private final Function<Endpoint, ChannelHandler> receivers;
  private final Consumer<BoundListener> opened;
  private final Consumer<BoundListener> closed;

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Map<DhcpListener, Integer> chosenPorts = new HashMap<>();

  /** What could not be opened when last tried, so that each failure is logged once. */
  private final Map<String, String> failures = new HashMap<>();

  private volatile List<BoundListener> bound = List.of();

  Endpoints(
      Sockets sockets,
      EventLoop loop,
      List<DhcpListener> listeners,
      int receiveBufferBytes,
      Function<Endpoint, ChannelHandler> receivers,
      Consumer<BoundListener> opened,
      Consumer<BoundListener> closed) {
    this.sockets = sockets;
    this.loop = loop;
    this.listeners = listeners;
    this.receiveBufferBytes = receiveBufferBytes;
    this.receivers = receivers;
    this.opened = opened;
    this.closed = closed;
  }

  List<BoundListener> bound() {
    return bound;
  }

  /** Opens everything; on failure nothing stays open. */
  void open(List<HostInterface> interfaces) throws IOException {
    try {
      if (sockets.bindsToInterfaces()) {
        openInterfaces(interfaces);
      } else {
        openStandIn(interfaces);
      }
      for (DhcpListener listener : listeners) {
        if (listener.address().isPresent()) {
          openAddress(listener, listener.address().get());
        }
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    refresh(interfaces);
  }

  private void openInterfaces(List<HostInterface> interfaces) throws IOException {
    for (DhcpListener listener : listeners) {
      if (listener.interfaceName().isPresent()) {
        openInterface(listener, listener.interfaceName().get(), interfaces);
      }
    }
    for (DhcpListener listener : listeners) {
      if (listener.isEveryInterface()) {
        openEvery(listener, interfaces);
      }
    }
  }

  /** Fails only if there are interfaces and none can be listened on. */
  private void openEvery(DhcpListener listener, List<HostInterface> interfaces) throws IOException {
    List<String> wanted = wantedBy(listener, interfaces);
    if (wanted.isEmpty()) {
      LOG.warn("no interface to listen on yet listener={}", listener);
    }
    Map<String, IOException> failed = new LinkedHashMap<>();
    for (String name : wanted) {
      try {
        openInterface(listener, name, interfaces);
      } catch (IOException e) {
        failed.put(name, e);
      }
    }
    if (!wanted.isEmpty() && failed.size() == wanted.size()) {
      throw failed.values().iterator().next();
    }
    failed.forEach(this::logFailure);
  }

  private List<String> wantedBy(DhcpListener every, List<HostInterface> interfaces) {
    Set<String> named =
        listeners.stream()
            .filter(other -> other.port() == every.port())
            .flatMap(other -> other.interfaceName().stream())
            .collect(Collectors.toSet());
    return HostInterface.worthListening(interfaces).stream()
        .map(HostInterface::name)
        .filter(name -> !named.contains(name))
        .toList();
  }

  /** Where sockets cannot be bound to interfaces, one for all of them takes their place. */
  private void openStandIn(List<HostInterface> interfaces) throws IOException {
    List<DhcpListener> replaced =
        listeners.stream().filter(listener -> listener.address().isEmpty()).toList();
    for (DhcpListener listener : replaced) {
      checkExists(listener, interfaces);
    }
    Set<Integer> ports = new HashSet<>();
    for (DhcpListener listener : replaced) {
      if (!ports.add(listener.port())) {
        continue;
      }
      Endpoint endpoint = new Endpoint(listener, Optional.empty(), 0, this::openSender);
      bind(endpoint, new InetSocketAddress(Ip4.ANY, listener.port()), channel -> {});
    }
    if (!replaced.isEmpty()) {
      LOG.warn(
          "native epoll is not available: one socket for all interfaces stands in for {}, and"
              + " broadcast replies leave where the default route leads",
          replaced);
    }
  }

  /** A mistyped name must not make a server for all interfaces. */
  private static void checkExists(DhcpListener listener, List<HostInterface> interfaces)
      throws IOException {
    Optional<String> missing =
        listener
            .interfaceName()
            .filter(name -> interfaces.stream().noneMatch(one -> one.name().equals(name)));
    if (missing.isPresent()) {
      throw SocketFailure.explain("interface " + missing.get(), new IOException("no such device"));
    }
  }

  private void openInterface(DhcpListener listener, String name, List<HostInterface> interfaces)
      throws IOException {
    int index =
        interfaces.stream()
            .filter(one -> one.name().equals(name))
            .mapToInt(HostInterface::index)
            .findFirst()
            .orElse(0);
    Endpoint endpoint = new Endpoint(listener, Optional.of(name), index, this::openSender);
    int port = chosenPorts.getOrDefault(listener, listener.port());
    closeSenders(port);
    bind(
        endpoint,
        new InetSocketAddress(Ip4.ANY, port),
        channel -> sockets.bindToInterface(channel, name));
  }

  private void openAddress(DhcpListener listener, Inet4Address address) throws IOException {
    bind(
        new Endpoint(listener, Optional.empty(), 0, this::openSender),
        new InetSocketAddress(address, listener.port()),
        channel -> {});
  }

  private void bind(
      Endpoint endpoint, InetSocketAddress address, Consumer<DatagramChannel> settings)
      throws IOException {
    boolean exact = !address.getAddress().isAnyLocalAddress();
    List<DatagramChannel> neighbours = neighbours(endpoint, address.getPort());
    try {
      endpoint.opened(
          bindBeside(
              neighbours,
              address,
              channel -> {
                channel.config().setOption(ChannelOption.SO_RCVBUF, receiveBufferBytes);
                if (!exact) {
                  sockets.reportDestination(channel);
                }
                settings.accept(channel);
              },
              receivers.apply(endpoint)));
    } catch (IOException e) {
      String where =
          endpoint.interfaceName.map(name -> "interface " + name + " ").orElse("")
              + address.getAddress().getHostAddress()
              + ":"
              + address.getPort();
      throw SocketFailure.explain(where, e);
    }
    endpoints.add(endpoint);
    chosenPorts.putIfAbsent(endpoint.listener, endpoint.boundAddress().getPort());
    publish();
    LOG.info("listening for DHCP at={}", endpoint.bound());
    opened.accept(endpoint.bound());
  }

  /** Returns our sockets that the kernel would take for rivals of one about to be bound. */
  private List<DatagramChannel> neighbours(Endpoint newcomer, int port) {
    List<DatagramChannel> neighbours = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      boolean apart = endpoint.interfaceName.isPresent() && newcomer.interfaceName.isPresent();
      if (!apart && port != 0 && endpoint.boundAddress().getPort() == port) {
        neighbours.add(endpoint.channel());
      }
    }
    return neighbours;
  }

  private DatagramChannel bindBeside(
      List<DatagramChannel> neighbours,
      InetSocketAddress address,
      Consumer<DatagramChannel> settings,
      ChannelHandler handler)
      throws IOException {
    if (neighbours.isEmpty()) {
      return sockets.open(loop, address, settings, handler);
    }
    neighbours.forEach(neighbour -> neighbour.config().setReuseAddress(true));
    try {
      DatagramChannel channel =
          sockets.open(
              loop,
              address,
              settings.andThen(newcomer -> newcomer.config().setReuseAddress(true)),
              handler);
      channel.config().setReuseAddress(false);
      return channel;
    } finally {
      neighbours.forEach(neighbour -> neighbour.config().setReuseAddress(false));
    }
  }

  /** Compares what is open with the interfaces there are now. */
  void follow(List<HostInterface> interfaces) {
    if (sockets.bindsToInterfaces()) {
      Map<String, HostInterface> byName = new HashMap<>();
      interfaces.forEach(one -> byName.put(one.name(), one));
      for (DhcpListener listener : listeners) {
        if (listener.address().isPresent()) {
          continue;
        }
        boolean every = listener.isEveryInterface();
        List<String> wanted =
            every ? wantedBy(listener, interfaces) : listener.interfaceName().stream().toList();
        closeStale(listener, wanted, byName);
        for (String name : wanted) {
          if (byName.containsKey(name) && !isOpen(listener, name)) {
            reopen(listener, name, interfaces);
          }
        }
      }
    }
    refresh(interfaces);
  }

  /** Closes what nobody wants any more, and sockets of interfaces that were made anew. */
  private void closeStale(
      DhcpListener listener, List<String> wanted, Map<String, HostInterface> byName) {
    for (Endpoint endpoint : List.copyOf(endpoints)) {
      if (!endpoint.listener.equals(listener)) {
        continue;
      }
      String name = endpoint.interfaceName.orElse("");
      HostInterface now = byName.get(name);
      boolean replaced = now != null && now.index() != endpoint.interfaceIndex;
      if (!wanted.contains(name) || replaced) {
        close(endpoint);
      }
    }
  }

  private boolean isOpen(DhcpListener listener, String name) {
    return endpoints.stream()
        .anyMatch(
            endpoint ->
                endpoint.listener.equals(listener)
                    && endpoint.interfaceName.equals(Optional.of(name)));
  }

  private void reopen(DhcpListener listener, String name, List<HostInterface> interfaces) {
    try {
      openInterface(listener, name, interfaces);
      failures.remove(name);
    } catch (IOException e) {
      logFailure(name, e);
    }
  }

  private void logFailure(String name, IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (!message.equals(failures.put(name, message))) {
      LOG.warn("{}", message);
    }
  }

  private void close(Endpoint endpoint) {
    endpoints.remove(endpoint);
    BoundListener was = endpoint.bound();
    endpoint.close();
    publish();
    LOG.info("no longer listening for DHCP at={}", was);
    closed.accept(was);
  }

  void close() {
    List.copyOf(endpoints).forEach(this::close);
  }

  private void publish() {
    bound = endpoints.stream().map(Endpoint::bound).toList();
  }

  /** Tells every socket the addresses of now, and which senders it may have. */
  private void refresh(List<HostInterface> interfaces) {
    Set<Inet4Address> hostAddresses =
        interfaces.stream()
            .flatMap(one -> one.networks().stream())
            .map(HostInterface.Network::address)
            .collect(Collectors.toUnmodifiableSet());
    for (Endpoint endpoint : endpoints) {
      Optional<HostInterface> own = interfaceOf(endpoint, interfaces);
      Optional<Inet4Address> bindAddress =
          endpoint
              .listener
              .identity()
              .or(endpoint.listener::address)
              .filter(address -> !address.isAnyLocalAddress());
      endpoint.refresh(
          own.map(HostInterface::networks).orElse(List.of()),
          bindAddress.or(() -> own.flatMap(HostInterface::primaryAddress)),
          hostAddresses);
    }
    Set<InetSocketAddress> taken = new HashSet<>();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.interfaceName.isEmpty()) {
        taken.add(endpoint.boundAddress());
      }
    }
    for (Endpoint endpoint : endpoints) {
      if (endpoint.interfaceName.isPresent()) {
        refreshSenders(endpoint, hostAddresses, taken);
      }
    }
  }

  private Optional<HostInterface> interfaceOf(Endpoint endpoint, List<HostInterface> interfaces) {
    if (endpoint.interfaceName.isPresent()) {
      String name = endpoint.interfaceName.get();
      return interfaces.stream().filter(one -> one.name().equals(name)).findFirst();
    }
    if (endpoint.listener.address().isPresent()) {
      return Optional.empty();
    }
    // A stand-in for interface listeners: known only if it stands in for one interface.
    List<String> names =
        listeners.stream()
            .filter(listener -> listener.port() == endpoint.listener.port())
            .flatMap(
                listener ->
                    listener.isEveryInterface()
                        ? wantedBy(listener, interfaces).stream()
                        : listener.interfaceName().stream())
            .distinct()
            .toList();
    return names.size() != 1
        ? Optional.empty()
        : interfaces.stream().filter(one -> one.name().equals(names.get(0))).findFirst();
  }

  private static void refreshSenders(
      Endpoint endpoint, Set<Inet4Address> hostAddresses, Set<InetSocketAddress> taken) {
    int port = endpoint.boundAddress().getPort();
    List<Inet4Address> own =
        endpoint.networks().stream()
            .map(HostInterface.Network::address)
            .filter(address -> !taken.contains(new InetSocketAddress(address, port)))
            .limit(MAX_SENDERS)
            .toList();
    Set<Inet4Address> others =
        hostAddresses.stream()
            .filter(address -> !address.isLoopbackAddress() && !own.contains(address))
            .filter(address -> !taken.contains(new InetSocketAddress(address, port)))
            .limit(MAX_SENDERS)
            .collect(Collectors.toUnmodifiableSet());
    endpoint.allowSenders(own, others);
  }

  /**
   * Opens a socket that only sends. It is connected to where nothing comes from, so the kernel goes
   * on giving datagrams to the socket that is bound to the interface; sending to any other address
   * is not affected by that.
   */
  private Optional<DatagramChannel> openSender(InetSocketAddress address) {
    List<DatagramChannel> neighbours = new ArrayList<>();
    for (Endpoint other : endpoints) {
      if (other.boundAddress().getPort() == address.getPort()) {
        neighbours.add(other.channel());
        neighbours.addAll(other.senders());
      }
    }
    try {
      DatagramChannel sender = bindBeside(neighbours, address, channel -> {}, new DiscardInbound());
      try {
        Sockets.await(sender.connect(new InetSocketAddress(address.getAddress(), DISCARD_PORT)));
      } catch (IOException e) {
        Endpoint.quietlyClose(sender);
        throw e;
      }
      return Optional.of(sender);
    } catch (IOException e) {
      // Replies to relays then leave by the interface, as they do where routes are symmetric.
      LOG.debug("no socket for routed replies address={}", address, e);
      return Optional.empty();
    }
  }

  private void closeSenders(int port) {
    for (Endpoint endpoint : endpoints) {
      if (endpoint.boundAddress().getPort() == port) {
        endpoint.closeSenders();
      }
    }
  }

  private static final class DiscardInbound extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      LOG.debug("socket for routed replies", cause);
    }
  }
}
