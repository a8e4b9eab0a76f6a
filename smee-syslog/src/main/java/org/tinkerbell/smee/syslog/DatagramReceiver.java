// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies datagrams into the queue, those of a read at a time. One per socket. */
final class DatagramReceiver extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);
  private static final long BACK_OFF_MILLIS = 100;

  private final MessageQueue queue;
  private final AllowedNetworks allowed;
  private final SourceLimit limit;
  private final SyslogObserver observer;
  private final Clock clock;

  /** What was read and is not in the queue yet. */
  private final ArrayDeque<Datagram> batch = new ArrayDeque<>();

  /** When the datagrams that are being read came in; null between reads. */
  private @Nullable Instant now;

  DatagramReceiver(
      MessageQueue queue,
      AllowedNetworks allowed,
      SourceLimit limit,
      SyslogObserver observer,
      Clock clock) {
    this.queue = queue;
    this.allowed = allowed;
    this.limit = limit;
    this.observer = observer;
    this.clock = clock;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    InetSocketAddress source = Sources.withoutMapping(packet.sender());
    observer.received(source, packet.content().readableBytes());
    if (!allowed.contains(source.getAddress())) {
      observer.dropped(source, SyslogDropReason.NOT_ALLOWED);
      return;
    }
    if (!limit.allows(source.getAddress())) {
      observer.dropped(source, SyslogDropReason.SOURCE_RATE);
      return;
    }
    Instant arrival = now;
    if (arrival == null) {
      arrival = clock.instant();
      now = arrival;
    }
    // A copy, since the buffer belongs to a whole batch of datagrams.
    byte[] content = ByteBufUtil.getBytes(packet.content());
    batch.add(new Datagram(content, source, arrival));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    now = null;
    queue.offer(batch);
    queue.wake();
    for (Datagram each = batch.poll(); each != null; each = batch.poll()) {
      observer.dropped(each.source(), SyslogDropReason.QUEUE_FULL);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!context.channel().isActive()) {
      return;
    }
    log.debug("receive failed local={}", context.channel().localAddress(), cause);
    observer.receiveFailed((InetSocketAddress) context.channel().localAddress(), cause);
    context.channel().config().setAutoRead(false);
    var unused =
        context
            .executor()
            .schedule(
                () -> context.channel().config().setAutoRead(true),
                BACK_OFF_MILLIS,
                TimeUnit.MILLISECONDS);
  }
}
