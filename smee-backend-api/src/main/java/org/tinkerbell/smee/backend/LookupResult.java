// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.util.Objects;

/**
 * What a look-up came to.
 *
 * <p>The kinds are told apart because the answers differ: a machine that is not known is left to
 * other servers in silence, while a failure is worth a complaint and a retry.
 */
public sealed interface LookupResult {

  /**
   * Exactly one record matched.
   *
   * @param hardware the record
   */
  record Found(HardwareRecord hardware) implements LookupResult {
    /** Checks that there is a record. */
    public Found {
      Objects.requireNonNull(hardware, "hardware");
    }
  }

  /** The backend works and knows no such machine. */
  record NotFound() implements LookupResult {}

  /**
   * Several records matched, and the backend will not guess.
   *
   * @param detail which ones, for the log; one line
   */
  record Ambiguous(String detail) implements LookupResult {
    /** Checks that there is a text. */
    public Ambiguous {
      Objects.requireNonNull(detail, "detail");
    }
  }

  /**
   * A record matched, but its data cannot be used.
   *
   * @param reason what is wrong with it and where, for the log; one line
   */
  record Unusable(String reason) implements LookupResult {
    /** Checks that there is a text. */
    public Unusable {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * The backend cannot tell, now: not synchronised yet, or broken.
   *
   * @param reason why, for the log; one line
   */
  record Failed(String reason) implements LookupResult {
    /** Checks that there is a text. */
    public Failed {
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * Returns the result for a machine that was found.
   *
   * @param hardware the record
   * @return the result
   */
  static LookupResult found(HardwareRecord hardware) {
    return new Found(hardware);
  }

  /**
   * Returns the result for a machine that is not known.
   *
   * @return the result
   */
  static LookupResult notFound() {
    return new NotFound();
  }
}
