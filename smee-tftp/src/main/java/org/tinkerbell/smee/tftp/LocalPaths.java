// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers what is known of local addresses. A look-up runs on a worker; a remembered answer is
 * used at once and, when it is old, renewed behind the scenes. Used on the event loop only.
 */
final class LocalPaths {

  private static final Logger log = LoggerFactory.getLogger(LocalPaths.class);
  private static final int MAX_ENTRIES = 256;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

  private record Entry(LocalPath path, long at) {}

  private final Executor worker;
  private final Executor loop;
  private final LongSupplier clock;
  private final Map<InetAddress, Entry> known = new HashMap<>();
  private final Queue<InetAddress> order = new ArrayDeque<>();
  private final Map<InetAddress, List<Consumer<LocalPath>>> waiting = new HashMap<>();

  LocalPaths(Executor worker, Executor loop, LongSupplier clock) {
    this.worker = worker;
    this.loop = loop;
    this.clock = clock;
  }

  /** Calls back with the answer, at once if it is known, on the event loop in any case. */
  void of(InetAddress address, Consumer<LocalPath> callback) {
    if (address.isAnyLocalAddress()) {
      callback.accept(LocalPath.UNKNOWN);
      return;
    }
    Entry entry = known.get(address);
    if (entry != null) {
      callback.accept(entry.path());
      if (clock.getAsLong() - entry.at() < FRESH_NANOS || waiting.containsKey(address)) {
        return;
      }
    }
    List<Consumer<LocalPath>> callbacks = waiting.get(address);
    boolean running = callbacks != null;
    if (callbacks == null) {
      callbacks = new ArrayList<>();
      waiting.put(address, callbacks);
    }
    if (entry == null) {
      callbacks.add(callback);
    }
    if (!running) {
      start(address);
    }
  }

  private void start(InetAddress address) {
    try {
      worker.execute(
          () -> {
            LocalPath path = lookUp(address);
            try {
              loop.execute(() -> found(address, path));
            } catch (RejectedExecutionException e) {
              log.debug("look-up came too late: address={}", address);
            }
          });
    } catch (RejectedExecutionException e) {
      found(address, LocalPath.UNKNOWN);
    }
  }

  private static LocalPath lookUp(InetAddress address) {
    try {
      return LocalPath.lookUp(address);
    } catch (SocketException | RuntimeException e) {
      log.warn("interface look-up failed: address={}", address, e);
      return LocalPath.UNKNOWN;
    }
  }

  private void found(InetAddress address, LocalPath path) {
    if (known.put(address, new Entry(path, clock.getAsLong())) == null) {
      order.add(address);
      if (order.size() > MAX_ENTRIES) {
        known.remove(order.remove());
      }
    }
    List<Consumer<LocalPath>> callbacks = waiting.remove(address);
    if (callbacks != null) {
      callbacks.forEach(callback -> callback.accept(path));
    }
  }
}
