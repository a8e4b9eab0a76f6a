// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Hands events to another appender on a thread of its own, so that no event loop ever waits for
 * whoever reads the log. When the queue is full, events are dropped and counted; as soon as there
 * is room again, a line says how many.
 */
final class QueuedAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final long LOOK_INTERVAL_MILLIS = 100;

  /** What is taken from the queue, and flushed, at a time. */
  private static final int BATCH = 512;

  /**
   * How long lines gather after those written before. Else each line of a busy server wakes this
   * thread, and makes a system call.
   */
  private static final long GATHER_MILLIS = 1;

  private final Appender<ILoggingEvent> target;
  private final LoggerContext loggers;
  private final Duration stopLimit;
  private final Runnable flush;
  private final BlockingQueue<ILoggingEvent> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong notYetSaid = new AtomicLong();
  private volatile boolean stopping;
  private @Nullable Thread thread;

  /**
   * Makes an appender.
   *
   * @param target does the writing; started already
   * @param flush makes the target write what it was given; called when nothing more waits
   * @param capacity events that may wait
   * @param stopLimit how long stopping may wait for those
   */
  QueuedAppender(
      Appender<ILoggingEvent> target,
      Runnable flush,
      LoggerContext loggers,
      int capacity,
      Duration stopLimit) {
    this.target = target;
    this.flush = flush;
    this.loggers = loggers;
    this.stopLimit = stopLimit;
    this.queue = new ArrayBlockingQueue<>(capacity);
    setContext(loggers);
    setName("queue");
  }

  /** Returns how many events were dropped in all. */
  long dropped() {
    return dropped.get();
  }

  @Override
  public void start() {
    Thread worker = new Thread(this::work, "smee-log");
    worker.setDaemon(true);
    thread = worker;
    super.start();
    worker.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (!queue.offer(event)) {
      dropped.incrementAndGet();
      notYetSaid.incrementAndGet();
    }
  }

  private void work() {
    List<ILoggingEvent> batch = new ArrayList<>(BATCH);
    try {
      while (true) {
        @Nullable ILoggingEvent first = queue.poll(LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, BATCH - 1);
        } else if (stopping) {
          return;
        }
        write(batch);
        if (!batch.isEmpty() && batch.size() < BATCH && !stopping) {
          Thread.sleep(GATHER_MILLIS);
        }
        batch.clear();
      }
    } catch (InterruptedException e) {
      // Only the virtual machine's end does this.
    }
  }

  private void write(List<ILoggingEvent> batch) {
    for (ILoggingEvent event : batch) {
      target.doAppend(event);
      sayDropped();
    }
    sayDropped();
    flush.run();
  }

  private void sayDropped() {
    long count = notYetSaid.get();
    // Not one line for each gap: while the queue stays full there is one more with every event.
    if (count == 0 || (queue.remainingCapacity() == 0 && !stopping)) {
      return;
    }
    notYetSaid.addAndGet(-count);
    Logger logger = loggers.getLogger(Logging.PREFIX + ".log");
    LoggingEvent event =
        new LoggingEvent(
            QueuedAppender.class.getName(),
            logger,
            Level.WARN,
            "log lines were dropped, since they were not read as fast as they were written",
            null,
            null);
    event.addKeyValuePair(new KeyValuePair("dropped", count));
    target.doAppend(event);
  }

  @Override
  public void stop() {
    if (!isStarted()) {
      return;
    }
    super.stop();
    stopping = true;
    @Nullable Thread worker = thread;
    if (worker != null) {
      try {
        worker.join(stopLimit.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    // A target that is stuck cannot be stopped; the process ends without it.
    if (worker == null || !worker.isAlive()) {
      target.stop();
    }
  }
}
