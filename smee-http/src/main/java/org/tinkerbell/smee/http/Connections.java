// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The open connections of a server: counts them, and ends them. Used by many threads. */
final class Connections {
  private final ServerConfig config;
  private final AtomicInteger count = new AtomicInteger();
  private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();
  private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  Connections(ServerConfig config) {
    this.config = config;
  }

  int count() {
    return count.get();
  }

  /** Counts a new connection in, or says no and tells the observer. */
  boolean admit(Channel channel, InetSocketAddress peer) {
    if (draining) {
      return false;
    }
    if (count.incrementAndGet() > config.maxConnections) {
      count.decrementAndGet();
      config.observe(o -> o.connectionRefused(peer, "too-many-connections"));
      return false;
    }
    InetAddress address = peer.getAddress();
    if (perAddress.merge(address, 1, Integer::sum) > config.maxConnectionsPerAddress
        && !config.trustedProxies.contains(address)) {
      release(peer);
      config.observe(o -> o.connectionRefused(peer, "too-many-connections-from-address"));
      return false;
    }
    channel.closeFuture().addListener(f -> release(peer));
    return true;
  }

  private void release(InetSocketAddress peer) {
    perAddress.compute(peer.getAddress(), (a, n) -> n == null || n <= 1 ? null : n - 1);
    count.decrementAndGet();
    finishDraining();
  }

  void opened(HttpConnection connection) {
    open.add(connection);
    if (draining) {
      connection.drain();
    }
  }

  void closed(HttpConnection connection) {
    open.remove(connection);
    finishDraining();
  }

  /** Lets no more in and ends each connection after the response that is under way. */
  CompletableFuture<Void> drain() {
    draining = true;
    open.forEach(HttpConnection::drain);
    finishDraining();
    return drained.copy();
  }

  private void finishDraining() {
    if (draining && open.isEmpty() && count.get() == 0) {
      drained.complete(null);
    }
  }

  boolean isDraining() {
    return draining;
  }

  void cutOff() {
    open.forEach(HttpConnection::cutOff);
  }
}
