// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Lets the same complaint about the same client through once in a while, with the number of those
 * held back since. A machine that boots in a loop must not fill the disk. Thread safe.
 */
final class Complaints {

  /** Clients come and go; what was said of the longest silent ones is forgotten. */
  private static final int MAX_ENTRIES = 10_000;

  private static final class Said {
    private long nextAt;
    private int heldBack;
  }

  private final long intervalNanos;
  private final LongSupplier nanoTime;

  private final Map<String, Said> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Said> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  Complaints(Duration interval, LongSupplier nanoTime) {
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Asks whether to say this now.
   *
   * @param key who and what
   * @return how many were held back since it was said last; empty means: be silent
   */
  synchronized OptionalInt admit(String key) {
    long now = nanoTime.getAsLong();
    Said entry = entries.get(key);
    if (entry == null) {
      entry = new Said();
      entries.put(key, entry);
    } else if (now - entry.nextAt < 0) {
      entry.heldBack++;
      return OptionalInt.empty();
    }
    int heldBack = entry.heldBack;
    entry.heldBack = 0;
    entry.nextAt = now + intervalNanos;
    return OptionalInt.of(heldBack);
  }

  /** Adds to a complaint how often it was held back, if it was. */
  static LoggingEventBuilder count(LoggingEventBuilder event, OptionalInt heldBack) {
    return heldBack.orElse(0) > 0 ? event.addKeyValue("heldBack", heldBack.getAsInt()) : event;
  }
}
