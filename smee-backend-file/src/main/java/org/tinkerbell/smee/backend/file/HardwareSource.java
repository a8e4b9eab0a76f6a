// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** A hardware file and who is told of it. */
final class HardwareSource {
  private static final Logger log = LoggerFactory.getLogger(HardwareSource.class);

  private final Path path;
  private final int maxBytes;
  private final int maxProblems;
  private final BackendObserver observer;

  HardwareSource(Path path, int maxBytes, int maxProblems, BackendObserver observer) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.maxProblems = maxProblems;
    this.observer = observer;
  }

  Path path() {
    return path;
  }

  /** Reads the file's bytes. */
  byte[] read() throws BadFileException {
    return FileContent.read(path, maxBytes);
  }

  /** Makes an index of the bytes and tells the observer of it. */
  HardwareIndex parse(byte[] content) throws BadFileException {
    Problems problems = new Problems(maxProblems);
    HardwareIndex index = HardwareText.read(content, problems);
    for (Problem problem : problems.inOrder()) {
      String place = path + ":" + problem.line() + ":" + problem.column();
      tell(() -> observer.recordProblem(place, problem.text()));
    }
    if (problems.dropped() > 0) {
      tell(
          () ->
              observer.recordProblem(
                  path.toString(), problems.dropped() + " more problems are not listed"));
    }
    return index;
  }

  void loaded(HardwareIndex index) {
    tell(() -> observer.loaded(path.toString(), index.records()));
  }

  void loadFailed(String reason) {
    tell(() -> observer.loadFailed(path.toString(), reason));
  }

  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      // An observer's mistake must not end the watching.
      log.warn("observer failed", e);
    }
  }
}
