// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns at a socket. Those who have more to send than fits a turn, or wait until the socket takes
 * more, get one each time that the event loop comes round, in order, so that none of them gets
 * ahead, what arrives is read in between, and little memory is used where the network is slower
 * than the server. Belongs to one channel.
 */
final class Turns extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  /** Some windows, so that they leave in few system calls. */
  static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

  /** How often in a row a round is put off because something was read. */
  private static final int MAX_PUT_OFF = 64;

  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private boolean scheduled;
  private boolean arrived;
  private int putOff;

  void add(Runnable turn) {
    waiting.add(turn);
    schedule();
  }

  /**
   * Notes that something was read. Of clients that begin together all are to have their first turn
   * before any has the second one, but only so many requests are read at a time.
   */
  void arrived() {
    arrived = true;
  }

  /** A task would be run before anything is read; what is scheduled is run after that. */
  private void schedule() {
    ChannelHandlerContext ctx = context;
    if (!scheduled && ctx != null && ctx.channel().isWritable()) {
      scheduled = true;
      var unused = ctx.executor().schedule(this::round, 0, TimeUnit.NANOSECONDS);
    }
  }

  private void round() {
    scheduled = false;
    if (arrived && putOff < MAX_PUT_OFF) {
      arrived = false;
      putOff++;
      schedule();
      return;
    }
    putOff = 0;
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    // Who waits again lines up at the end.
    for (int i = waiting.size(); i > 0 && ctx.channel().isWritable(); i--) {
      try {
        waiting.remove().run();
      } catch (RuntimeException e) {
        log.error("a turn failed: channel={}", ctx.channel(), e);
      }
    }
    ctx.flush();
    if (!waiting.isEmpty()) {
      schedule();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!waiting.isEmpty()) {
      schedule();
    }
    ctx.fireChannelWritabilityChanged();
  }
}
