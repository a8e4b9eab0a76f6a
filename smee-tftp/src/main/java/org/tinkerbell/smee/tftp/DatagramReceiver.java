// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what arrives at a socket and never lets an exception out. */
abstract class DatagramReceiver extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);

  private final Turns turns = new Turns();

  /** Takes a datagram, which is released afterwards. */
  abstract void received(ChannelHandlerContext ctx, DatagramPacket packet);

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.pipeline().addLast(turns);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof DatagramPacket packet) {
      try {
        received(ctx, packet);
      } catch (RuntimeException | OutOfMemoryError e) {
        log.error("datagram failed: remote={}", packet.sender(), e);
      } finally {
        packet.release();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    turns.arrived();
    // One flush for all that was read in one go: answers leave by sendmmsg.
    ctx.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A send that failed (no route, a full queue) is made good by the retransmission.
    log.debug("socket error: channel={}", ctx.channel(), cause);
  }
}
