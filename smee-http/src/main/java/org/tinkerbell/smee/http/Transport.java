// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses between Linux epoll and the sockets of the Java platform. */
final class Transport {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  private static final boolean EPOLL = epollAvailable();

  /**
   * How far the kernel's buffer runs ahead of the network. It grows to megabytes by itself, and
   * then tells of room so rarely that a slow client could not be told from one that takes nothing.
   */
  private static final long UNSENT_BYTES = 128 * 1024;

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
      bootstrap
          .channel(EpollServerSocketChannel.class)
          .childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, UNSENT_BYTES);
    } else {
      bootstrap.channel(NioServerSocketChannel.class);
    }
  }
}
