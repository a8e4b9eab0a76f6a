// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hands messages from event loops to the handler, on a thread of its own. What does not fit is
 * refused: a datagram is dropped then, a connection waits.
 *
 * <p>Putting and taking have a lock each, so that they do not get into each other's way; the thread
 * is woken once for all that was read at a time.
 */
final class MessageQueue {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long CHORE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration INTERRUPT_WAIT = Duration.ofSeconds(1);

  private final int limit;
  private final long maxBytes;
  private final SyslogHandler handler;
  private final SyslogObserver observer;
  private final Runnable chore;
  private final Thread thread;

  private final AtomicReferenceArray<@Nullable Datagram> ring;
  private final int mask;
  private final Object putLock = new Object();
  private final Object takeLock = new Object();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private long put;

  private final Queue<Runnable> waitForRoom = new ConcurrentLinkedQueue<>();
  private volatile boolean idle;
  private volatile boolean closing;
  private volatile boolean abandoned;

  /**
   * Makes a queue.
   *
   * @param chore what the thread is to do about once a second beside its work
   */
  MessageQueue(
      int limit, long maxBytes, SyslogHandler handler, SyslogObserver observer, Runnable chore) {
    this.limit = limit;
    this.maxBytes = maxBytes;
    this.handler = handler;
    this.observer = observer;
    this.chore = chore;
    int size = limit == 1 ? 1 : Integer.highestOneBit(limit - 1) << 1;
    this.ring = new AtomicReferenceArray<>(size);
    this.mask = size - 1;
    this.thread = new Thread(this::run, "smee-syslog-handler");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Puts a message at the end; {@link #wake()} is to follow. Never blocks. Returns false if there
   * is no room.
   */
  boolean offer(Datagram message) {
    int size = message.content().length;
    synchronized (putLock) {
      long waiting = put - taken.get();
      // A message longer than all the room is let in alone, or its sender would wait for ever.
      if (waiting >= limit || (bytes.get() + size > maxBytes && waiting > 0)) {
        return false;
      }
      bytes.addAndGet(size);
      ring.set((int) put & mask, message);
      put++;
    }
    return true;
  }

  /** Lets the handler's thread see what was put. */
  void wake() {
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Calls back once when there is room again, on the handler's thread, and perhaps though there is
   * none.
   */
  void whenRoom(Runnable callback) {
    waitForRoom.add(callback);
    wake();
  }

  private @Nullable Datagram take() {
    synchronized (takeLock) {
      long next = taken.get();
      Datagram message = ring.getAndSet((int) next & mask, null);
      if (message != null) {
        bytes.addAndGet(-message.content().length);
        taken.set(next + 1);
      }
      return message;
    }
  }

  private boolean isEmpty() {
    return ring.get((int) taken.get() & mask) == null;
  }

  /** Tells those who wait, not before half of the queue is free: each then has something to do. */
  private void tellOfRoom() {
    if (waitForRoom.isEmpty()) {
      return;
    }
    long waiting;
    synchronized (putLock) {
      waiting = put - taken.get();
    }
    if (waiting <= limit / 2 && bytes.get() <= maxBytes / 2) {
      for (Runnable each = waitForRoom.poll(); each != null; each = waitForRoom.poll()) {
        each.run();
      }
    }
  }

  private void run() {
    boolean unflushed = false;
    boolean rested = false;
    long choreAt = System.nanoTime() + CHORE_NANOS;
    while (!abandoned) {
      boolean last = closing;
      Datagram message = take();
      tellOfRoom();
      if (message != null) {
        handle(message);
        unflushed = true;
        rested = false;
      } else if (unflushed && !rested && !last) {
        // Most likely more is coming: a moment's rest makes one block of it, and saves waking.
        LockSupport.parkNanos(this, REST_NANOS);
        Thread.interrupted();
        rested = true;
      } else if (unflushed) {
        flush();
        unflushed = false;
      } else if (last) {
        return;
      } else {
        await();
      }
      long now = System.nanoTime();
      if (now - choreAt >= 0) {
        chore.run();
        choreAt = now + CHORE_NANOS;
      }
    }
    if (unflushed) {
      flush();
    }
  }

  private void await() {
    idle = true;
    if (isEmpty() && !closing && !abandoned && waitForRoom.isEmpty()) {
      LockSupport.parkNanos(this, POLL_NANOS);
    }
    idle = false;
    // Not meant to end the thread, unless close() said so; a handler may have left it behind.
    Thread.interrupted();
  }

  private void handle(Datagram datagram) {
    SyslogMessage message =
        SyslogParser.parseOwned(datagram.content(), datagram.source(), datagram.receivedAt());
    if (!message.isParsed()) {
      observer.malformed(message);
    }
    try {
      handler.handle(message);
    } catch (Throwable e) {
      // Whatever a handler does, the next message needs this thread.
      observer.handlerFailed(message, e);
    }
  }

  private void flush() {
    try {
      handler.flush();
    } catch (Throwable e) {
      observer.flushFailed(e);
    }
  }

  /**
   * Waits until the handler was given what is in the queue, drops what it does not come to in time,
   * and ends the thread. Nothing may be put into the queue any more.
   */
  void close(Duration grace) {
    closing = true;
    if (Thread.currentThread() == thread) {
      // The handler closes its own server: it cannot be waited for, nor be given more.
      abandon();
      return;
    }
    LockSupport.unpark(thread);
    try {
      thread.join(Math.max(1, grace.toMillis()));
      if (thread.isAlive()) {
        abandoned = true;
        thread.interrupt();
        thread.join(INTERRUPT_WAIT.toMillis());
      }
    } catch (InterruptedException e) {
      abandoned = true;
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    dropRest();
  }

  /** Ends the thread without waiting and drops what is in the queue. */
  void abandon() {
    abandoned = true;
    if (Thread.currentThread() != thread) {
      thread.interrupt();
    }
    dropRest();
  }

  private void dropRest() {
    for (Datagram each = take(); each != null; each = take()) {
      observer.dropped(each.source(), SyslogDropReason.CLOSED);
    }
  }
}
