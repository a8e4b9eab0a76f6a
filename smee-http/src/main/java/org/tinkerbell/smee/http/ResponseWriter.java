// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the parts of one response that has streams among them, in order, and takes from a stream no
 * more than the client takes. Used by the connection's event loop only.
 */
// A write that fails has closed the channel, and then the connection cancels this.
@SuppressWarnings("FutureReturnValueIgnored")
final class ResponseWriter {

  /** How many lists of buffers are asked for ahead of the client. */
  private static final int AHEAD = 4;

  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CRLF = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Channel channel;
  private final Exchange exchange;
  private final Deque<Object> parts;
  private final ChannelFutureListener whenWritten;
  private final Consumer<Throwable> whenFailed;
  private @Nullable Reading reading;
  private boolean over;

  /**
   * Begins.
   *
   * @param parts what the response is made of; released or discarded by this
   * @param whenWritten is told when the last byte was handed to the kernel
   * @param whenFailed is told when a stream failed
   */
  ResponseWriter(
      Channel channel,
      Exchange exchange,
      Collection<Object> parts,
      ChannelFutureListener whenWritten,
      Consumer<Throwable> whenFailed) {
    this.channel = channel;
    this.exchange = exchange;
    this.parts = new ArrayDeque<>(parts);
    this.whenWritten = whenWritten;
    this.whenFailed = whenFailed;
  }

  /** Writes the head and begins with the body. */
  void start() {
    channel.write(parts.remove());
    proceed();
  }

  /** Writes up to the next stream and begins to read that. */
  private void proceed() {
    reading = null;
    ChannelFuture last = null;
    Object part = parts.poll();
    while (part instanceof ByteBuf bytes) {
      int length = bytes.readableBytes();
      last = count(channel.write(bytes), length);
      part = parts.poll();
    }
    if (part instanceof StreamPart stream) {
      Reading next = new Reading(stream);
      reading = next;
      stream.source().open(stream.offset(), stream.length()).subscribe(next);
    } else {
      over = true;
      (last == null ? channel.write(Unpooled.EMPTY_BUFFER) : last).addListener(whenWritten);
    }
    channel.flush();
  }

  private ChannelFuture count(ChannelFuture written, int bytes) {
    return written.addListener(
        done -> {
          if (done.isSuccess()) {
            exchange.bytesSent += bytes;
          }
        });
  }

  /** Asks for more if there is room. */
  void more() {
    Reading current = reading;
    if (current != null) {
      current.more();
    }
  }

  /** Tells whether a stream was asked and has given nothing for so long. */
  boolean isStalled(long nowNanos, long limitNanos) {
    Reading current = reading;
    return current != null && current.asked > 0 && nowNanos - current.lastNanos >= limitNanos;
  }

  /** Takes no more, for the client has left. */
  void cancel() {
    over = true;
    Reading current = reading;
    reading = null;
    if (current != null) {
      current.cancel();
    }
    for (Object part : parts) {
      if (part instanceof StreamPart stream) {
        stream.source().discard();
      } else {
        ReferenceCountUtil.release(part);
      }
    }
    parts.clear();
  }

  private void fail(Throwable cause) {
    if (!over) {
      cancel();
      whenFailed.accept(cause);
    }
  }

  /** One stream on its way. Signals come on any thread and are handled on the event loop. */
  private final class Reading implements Flow.Subscriber<List<ByteBuffer>> {
    private final boolean chunked;
    private final boolean endUnknown;
    private Flow.@Nullable Subscription subscription;
    private long remaining;
    private int asked;
    private long lastNanos = System.nanoTime();
    private boolean cancelled;

    Reading(StreamPart part) {
      endUnknown = part.length() < 0;
      chunked = endUnknown && part.chunked();
      remaining = endUnknown ? Long.MAX_VALUE : part.length();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      later(
          () -> {
            if (cancelled || subscription != null) {
              given.cancel();
              return;
            }
            subscription = given;
            more();
          });
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      later(() -> take(buffers));
    }

    @Override
    public void onError(Throwable cause) {
      later(
          () -> {
            if (!cancelled) {
              subscription = null;
              fail(cause);
            }
          });
    }

    @Override
    public void onComplete() {
      later(
          () -> {
            if (cancelled) {
              return;
            }
            subscription = null;
            if (!endUnknown && remaining > 0) {
              fail(new EOFException("the body ended " + remaining + " bytes early"));
              return;
            }
            if (chunked) {
              channel.write(Unpooled.wrappedBuffer(LAST_CHUNK));
            }
            cancelled = true;
            proceed();
          });
    }

    /** Keeps signals in the order in which they came, whatever thread they came on. */
    private void later(Runnable step) {
      channel.eventLoop().execute(step);
    }

    private void more() {
      Flow.Subscription from = subscription;
      if (from == null || cancelled || !channel.isWritable() || asked >= AHEAD) {
        return;
      }
      if (asked == 0) {
        lastNanos = System.nanoTime();
      }
      int n = AHEAD - asked;
      asked = AHEAD;
      from.request(n);
    }

    private void take(List<ByteBuffer> buffers) {
      if (cancelled) {
        return;
      }
      asked--;
      lastNanos = System.nanoTime();
      ByteBuf bytes = Unpooled.wrappedBuffer(buffers.toArray(ByteBuffer[]::new));
      int length = bytes.readableBytes();
      if (length > remaining) {
        bytes.release();
        fail(new IOException("the body has more bytes than was said"));
        return;
      }
      if (length == 0) {
        bytes.release();
      } else {
        remaining -= length;
        if (chunked) {
          channel.write(
              Unpooled.copiedBuffer(
                  Integer.toHexString(length) + "\r\n", StandardCharsets.US_ASCII));
        }
        count(channel.write(bytes), length);
        if (chunked) {
          channel.write(Unpooled.wrappedBuffer(CRLF));
        }
        channel.flush();
      }
      more();
    }

    void cancel() {
      cancelled = true;
      Flow.Subscription from = subscription;
      subscription = null;
      if (from != null) {
        from.cancel();
      }
    }
  }
}
