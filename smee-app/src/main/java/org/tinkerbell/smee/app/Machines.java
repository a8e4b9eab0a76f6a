// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.Reservation;

/**
 * Knows which machine has an address, from the hardware records.
 *
 * <p>Never waits for a backend: while it has not answered, the machine has no name, or its former
 * one. Used by one thread.
 */
final class Machines {

  /** Addresses can be forged; those not seen for longest are forgotten. */
  private static final int MAX_ENTRIES = 4096;

  /** How long an answer is taken as true. Records change, and machines get other addresses. */
  private static final Duration VALID = Duration.ofSeconds(10);

  /**
   * A machine as the log names it.
   *
   * @param mac the address of the interface that the record is about
   * @param name the host name in the record
   */
  record Machine(String mac, Optional<String> name) {}

  private static final class Named {
    private volatile Optional<Machine> machine = Optional.empty();
    private volatile boolean asking;
    private long askAgainAt;
  }

  private final Backend records;
  private final LongSupplier nanoTime;
  private @Nullable InetAddress lastAddress;
  private @Nullable Named last;

  private final Map<InetAddress, Named> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Named> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  Machines(Backend records, LongSupplier nanoTime) {
    this.records = records;
    this.nanoTime = nanoTime;
  }

  /** Returns the machine that has this address, if that is known by now. */
  Optional<Machine> at(InetAddress address) {
    long now = nanoTime.getAsLong();
    Named entry = last;
    // Messages come in rows.
    if (entry == null || !address.equals(lastAddress)) {
      entry = entries.get(address);
    }
    if (entry == null) {
      entry = new Named();
      entry.askAgainAt = now;
      entries.put(address, entry);
    }
    last = entry;
    lastAddress = address;
    if (now - entry.askAgainAt >= 0 && !entry.asking) {
      entry.askAgainAt = now + VALID.toNanos();
      ask(address, entry);
    }
    return entry.machine;
  }

  private void ask(InetAddress address, Named entry) {
    entry.asking = true;
    var unused =
        records
            .findByIp(address)
            .whenComplete(
                (result, failure) -> {
                  if (failure == null && !(result instanceof LookupResult.Failed)) {
                    entry.machine = machine(result);
                  }
                  entry.asking = false;
                });
  }

  private static Optional<Machine> machine(LookupResult result) {
    if (result instanceof LookupResult.Found found) {
      Reservation reservation = found.hardware().reservation();
      return Optional.of(new Machine(reservation.macAddress().toString(), reservation.hostname()));
    }
    return Optional.empty();
  }

  int known() {
    return entries.size();
  }
}
