// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who wait until a socket takes more. Where the network is slower than the server, each gets
 * a turn when what was written before has left, in order, so that none of them gets ahead and
 * little memory is used. Belongs to one channel.
 */
final class Turns extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  /** Some windows, so that they leave in few system calls. */
  static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(256 << 10, 1 << 20);

  private final Queue<Runnable> waiting = new ArrayDeque<>();

  void add(Runnable turn) {
    waiting.add(turn);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    // Who waits again lines up at the end.
    for (int i = waiting.size(); i > 0 && ctx.channel().isWritable(); i--) {
      try {
        waiting.remove().run();
      } catch (RuntimeException e) {
        log.error("a turn failed: channel={}", ctx.channel(), e);
      }
    }
    ctx.flush();
    ctx.fireChannelWritabilityChanged();
  }
}
