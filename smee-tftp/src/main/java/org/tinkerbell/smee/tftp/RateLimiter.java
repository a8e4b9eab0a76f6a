// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.concurrent.TimeUnit;

/** A token bucket that holds what one second brings. Used on the event loop only. */
final class RateLimiter {

  private final double perSecond;
  private double tokens;
  private long filledAt;

  RateLimiter(int perSecond, long now) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
    this.filledAt = now;
  }

  boolean tryAcquire(long now) {
    double seconds = (now - filledAt) / (double) TimeUnit.SECONDS.toNanos(1);
    tokens = Math.min(perSecond, tokens + seconds * perSecond);
    filledAt = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
