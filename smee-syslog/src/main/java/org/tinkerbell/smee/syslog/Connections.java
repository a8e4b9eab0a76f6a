// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Knows the connections of a server and keeps their number within its bounds. Thread safe. */
final class Connections {
  private final AllowedNetworks allowed;
  private final int max;
  private final int maxPerAddress;
  private final Map<InetAddress, Integer> perAddress = new HashMap<>();
  private final Set<StreamReceiver> open = new HashSet<>();
  private int count;
  private boolean closed;

  Connections(AllowedNetworks allowed, int max, int maxPerAddress) {
    this.allowed = allowed;
    this.max = max;
    this.maxPerAddress = maxPerAddress;
  }

  /** Counts a new connection, or says why there may be none. */
  synchronized Optional<SyslogConnectionFault> admit(InetAddress source) {
    if (!allowed.contains(source)) {
      return Optional.of(SyslogConnectionFault.NOT_ALLOWED);
    }
    if (closed || count >= max) {
      return Optional.of(SyslogConnectionFault.TOO_MANY);
    }
    int same = perAddress.getOrDefault(source, 0);
    if (same >= maxPerAddress) {
      return Optional.of(SyslogConnectionFault.TOO_MANY_FROM_ADDRESS);
    }
    perAddress.put(source, same + 1);
    count++;
    return Optional.empty();
  }

  /** Remembers who reads an admitted connection. */
  synchronized void add(StreamReceiver receiver) {
    open.add(receiver);
  }

  /** Forgets a connection of which everything was read. */
  synchronized void remove(StreamReceiver receiver, InetAddress source) {
    if (open.remove(receiver)) {
      count--;
      perAddress.computeIfPresent(source, (address, same) -> same > 1 ? same - 1 : null);
    }
  }

  /** Ends all connections, and lets no more in. The result completes when all have ended. */
  CompletableFuture<Void> close() {
    List<StreamReceiver> rest;
    synchronized (this) {
      closed = true;
      rest = new ArrayList<>(open);
    }
    return CompletableFuture.allOf(
        rest.stream().map(StreamReceiver::abandon).toArray(CompletableFuture[]::new));
  }
}
