// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait for an answer before something is sent again (RFC 1123 §4.2.3.2).
 *
 * <p>The first time as long as the measured round trips suggest, but one second until enough of
 * them are measured; then one second, two, four, and so on up to the configured timeout. With the
 * {@code timeout} option always the client's interval (RFC 2349).
 */
final class RetransmissionTimer {

  /** Clients are slow now and then (flash writes, polling firmware): never nervous. */
  private static final long MIN_FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The first answers tell little: firmware allocates, shows its progress bar, or asks a user. */
  private static final int MIN_SAMPLES = 8;

  private static final long INITIAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long capNanos;
  private final boolean fixed;
  private int samples;
  private double smoothedNanos;
  private double variationNanos;
  private int sends;

  RetransmissionTimer(Duration cap, Optional<Duration> interval) {
    this.capNanos = interval.orElse(cap).toNanos();
    this.fixed = interval.isPresent();
  }

  /** Something new was sent. */
  void restart() {
    sends = 1;
  }

  /** The same was sent once more. */
  void repeat() {
    sends++;
  }

  /** Returns how often the same was sent. */
  int sends() {
    return sends;
  }

  /** Takes a round trip into account, as RFC 6298 §2 does. */
  void measured(long roundTripNanos) {
    if (samples == 0) {
      smoothedNanos = roundTripNanos;
      variationNanos = roundTripNanos / 2.0;
    } else {
      variationNanos = 0.75 * variationNanos + 0.25 * Math.abs(smoothedNanos - roundTripNanos);
      smoothedNanos = 0.875 * smoothedNanos + 0.125 * roundTripNanos;
    }
    samples = Math.min(samples + 1, MIN_SAMPLES);
  }

  /** Returns the longest wait that there is. */
  long longestNanos() {
    return capNanos;
  }

  /** Returns how long to wait after the latest sending. */
  long waitNanos() {
    if (fixed) {
      return capNanos;
    }
    if (sends <= 1) {
      long first =
          samples < MIN_SAMPLES
              ? INITIAL_NANOS
              : Math.max(MIN_FIRST_NANOS, (long) (smoothedNanos + 4 * variationNanos));
      return Math.min(Math.min(first, INITIAL_NANOS), capNanos);
    }
    return Math.min(INITIAL_NANOS << Math.min(sends - 2, 10), capNanos);
  }
}
