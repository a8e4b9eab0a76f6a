// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** Keeps what an observer is told. */
final class Recorder implements BackendObserver {
  final BlockingQueue<Integer> loaded = new LinkedBlockingQueue<>();
  final BlockingQueue<String> failed = new LinkedBlockingQueue<>();
  final List<String> problems = new CopyOnWriteArrayList<>();

  @Override
  public void loaded(String source, int records) {
    loaded.add(records);
  }

  @Override
  public void loadFailed(String source, String reason) {
    failed.add(reason);
  }

  @Override
  public void recordProblem(String source, String problem) {
    problems.add(source + ": " + problem);
  }

  int awaitLoaded() throws InterruptedException {
    Integer records = loaded.poll(30, TimeUnit.SECONDS);
    if (records == null) {
      throw new AssertionError("nothing loaded within 30 s; failures: " + failed);
    }
    return records;
  }

  String awaitFailed() throws InterruptedException {
    String reason = failed.poll(30, TimeUnit.SECONDS);
    if (reason == null) {
      throw new AssertionError("no failure within 30 s");
    }
    return reason;
  }
}
