// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the messages of one connection into the queue. While the queue is full nothing is read, so
 * that the sender has to wait: over TCP nothing is dropped.
 *
 * <p>All but {@link #abandon()} is called by the connection's event loop.
 */
final class StreamReceiver extends ChannelInboundHandlerAdapter {
  private final InetSocketAddress source;
  private final MessageQueue queue;
  private final SourceLimit limit;
  private final SyslogObserver observer;
  private final Clock clock;
  private final Connections connections;
  private final FrameSplitter splitter;

  /** What was read and not yet looked at. */
  private final Queue<ByteBuf> unread = new ArrayDeque<>();

  private final CompletableFuture<Void> finished = new CompletableFuture<>();
  private volatile @Nullable ChannelHandlerContext context;

  /** The message that the queue had no room for. */
  private @Nullable Datagram held;

  private boolean waits;
  private boolean ended;
  private boolean endTaken;
  private boolean abandoned;
  private boolean faulty;

  StreamReceiver(
      InetSocketAddress source,
      MessageQueue queue,
      SourceLimit limit,
      SyslogObserver observer,
      Clock clock,
      Connections connections,
      int maxMessageBytes) {
    this.source = source;
    this.queue = queue;
    this.limit = limit;
    this.observer = observer;
    this.clock = clock;
    this.connections = connections;
    this.splitter = new FrameSplitter(maxMessageBytes);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    connections.add(this);
    observer.connected(source);
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object read) {
    unread.add((ByteBuf) read);
    // With TLS, and when the other side has closed, data may come though reading is off.
    if (!waits) {
      deliver();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext reading) {
    queue.wake();
  }

  /** Takes messages as long as the queue does. */
  private void deliver() {
    while (held != null || next()) {
      if (held == null) {
        continue;
      }
      if (abandoned) {
        observer.dropped(source, SyslogDropReason.CLOSED);
      } else if (!queue.offer(held)) {
        pause();
        return;
      }
      held = null;
    }
    queue.wake();
    if (ended) {
      finish();
    } else if (waits) {
      waits = false;
      setReading(true);
    }
  }

  private void pause() {
    if (!waits) {
      waits = true;
      setReading(false);
    }
    queue.wake();
    queue.whenRoom(this::resume);
  }

  private void resume() {
    ChannelHandlerContext known = context;
    if (known != null && !known.executor().isShuttingDown()) {
      known.executor().execute(this::deliver);
    }
  }

  private void setReading(boolean on) {
    ChannelHandlerContext known = context;
    if (known != null) {
      known.channel().config().setAutoRead(on);
    }
  }

  /** Looks for a message in what is there. Returns false if there is nothing left to look at. */
  private boolean next() {
    ByteBuf first = unread.peek();
    if (first != null) {
      byte[] message = splitter.next(first);
      if (message == null) {
        unread.remove();
        first.release();
      } else {
        accept(message);
      }
      return true;
    }
    if (!ended || endTaken) {
      return false;
    }
    endTaken = true;
    boolean incomplete = splitter.isWithinCounted();
    byte[] rest = splitter.end();
    if (rest == null) {
      return false;
    }
    accept(rest);
    if (incomplete) {
      observer.connectionFault(source, SyslogConnectionFault.MESSAGE_INCOMPLETE);
    }
    return true;
  }

  private void accept(byte[] message) {
    observer.received(source, message.length);
    if (splitter.lastWasCut()) {
      observer.connectionFault(source, SyslogConnectionFault.MESSAGE_TOO_LONG);
    }
    if (limit.allows(source.getAddress())) {
      held = new Datagram(message, source, clock.instant());
    } else {
      observer.dropped(source, SyslogDropReason.SOURCE_RATE);
    }
  }

  private void finish() {
    if (!finished.isDone()) {
      connections.remove(this, source.getAddress());
      observer.disconnected(source);
      finished.complete(null);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    ended = true;
    // Else there are messages for which room is awaited; then this goes on.
    if (!waits) {
      deliver();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    // A connection that ended before it was ready is told of in no other way.
    channelInactive(removed);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext told, Object event) {
    if (event instanceof IdleStateEvent) {
      // A sender that is made to wait is not idle.
      if (!waits) {
        fault(told, SyslogConnectionFault.IDLE);
      }
    } else if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      fault(told, SyslogConnectionFault.TLS_FAILED);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext caught, Throwable cause) {
    boolean tls = cause instanceof SSLException || cause.getCause() instanceof SSLException;
    fault(caught, tls ? SyslogConnectionFault.TLS_FAILED : SyslogConnectionFault.LOST);
  }

  /** Closes the connection, with one complaint however much is wrong. */
  private void fault(ChannelHandlerContext told, SyslogConnectionFault fault) {
    if (!faulty && !abandoned) {
      faulty = true;
      observer.connectionFault(source, fault);
    }
    var unused = told.close();
  }

  /** Closes the connection and drops what the queue has not taken. By any thread. */
  CompletableFuture<Void> abandon() {
    ChannelHandlerContext known = context;
    if (known == null || known.executor().isShuttingDown()) {
      finished.complete(null);
    } else {
      known
          .executor()
          .execute(
              () -> {
                abandoned = true;
                var unused = known.channel().close();
                // What waited, and the end of the connection if it came before.
                waits = false;
                deliver();
              });
    }
    return finished;
  }
}
