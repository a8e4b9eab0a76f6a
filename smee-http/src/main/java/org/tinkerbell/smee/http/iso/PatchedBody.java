// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A body with its placeholders replaced, cut to the part the client asked for. Holds back at most
 * the beginning of one placeholder, so it needs no more memory than what it is published from.
 */
final class PatchedBody implements Flow.Publisher<List<ByteBuffer>> {
  private final Flow.Publisher<List<ByteBuffer>> source;
  private final long sourceLength;
  private final long skip;
  private final long length;
  private final Placeholder.Replacing replacing;
  private final IntConsumer whenThrough;

  /**
   * Makes a body for one reading.
   *
   * @param sourceLength how many bytes will come; -1 if that is not known
   * @param skip how many bytes at the beginning are there for the search only
   * @param length how many bytes to publish; -1 for all
   * @param whenThrough is told how many placeholders were replaced, if the end is reached
   */
  PatchedBody(
      Flow.Publisher<List<ByteBuffer>> source,
      long sourceLength,
      long skip,
      long length,
      Placeholder.Replacing replacing,
      IntConsumer whenThrough) {
    this.source = source;
    this.sourceLength = sourceLength;
    this.skip = skip;
    this.length = length;
    this.replacing = replacing;
    this.whenThrough = whenThrough;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    source.subscribe(new Patching(subscriber));
  }

  private final class Patching implements Flow.Subscriber<List<ByteBuffer>>, Flow.Subscription {
    private final Flow.Subscriber<? super List<ByteBuffer>> client;
    private Flow.@Nullable Subscription origin;
    private long received;
    private long toSkip = skip;
    private long toGive = length < 0 ? Long.MAX_VALUE : length;
    private boolean over;
    // Guarded by this: the last buffers come when the source has ended, wanted or not.
    private long wanted;
    private @Nullable List<ByteBuffer> last;

    Patching(Flow.Subscriber<? super List<ByteBuffer>> client) {
      this.client = client;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      origin = subscription;
      client.onSubscribe(this);
    }

    @Override
    public void request(long n) {
      List<ByteBuffer> tail;
      synchronized (this) {
        wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
        tail = last;
        last = null;
      }
      if (tail != null) {
        give(tail);
        finish();
      } else {
        askOrigin(n);
      }
    }

    @Override
    public void cancel() {
      Flow.Subscription from = origin;
      if (from != null) {
        from.cancel();
      }
    }

    private void askOrigin(long n) {
      Flow.Subscription from = origin;
      if (from != null) {
        from.request(n);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      if (over) {
        return;
      }
      List<ByteBuffer> out = new ArrayList<>(buffers.size() + 2);
      for (ByteBuffer buffer : buffers) {
        received += buffer.remaining();
        replacing.take(buffer, piece -> cut(piece, out));
      }
      if (sourceLength >= 0 && received >= sourceLength) {
        replacing.end(piece -> cut(piece, out));
      }
      if (!out.isEmpty()) {
        give(out);
      } else if (toGive > 0) {
        askOrigin(1);
      }
      if (toGive == 0) {
        finish();
        // What is left is less than a placeholder; once it is read the connection can be used
        // again.
        askOrigin(Long.MAX_VALUE);
      }
    }

    private void cut(ByteBuffer piece, List<ByteBuffer> out) {
      ByteBuffer rest = piece;
      if (toSkip > 0) {
        int skipped = (int) Math.min(toSkip, rest.remaining());
        toSkip -= skipped;
        rest = rest.slice(skipped, rest.remaining() - skipped);
      }
      int given = (int) Math.min(toGive, rest.remaining());
      if (given > 0) {
        toGive -= given;
        out.add(rest.slice(0, given));
      }
    }

    private void give(List<ByteBuffer> buffers) {
      synchronized (this) {
        wanted--;
      }
      client.onNext(buffers);
    }

    private void finish() {
      if (!over) {
        over = true;
        whenThrough.accept(replacing.count());
        client.onComplete();
      }
    }

    @Override
    public void onError(Throwable failure) {
      if (!over) {
        over = true;
        client.onError(failure);
      }
    }

    @Override
    public void onComplete() {
      if (over) {
        return;
      }
      List<ByteBuffer> tail = new ArrayList<>(1);
      replacing.end(piece -> cut(piece, tail));
      if (!tail.isEmpty()) {
        synchronized (this) {
          if (wanted == 0) {
            last = tail;
            return;
          }
        }
        give(tail);
      }
      finish();
    }
  }
}
