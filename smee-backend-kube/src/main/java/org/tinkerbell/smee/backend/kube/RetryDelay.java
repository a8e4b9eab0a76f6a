// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after failures in a row.
 *
 * @param first after the first failure, at least 1 ms
 * @param longest the bound
 */
record RetryDelay(Duration first, Duration longest) {
  private static final double LARGEST_CUT = 0.2;

  RetryDelay {
    if (first.toMillis() < 1) {
      throw new IllegalArgumentException("first: " + first + " (expected: at least 1 ms)");
    }
    if (longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "longest: " + longest + " (expected: at least " + first + ")");
    }
  }

  /** The delay after this many failures in a row, from 1. */
  Duration after(int failures, RandomGenerator random) {
    long doubled = first.toMillis() << Math.min(Math.max(failures, 1) - 1, 20);
    long bounded = Math.min(doubled, longest.toMillis());
    return Duration.ofMillis(
        Math.max(1, bounded - (long) (random.nextDouble() * LARGEST_CUT * bounded)));
  }
}
