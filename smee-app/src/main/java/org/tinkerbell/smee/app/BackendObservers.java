// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.List;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** Tells several observers what happens to the hardware records, in their order. */
record BackendObservers(List<BackendObserver> all) implements BackendObserver {

  static BackendObserver of(BackendObserver... all) {
    return new BackendObservers(List.of(all));
  }

  @Override
  public void loaded(String source, int records) {
    all.forEach(observer -> observer.loaded(source, records));
  }

  @Override
  public void loadFailed(String source, String reason) {
    all.forEach(observer -> observer.loadFailed(source, reason));
  }

  @Override
  public void recordProblem(String source, String problem) {
    all.forEach(observer -> observer.recordProblem(source, problem));
  }
}
