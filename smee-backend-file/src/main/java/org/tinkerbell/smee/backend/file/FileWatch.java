// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.spi.BackendException;

/**
 * Holds the index in force and replaces it when the file changes.
 *
 * <p>One thread polls the file's signature; that is the source of truth. What the folder's events
 * do is to shorten the wait. The fields that change belong to that thread, but for {@link #state}.
 */
final class FileWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);

  /** How long a file that is written without a rest is waited for. */
  private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);

  /** An empty file is most likely one that is about to be written. */
  private static final int EMPTY_FILE_FACTOR = 10;

  /** How often content is dropped because the file changed while it was read. */
  private static final int MAX_INTERRUPTED = 3;

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final HardwareSource source;
  private final Duration pollInterval;
  private final Duration debounce;
  private final ChangeSignal signal;
  private final Thread thread;

  private FileSignature known;

  /** Of the content that was tried last, taken or not. */
  private long triedChecksum;

  /** Why the content that was tried last was not taken; null if it was. */
  private @Nullable String triedFailure;

  /** Why there is no content to try; null if there is. */
  private @Nullable String unreadable;

  private int interruptedReads;

  /** Whether the content must be read though the signature is the known one. */
  private boolean lookAgain;

  private volatile State state;

  /**
   * What look-ups see.
   *
   * @param index null once closed
   * @param failure why the last change was not taken; null if it was
   * @param failedAt when changes began not to be taken; of no meaning without a failure
   */
  private record State(@Nullable HardwareIndex index, @Nullable String failure, long failedAt) {}

  private FileWatch(
      HardwareSource source,
      Duration pollInterval,
      Duration debounce,
      FileSignature known,
      long checksum,
      HardwareIndex index) {
    this.source = source;
    this.pollInterval = pollInterval;
    this.debounce = debounce;
    this.known = known;
    this.triedChecksum = checksum;
    this.lookAgain = true;
    this.state = new State(index, null, 0);
    this.signal = new ChangeSignal(source.path());
    this.thread = new Thread(this::run, "smee-backend-file");
    thread.setDaemon(true);
  }

  /**
   * Reads the file and begins to watch it.
   *
   * @throws BackendException if it cannot be used
   */
  static FileWatch start(HardwareSource source, Duration pollInterval, Duration debounce) {
    FileSignature known = FileSignature.of(source.path());
    try {
      byte[] content = source.read();
      HardwareIndex index = source.parse(content);
      FileWatch watch =
          new FileWatch(
              source, pollInterval, debounce, known, FileContent.checksum(content), index);
      source.loaded(index);
      watch.thread.start();
      return watch;
    } catch (BadFileException e) {
      throw new BackendException(e.describe(source.path()), e);
    }
  }

  @Nullable HardwareIndex index() {
    return state.index();
  }

  BackendStatus status() {
    State now = state;
    if (now.index() == null) {
      return BackendStatus.notReady("the file backend is closed");
    }
    String records = count(now.index()) + " from " + source.path();
    if (now.failure() == null) {
      return BackendStatus.ready(records);
    }
    return BackendStatus.stale(
        records + ", the last change was not taken: " + now.failure(),
        Duration.ofNanos(Math.max(1, System.nanoTime() - now.failedAt())));
  }

  private static String count(HardwareIndex index) {
    return index.records() == 1 ? "1 record" : index.records() + " records";
  }

  private void run() {
    try {
      while (signal.await(pollInterval)) {
        try {
          check();
        } catch (RuntimeException | OutOfMemoryError e) {
          log.warn("hardware file was not checked path={}", source.path(), e);
          fail(source.path() + ": " + e);
        }
      }
    } catch (InterruptedException e) {
      log.debug("watching was interrupted path={}", source.path());
    }
  }

  private void check() throws InterruptedException {
    FileSignature now = FileSignature.of(source.path());
    if (now.equals(known) && !lookAgain) {
      return;
    }
    now = now.equals(known) ? now : settled(now);
    if (!signal.isClosed()) {
      take(now);
    }
  }

  /** Waits until the file rests. */
  private FileSignature settled(FileSignature changed) throws InterruptedException {
    FileSignature now = changed;
    long deadline = System.nanoTime() + LONGEST_WRITE.toNanos();
    int rests = 0;
    while (System.nanoTime() < deadline && rests < restsNeeded(now)) {
      if (!signal.sleep(debounce)) {
        return now;
      }
      FileSignature later = FileSignature.of(source.path());
      rests = later.equals(now) ? rests + 1 : 0;
      now = later;
    }
    return now;
  }

  private static int restsNeeded(FileSignature signature) {
    return !signature.isAbsent() && signature.size() == 0 ? EMPTY_FILE_FACTOR : 1;
  }

  private void take(FileSignature now) {
    byte[] content;
    try {
      content = source.read();
    } catch (BadFileException e) {
      known = now;
      // That permission was given does not show in the signature.
      lookAgain = !now.isAbsent();
      String reason = e.describe(source.path());
      if (!reason.equals(unreadable)) {
        unreadable = reason;
        fail(reason);
      }
      return;
    }
    if (!FileSignature.of(source.path()).equals(now) && ++interruptedReads <= MAX_INTERRUPTED) {
      return;
    }
    interruptedReads = 0;
    known = now;
    // A later write may leave the same time stamp as this one.
    lookAgain = now.isFresh(Instant.now());
    long checksum = FileContent.checksum(content);
    boolean cameBack = unreadable != null;
    unreadable = null;
    if (checksum != triedChecksum) {
      triedChecksum = checksum;
      triedFailure = null;
      parse(content);
    } else if (cameBack) {
      comeBack();
    }
  }

  private void parse(byte[] content) {
    try {
      HardwareIndex index = source.parse(content);
      if (publish(new State(index, null, 0))) {
        source.loaded(index);
      }
    } catch (BadFileException e) {
      triedFailure = e.describe(source.path());
      fail(triedFailure);
    }
  }

  /** The content last tried is there again, after it could not be read for a while. */
  private void comeBack() {
    @Nullable HardwareIndex index = state.index();
    if (index != null
        && publish(new State(index, triedFailure, System.nanoTime()))
        && triedFailure == null) {
      source.loaded(index);
    }
  }

  private void fail(String reason) {
    State before = state;
    @Nullable HardwareIndex index = before.index();
    long failedAt = before.failure() == null ? System.nanoTime() : before.failedAt();
    if (index != null && publish(new State(index, reason, failedAt))) {
      source.loadFailed(reason);
    }
  }

  /** Puts a state in force. Returns false once closed. */
  private synchronized boolean publish(State next) {
    if (signal.isClosed()) {
      return false;
    }
    state = next;
    return true;
  }

  @Override
  public void close() {
    signal.close();
    synchronized (this) {
      state = new State(null, null, 0);
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(CLOSE_WAIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
