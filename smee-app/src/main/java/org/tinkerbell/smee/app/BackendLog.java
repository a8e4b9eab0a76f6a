// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import org.slf4j.Logger;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** Writes what happens to the hardware records. */
final class BackendLog implements BackendObserver {
  private final Logger log = Logging.logger("backend");

  @Override
  public void loaded(String source, int records) {
    log.atInfo()
        .addKeyValue("source", source)
        .addKeyValue("records", records)
        .log("hardware records loaded");
  }

  @Override
  public void loadFailed(String source, String reason) {
    log.atError()
        .addKeyValue("source", source)
        .addKeyValue("error", reason)
        .log("hardware records not loaded; those loaded before stay in force");
  }

  @Override
  public void recordProblem(String source, String problem) {
    log.atWarn()
        .addKeyValue("source", source)
        .addKeyValue("problem", problem)
        .log("problem in a hardware record");
  }
}
