// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.time.Duration;
import java.util.Objects;

/**
 * The state of a backend, for health checks.
 *
 * @param ready whether look-ups are answered from data that was loaded at least once
 * @param detail one line for a person: how many records there are, what is being waited for, or why
 *     the last change was not taken
 * @param staleFor how long the data may have been outdated, since their source could not be read or
 *     was not heard; zero while it is followed, and before the first load
 */
public record BackendStatus(boolean ready, String detail, Duration staleFor) {

  /** Checks that there is a text, and a time that is not negative. */
  public BackendStatus {
    Objects.requireNonNull(detail, "detail");
    if (staleFor.isNegative()) {
      throw new IllegalArgumentException("staleFor: " + staleFor + " (expected: 0 or more)");
    }
  }

  /**
   * Returns the state of a backend that answers.
   *
   * @param detail one line for a person
   * @return the state
   */
  public static BackendStatus ready(String detail) {
    return new BackendStatus(true, detail, Duration.ZERO);
  }

  /**
   * Returns the state of a backend that answers from data that may be outdated.
   *
   * @param detail one line for a person, with the reason
   * @param staleFor since when, not negative
   * @return the state
   */
  public static BackendStatus stale(String detail, Duration staleFor) {
    return new BackendStatus(true, detail, staleFor);
  }

  /**
   * Returns the state of a backend that cannot answer yet.
   *
   * @param detail one line for a person
   * @return the state
   */
  public static BackendStatus notReady(String detail) {
    return new BackendStatus(false, detail, Duration.ZERO);
  }
}
