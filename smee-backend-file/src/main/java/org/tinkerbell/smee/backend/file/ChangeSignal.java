// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until something happens in the folder of a file, or until a time is over.
 *
 * <p>Events only make it wait less. They are no proof of a change, and their absence proves
 * nothing: a symbolic link's target, a remote file system or a folder that was replaced gives none.
 */
final class ChangeSignal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChangeSignal.class);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path folder;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final @Nullable WatchService service;
  private @Nullable WatchKey key;
  private @Nullable Object folderKey;

  ChangeSignal(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    this.folder = parent == null ? file.toAbsolutePath() : parent;
    this.service = open();
    register();
  }

  private @Nullable WatchService open() {
    try {
      return folder.getFileSystem().newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("no watch service folder={} reason={}", folder, e.toString());
      return null;
    }
  }

  private void register() {
    if (service == null) {
      return;
    }
    try {
      if (key != null) {
        key.cancel();
      }
      folderKey = FileSignature.of(folder).fileKey();
      key =
          folder.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
    } catch (IOException | ClosedWatchServiceException e) {
      key = null;
      log.debug("folder is not watched folder={} reason={}", folder, e.toString());
    }
  }

  /** Waits for an event, at most this long. Returns false once closed. */
  boolean await(Duration atMost) throws InterruptedException {
    if (service == null) {
      return sleep(atMost);
    }
    Object now = FileSignature.of(folder).fileKey();
    if (key == null || !key.isValid() || (now != null && !now.equals(folderKey))) {
      register();
    }
    if (key == null) {
      return sleep(atMost);
    }
    try {
      WatchKey signalled = service.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
      if (signalled != null) {
        // A busy folder must not keep the thread busy.
        boolean open = sleep(PAUSE);
        signalled.pollEvents();
        signalled.reset();
        return open;
      }
      return !isClosed();
    } catch (ClosedWatchServiceException e) {
      return false;
    }
  }

  /** Waits this long whatever happens. Returns false once closed. */
  boolean sleep(Duration time) throws InterruptedException {
    return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public void close() {
    closed.countDown();
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        log.debug("watch service was not closed folder={} reason={}", folder, e.toString());
      }
    }
  }
}
