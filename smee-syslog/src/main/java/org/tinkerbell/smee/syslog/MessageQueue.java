// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands datagrams from event loops to the handler, on a thread of its own, and drops what is too
 * much.
 */
final class MessageQueue {
  /** How long the thread may be late to see that the queue was closed. */
  private static final long POLL_MILLIS = 50;

  private static final Duration INTERRUPT_WAIT = Duration.ofSeconds(1);

  private final BlockingQueue<Datagram> queue;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final SyslogHandler handler;
  private final SyslogObserver observer;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean abandoned;

  MessageQueue(int limit, long maxBytes, SyslogHandler handler, SyslogObserver observer) {
    this.queue = new ArrayBlockingQueue<>(limit);
    this.maxBytes = maxBytes;
    this.handler = handler;
    this.observer = observer;
    this.thread = new Thread(this::run, "smee-syslog-handler");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Puts a datagram at the end. Never blocks; returns false if there is no room. */
  boolean offer(Datagram datagram) {
    int length = datagram.content().length;
    if (bytes.addAndGet(length) > maxBytes || !queue.offer(datagram)) {
      bytes.addAndGet(-length);
      return false;
    }
    return true;
  }

  private void run() {
    while (!abandoned) {
      try {
        boolean last = closing;
        Datagram datagram = queue.poll(last ? 0 : POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (datagram != null) {
          bytes.addAndGet(-datagram.content().length);
          handle(datagram);
        } else if (last) {
          return;
        }
      } catch (InterruptedException e) {
        // Not meant to end the thread, unless close() said so; a handler may have left it behind.
      }
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
    List<Datagram> rest = new ArrayList<>();
    queue.drainTo(rest);
    for (Datagram datagram : rest) {
      InetSocketAddress source = datagram.source();
      observer.dropped(source, SyslogDropReason.CLOSED);
    }
  }
}
