// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Native epoll; apart from {@link Sockets} so that its classes may be missing. */
final class EpollSockets extends Sockets {

  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTODEVICE = 25;
  private static final int IFNAMSIZ = 16;

  private static final RawUnixChannelOption BIND_TO_DEVICE =
      new RawUnixChannelOption("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, IFNAMSIZ);

  static boolean isAvailable() {
    return Epoll.isAvailable();
  }

  static boolean fits(IoEventLoopGroup group) {
    return group.isIoType(EpollIoHandler.class);
  }

  @Override
  IoHandlerFactory ioHandlers() {
    return EpollIoHandler.newFactory();
  }

  @Override
  boolean bindsToInterfaces() {
    return true;
  }

  @Override
  DatagramChannel newChannel() {
    return new EpollDatagramChannel(SocketProtocolFamily.INET);
  }

  @Override
  void bindToInterface(DatagramChannel channel, String name) {
    ByteBuffer option =
        ByteBuffer.allocate(IFNAMSIZ)
            .put(name.getBytes(StandardCharsets.UTF_8))
            .position(0)
            .limit(IFNAMSIZ);
    channel.config().setOption(BIND_TO_DEVICE, option);
  }

  /** Works with recvmsg only, so these sockets must not be given a size for recvmmsg. */
  @Override
  void reportDestination(DatagramChannel channel) {
    channel.config().setOption(EpollChannelOption.IP_RECVORIGDSTADDR, true);
  }
}
