// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes what a method returns, as often as it is asked, on the threads of an executor. */
abstract class PullPublisher implements Flow.Publisher<List<ByteBuffer>> {
  private final Executor executor;

  PullPublisher(Executor executor) {
    this.executor = executor;
  }

  /** Returns the next buffer, or an empty one at the end. Never called by two threads at once. */
  abstract ByteBuffer next() throws IOException;

  /** Frees what was opened; the last call there is. */
  abstract void close();

  @Override
  public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    subscriber.onSubscribe(new Pull(Objects.requireNonNull(subscriber, "subscriber")));
  }

  private final class Pull implements Flow.Subscription {
    private final Flow.Subscriber<? super List<ByteBuffer>> subscriber;
    private final AtomicLong wanted = new AtomicLong();
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile boolean cancelled;
    private boolean closed;

    Pull(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      wanted.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
      schedule();
    }

    @Override
    public void cancel() {
      cancelled = true;
      schedule();
    }

    private void schedule() {
      // One round at a time; what is asked during a round makes it go round again.
      if (rounds.getAndIncrement() == 0) {
        executor.execute(this::run);
      }
    }

    private void run() {
      int seen = 1;
      while (seen != 0) {
        while (!closed && !cancelled && wanted.get() > 0) {
          wanted.decrementAndGet();
          publish();
        }
        if (cancelled) {
          end();
        }
        seen = rounds.addAndGet(-seen);
      }
    }

    private void publish() {
      ByteBuffer buffer;
      try {
        buffer = next();
      } catch (IOException | RuntimeException e) {
        end();
        subscriber.onError(e);
        return;
      }
      if (buffer.hasRemaining()) {
        subscriber.onNext(List.of(buffer));
      } else {
        end();
        subscriber.onComplete();
      }
    }

    private void end() {
      if (!closed) {
        closed = true;
        close();
      }
    }
  }
}
