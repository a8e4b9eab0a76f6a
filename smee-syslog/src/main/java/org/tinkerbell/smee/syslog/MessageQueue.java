// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands messages from event loops to the handler, on a thread of its own. What does not fit is
 * refused: a datagram is dropped then, a connection waits.
 *
 * <p>Messages are put and taken many at a time: at hundreds of thousands a second a lock for each
 * would cost as much as the message.
 */
final class MessageQueue {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long CHORE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration INTERRUPT_WAIT = Duration.ofSeconds(1);

  /** How much the handler's thread takes at a time; it does not count as waiting any more. */
  private static final int HAND_MESSAGES = 128;

  private static final int HAND_BYTES = 64 * 1024;

  private final int limit;
  private final long maxBytes;
  private final SyslogHandler handler;
  private final SyslogObserver observer;
  private final Runnable chore;
  private final Thread thread;

  private final Object lock = new Object();
  private final ArrayDeque<Datagram> waiting = new ArrayDeque<>();
  private long waitingBytes;

  /** What the handler's thread has taken and not handled. */
  private final ArrayDeque<Datagram> hand = new ArrayDeque<>(HAND_MESSAGES);

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
    synchronized (lock) {
      return put(message);
    }
  }

  /**
   * Puts messages at the end, as many as there is room for; {@link #wake()} is to follow. Never
   * blocks.
   *
   * @param messages left with those that there was no room for
   */
  void offer(ArrayDeque<Datagram> messages) {
    synchronized (lock) {
      int count = messages.size();
      for (int i = 0; i < count; i++) {
        Datagram message = messages.remove();
        if (!put(message)) {
          messages.add(message);
        }
      }
    }
  }

  private boolean put(Datagram message) {
    int size = message.content().length;
    // A message longer than all the room is let in alone, or its sender would wait for ever.
    if (waiting.size() >= limit || (waitingBytes + size > maxBytes && !waiting.isEmpty())) {
      return false;
    }
    waitingBytes += size;
    waiting.add(message);
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

  /** Takes what is to be handled next. Returns false if nothing waits. */
  private boolean take() {
    synchronized (lock) {
      int bytes = 0;
      while (hand.size() < HAND_MESSAGES && bytes < HAND_BYTES && !waiting.isEmpty()) {
        Datagram next = waiting.remove();
        bytes += next.content().length;
        hand.add(next);
      }
      waitingBytes -= bytes;
    }
    return !hand.isEmpty();
  }

  private boolean isEmpty() {
    synchronized (lock) {
      return waiting.isEmpty();
    }
  }

  /** Tells those who wait, not before half of the queue is free: each then has something to do. */
  private void tellOfRoom() {
    if (waitForRoom.isEmpty()) {
      return;
    }
    boolean roomy;
    synchronized (lock) {
      roomy = waiting.size() <= limit / 2 && waitingBytes <= maxBytes / 2;
    }
    if (roomy) {
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
      boolean some = take();
      tellOfRoom();
      if (some) {
        handleThose();
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
    drop(hand);
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

  private void handleThose() {
    while (!abandoned && !hand.isEmpty()) {
      handle(hand.remove());
    }
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

  /** Drops what waits; what is in the thread's hand, the thread drops itself. */
  private void dropRest() {
    ArrayDeque<Datagram> rest;
    synchronized (lock) {
      rest = new ArrayDeque<>(waiting);
      waiting.clear();
      waitingBytes = 0;
    }
    drop(rest);
  }

  private void drop(ArrayDeque<Datagram> messages) {
    for (Datagram each = messages.poll(); each != null; each = messages.poll()) {
      observer.dropped(each.source(), SyslogDropReason.CLOSED);
    }
  }
}
