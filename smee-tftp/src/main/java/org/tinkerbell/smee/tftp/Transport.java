// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind of sockets: native epoll where it is there, NIO elsewhere. */
enum Transport {
  EPOLL,
  NIO;

  private static final Logger log = LoggerFactory.getLogger(Transport.class);

  static Transport preferred() {
    try {
      if (Epoll.isAvailable()) {
        return EPOLL;
      }
      log.info("native epoll is not available, NIO is used: reason={}", cause());
    } catch (LinkageError e) {
      log.info("native epoll is not on the path, NIO is used");
    }
    return NIO;
  }

  private static String cause() {
    Throwable cause = Epoll.unavailabilityCause();
    return cause == null ? "unknown" : String.valueOf(cause.getMessage());
  }

  /** Returns the kind that channels on these loops must have. */
  static Transport of(IoEventLoopGroup group) {
    if (group.isIoType(NioIoHandler.class)) {
      return NIO;
    }
    try {
      if (group.isIoType(EpollIoHandler.class)) {
        return EPOLL;
      }
    } catch (LinkageError e) {
      log.debug("native epoll is not on the path");
    }
    throw new IllegalArgumentException(
        "eventLoops: " + group.getClass().getName() + " (expected: loops for epoll or NIO)");
  }

  IoEventLoopGroup newLoop(String name) {
    return new MultiThreadIoEventLoopGroup(
        1,
        new DefaultThreadFactory(name, true),
        this == EPOLL
            ? EpollIoHandler.newFactory(0, () -> new ShortWaits(System::nanoTime))
            : NioIoHandler.newFactory());
  }

  ChannelFactory<DatagramChannel> channels(InetAddress bound) {
    SocketProtocolFamily family =
        bound instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    return this == EPOLL
        ? () -> new EpollDatagramChannel(family)
        : () -> new NioDatagramChannel(family);
  }

  /**
   * Has an IPv4 channel report which address a datagram was sent to.
   *
   * @return whether it will
   */
  boolean reportDestinations(DatagramChannel channel, InetAddress bound) {
    return this == EPOLL
        && !(bound instanceof Inet6Address)
        && channel.config().setOption(EpollChannelOption.IP_RECVORIGDSTADDR, true);
  }

  boolean canSegment() {
    return this == EPOLL && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
  }

  /** Returns a message that leaves as datagrams of the given length (UDP_SEGMENT). */
  static DatagramPacket segmented(ByteBuf packets, int packetBytes, InetSocketAddress remote) {
    return new SegmentedDatagramPacket(packets, packetBytes, remote);
  }
}
