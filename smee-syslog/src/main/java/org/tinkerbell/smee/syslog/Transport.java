// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind of sockets: native epoll where it is there, NIO elsewhere. */
enum Transport {
  EPOLL,
  NIO;

  private static final Logger log = LoggerFactory.getLogger(Transport.class);

  /**
   * How many datagrams one system call takes in (recvmmsg). Each has room for the longest there can
   * be, or a longer one would be cut without a sign.
   */
  private static final int BATCH = 64;

  /** Of Linux; Netty has no option for it. */
  private static final int SOL_SOCKET = 1;

  private static final int SO_RCVBUFFORCE = 33;

  static Transport preferred() {
    try {
      if (Epoll.isAvailable()) {
        return EPOLL;
      }
      log.debug("native epoll is not available, NIO is used", Epoll.unavailabilityCause());
    } catch (LinkageError e) {
      log.debug("native epoll is not on the path, NIO is used");
    }
    return NIO;
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

  /**
   * Makes an event loop.
   *
   * @param threads is given the thread that it runs on
   */
  IoEventLoopGroup newLoop(Collection<Thread> threads) {
    ThreadFactory factory = new DefaultThreadFactory("smee-syslog", true);
    return new MultiThreadIoEventLoopGroup(
        1,
        task -> {
          Thread thread = factory.newThread(task);
          threads.add(thread);
          return thread;
        },
        this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  /** Returns a bootstrap for TCP connections to an address. */
  ServerBootstrap connections() {
    return new ServerBootstrap()
        .channelFactory(
            this == EPOLL ? EpollServerSocketChannel::new : NioServerSocketChannel::new);
  }

  /** Returns a bootstrap for a UDP socket that can be bound to an address. */
  Bootstrap datagrams(InetAddress bound, int maxDatagramBytes) {
    SocketProtocolFamily family =
        bound instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    ChannelFactory<Channel> factory =
        this == EPOLL
            ? () -> new EpollDatagramChannel(family)
            : () -> new NioDatagramChannel(family);
    Bootstrap bootstrap = new Bootstrap().channelFactory(factory);
    if (this == EPOLL) {
      bootstrap
          .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, maxDatagramBytes)
          .option(ChannelOption.RECVBUF_ALLOCATOR, new ReceiveBuffer(maxDatagramBytes * BATCH));
    } else {
      bootstrap.option(
          ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(maxDatagramBytes));
    }
    return bootstrap;
  }

  /**
   * Makes a UDP socket ready that was just made: gives it a receive buffer beyond the system's
   * bound for everybody, if the process may do that, and the buffer for its reads.
   */
  void prepare(Channel channel, int receiveBufferBytes) {
    if (this == EPOLL) {
      if (channel.config().getRecvByteBufAllocator() instanceof ReceiveBuffer reads) {
        reads.belongTo(channel);
      }
      try {
        channel
            .config()
            .setOption(
                new IntegerUnixChannelOption("SO_RCVBUFFORCE", SOL_SOCKET, SO_RCVBUFFORCE),
                receiveBufferBytes);
      } catch (RuntimeException e) {
        log.debug("the receive buffer is as large as anybody's may be: {}", e.getMessage());
      }
    }
  }
}
