// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** Keeps what it is told, for assertions and to wait for. */
final class RecordingObserver implements BackendObserver {
  /** Far more than any step of a test takes, even on a busy machine. */
  private static final int BOUND_SECONDS = 20;

  final List<String> problems = new CopyOnWriteArrayList<>();
  final BlockingQueue<String> loads = new LinkedBlockingQueue<>();

  @Override
  public void loaded(String source, int records) {
    loads.add("loaded " + records);
  }

  @Override
  public void loadFailed(String source, String reason) {
    loads.add("failed " + reason);
  }

  @Override
  public void recordProblem(String source, String problem) {
    problems.add(source + ": " + problem);
  }

  /** Returns the next load, or fails after a bound. */
  String nextLoad() throws InterruptedException {
    String load = loads.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    if (load == null) {
      throw new AssertionError("nothing was loaded within " + BOUND_SECONDS + " s");
    }
    return load;
  }
}
