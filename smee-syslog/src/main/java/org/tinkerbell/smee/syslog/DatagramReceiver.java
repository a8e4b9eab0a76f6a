// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies each datagram into the queue. One per socket. */
final class DatagramReceiver extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(DatagramReceiver.class);
  private static final long BACK_OFF_MILLIS = 100;

  private final MessageQueue queue;
  private final SourceLimit limit;
  private final SyslogObserver observer;
  private final Clock clock;

  DatagramReceiver(MessageQueue queue, SourceLimit limit, SyslogObserver observer, Clock clock) {
    this.queue = queue;
    this.limit = limit;
    this.observer = observer;
    this.clock = clock;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    InetSocketAddress source = withoutMapping(packet.sender());
    observer.received(source, packet.content().readableBytes());
    if (!limit.allows(source.getAddress())) {
      observer.dropped(source, SyslogDropReason.SOURCE_RATE);
      return;
    }
    // A copy, since the buffer belongs to a whole batch of datagrams.
    byte[] content = ByteBufUtil.getBytes(packet.content());
    if (!queue.offer(new Datagram(content, source, clock.instant()))) {
      observer.dropped(source, SyslogDropReason.QUEUE_FULL);
    }
  }

  /** Returns an IPv4 address for one that an IPv6 socket reports as {@code ::ffff:192.0.2.1}. */
  private static InetSocketAddress withoutMapping(InetSocketAddress source) {
    if (!(source.getAddress() instanceof Inet6Address address)) {
      return source;
    }
    try {
      // This makes an IPv4 address of a mapped one.
      InetAddress plain = InetAddress.getByAddress(address.getAddress());
      return plain instanceof Inet6Address
          ? source
          : new InetSocketAddress(plain, source.getPort());
    } catch (UnknownHostException e) {
      return source;
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
