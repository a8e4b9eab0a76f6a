// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses between Linux epoll and the sockets of the Java platform. */
final class Transport {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  private static final boolean EPOLL = epollAvailable();

  private Transport() {}

  private static boolean epollAvailable() {
    try {
      if (Epoll.isAvailable()) {
        return true;
      }
      LOG.atDebug()
          .addKeyValue("reason", String.valueOf(Epoll.unavailabilityCause().getMessage()))
          .log("epoll-unavailable");
    } catch (NoClassDefFoundError e) {
      LOG.atDebug().addKeyValue("reason", "not on the class path").log("epoll-unavailable");
    }
    return false;
  }

  static IoHandlerFactory newIoHandler() {
    return EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  static void configure(ServerBootstrap bootstrap, IoEventLoopGroup group) {
    if (EPOLL && group.isIoType(EpollIoHandler.class)) {
      bootstrap.channel(EpollServerSocketChannel.class);
    } else {
      bootstrap.channel(NioServerSocketChannel.class);
    }
  }

  /**
   * Has the kernel hold back what does not fill a packet, or send it now. So the head of a response
   * leaves with the beginning of a file that the kernel reads by itself, where writing both at once
   * is not possible.
   *
   * @return whether it does, which needs epoll
   */
  static boolean cork(Channel channel, boolean on) {
    return EPOLL && set(channel, EpollChannelOption.TCP_CORK, on);
  }

  /** Limits what the kernel takes ahead of the network, with epoll; 0 means that it decides. */
  static void limitUnsent(Channel channel, long bytes) {
    if (EPOLL) {
      set(channel, EpollChannelOption.TCP_NOTSENT_LOWAT, bytes);
    }
  }

  private static <T> boolean set(Channel channel, ChannelOption<T> option, T value) {
    try {
      return channel instanceof EpollSocketChannel socket
          && socket.config().setOption(option, value);
    } catch (ChannelException e) {
      // Closed meanwhile; whoever writes to it will hear of that.
      LOG.atDebug().setCause(e).addKeyValue("option", option).log("option-not-set");
      return false;
    }
  }

  /**
   * Returns how long ago the client last took something: how long ago the kernel had room to send
   * it bytes and heard from it. The kernel takes megabytes ahead of a slow client, and then tells
   * of room so rarely that such a client cannot be told from one that takes nothing by what is
   * written.
   *
   * @return nanoseconds; very many where it is not known
   */
  static long sinceTakenNanos(Channel channel) {
    if (EPOLL && channel instanceof EpollSocketChannel socket) {
      try {
        EpollTcpInfo info = socket.tcpInfo();
        // Who is gone takes nothing though the same is sent again; who has no room still answers.
        return TimeUnit.MILLISECONDS.toNanos(Math.max(info.lastDataSent(), info.lastAckRecv()));
      } catch (ChannelException e) {
        LOG.atDebug().setCause(e).log("tcp-info-failed");
      }
    }
    return Long.MAX_VALUE;
  }
}
