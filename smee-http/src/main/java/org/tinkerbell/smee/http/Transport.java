// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
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

  static Class<? extends ServerChannel> serverChannel(IoEventLoopGroup group) {
    if (EPOLL && group.isIoType(EpollIoHandler.class)) {
      return EpollServerSocketChannel.class;
    }
    return NioServerSocketChannel.class;
  }
}
