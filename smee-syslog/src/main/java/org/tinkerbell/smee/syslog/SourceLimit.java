// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A token bucket for each source address. Thread safe.
 *
 * <p>The sources seen least recently are forgotten, so that forged addresses cannot fill the
 * memory.
 */
final class SourceLimit {
  private static final int MAX_SOURCES = 4096;
  private static final long SECOND = 1_000_000_000L;

  private final int perSecond;
  private final LongSupplier nanoTime;
  private final Map<InetAddress, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Bucket> eldest) {
          return size() > MAX_SOURCES;
        }
      };

  /** Tokens are counted in parts of a second, so that none is lost by rounding. */
  private static final class Bucket {
    private long credit;
    private long seenAt;
  }

  /**
   * Makes a limit.
   *
   * @param perSecond how many messages a source may send per second, and at once; 0 for any number
   */
  SourceLimit(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /** Tells whether a message of this source is within its share, and counts it. */
  boolean allows(InetAddress source) {
    if (perSecond == 0) {
      return true;
    }
    return takeToken(source, nanoTime.getAsLong());
  }

  private synchronized boolean takeToken(InetAddress source, long now) {
    Bucket bucket = buckets.get(source);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.credit = perSecond * SECOND;
      buckets.put(source, bucket);
    } else {
      long elapsed = Math.min(now - bucket.seenAt, SECOND);
      bucket.credit = Math.min(bucket.credit + elapsed * perSecond, perSecond * SECOND);
    }
    bucket.seenAt = now;
    if (bucket.credit < SECOND) {
      return false;
    }
    bucket.credit -= SECOND;
    return true;
  }

  synchronized int sources() {
    return buckets.size();
  }
}
