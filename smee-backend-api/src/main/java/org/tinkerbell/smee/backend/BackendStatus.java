// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.util.Objects;

/**
 * The state of a backend, for health checks.
 *
 * @param ready whether look-ups are answered from data that was loaded at least once
 * @param detail one line for a person: how many records there are, what is being waited for, or why
 *     the last change was not taken
 */
public record BackendStatus(boolean ready, String detail) {

  /** Checks that there is a text. */
  public BackendStatus {
    Objects.requireNonNull(detail, "detail");
  }

  /**
   * Returns the state of a backend that answers.
   *
   * @param detail one line for a person
   * @return the state
   */
  public static BackendStatus ready(String detail) {
    return new BackendStatus(true, detail);
  }

  /**
   * Returns the state of a backend that cannot answer yet.
   *
   * @param detail one line for a person
   * @return the state
   */
  public static BackendStatus notReady(String detail) {
    return new BackendStatus(false, detail);
  }
}
