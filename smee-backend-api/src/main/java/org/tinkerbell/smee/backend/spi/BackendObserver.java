// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

/**
 * Is told what happens to a backend's data, for logs and metrics.
 *
 * <p>All methods do nothing by default, may be called from any thread, and must neither block nor
 * throw.
 */
public interface BackendObserver {

  /** An observer that does nothing. */
  BackendObserver NONE = new BackendObserver() {};

  /**
   * The data were loaded, or loaded anew after a change.
   *
   * @param source where from, for example a file's path
   * @param records how many records can be looked up now
   */
  default void loaded(String source, int records) {}

  /**
   * A change could not be taken; the data loaded before stay in force.
   *
   * @param source where from
   * @param reason one line: what is wrong and where
   */
  default void loadFailed(String source, String reason) {}

  /**
   * One record, or one value of it, could not be used; the others are.
   *
   * @param source where it stands, for example {@code hardware.yaml:12:5}
   * @param problem one line: what is wrong with it and what becomes of it
   */
  default void recordProblem(String source, String problem) {}
}
