// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Opens UDP sockets; what differs between native epoll and NIO. */
abstract class Sockets {

  /** Longer datagrams are cut, and then mostly malformed. */
  static final int MAX_DATAGRAM = 4096;

  private static final int MAX_BATCH = 64;

  /** About 3000 replies; more than that waiting means that the network takes none. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

  /** Returns the best that this machine has. */
  static Sockets best() {
    return epollIsAvailable() ? new EpollSockets() : new NioSockets();
  }

  /** Returns what fits the event loops of somebody else. */
  static Sockets fitting(IoEventLoopGroup group) {
    if (epollIsAvailable() && EpollSockets.fits(group)) {
      return new EpollSockets();
    }
    if (group.isIoType(NioIoHandler.class)) {
      return new NioSockets();
    }
    throw new IllegalArgumentException(
        "eventLoops: " + group + " (expected: event loops of native epoll or NIO)");
  }

  private static boolean epollIsAvailable() {
    try {
      return EpollSockets.isAvailable();
    } catch (LinkageError e) {
      // The classes of the transport are not on the path.
      return false;
    }
  }

  abstract IoHandlerFactory ioHandlers();

  /** Tells whether a socket can be bound to an interface. */
  abstract boolean bindsToInterfaces();

  abstract DatagramChannel newChannel();

  /** Binds to an interface; before the bind to an address. */
  abstract void bindToInterface(DatagramChannel channel, String name);

  /** Lets received packets tell where they were sent to, as far as possible. */
  abstract void reportDestination(DatagramChannel channel);

  /**
   * Opens a socket and starts reading. On the event loop, where everything happens at once.
   *
   * @param settings what to set before the bind
   */
  final DatagramChannel open(
      EventLoop loop,
      InetSocketAddress address,
      Consumer<DatagramChannel> settings,
      ChannelHandler handler)
      throws IOException {
    DatagramChannel channel = newChannel();
    try {
      channel.config().setOption(ChannelOption.SO_BROADCAST, true);
      channel
          .config()
          .setRecvByteBufAllocator(
              new FixedRecvByteBufAllocator(MAX_DATAGRAM).maxMessagesPerRead(MAX_BATCH));
      channel.config().setWriteBufferWaterMark(WATER_MARK);
      settings.accept(channel);
      channel.pipeline().addLast(handler);
      await(loop.register(channel));
      await(channel.bind(address));
      return channel;
    } catch (IOException e) {
      channel.unsafe().closeForcibly();
      throw e;
    } catch (ChannelException e) {
      channel.unsafe().closeForcibly();
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e);
    }
  }

  static void await(ChannelFuture future) throws IOException {
    if (!future.isDone()) {
      throw new IOException("the event loop did not finish a socket operation at once");
    }
    Throwable cause = future.cause();
    if (cause instanceof IOException failure) {
      throw failure;
    }
    if (cause != null) {
      throw new IOException(cause.getMessage(), cause);
    }
  }

  private static final class NioSockets extends Sockets {

    @Override
    IoHandlerFactory ioHandlers() {
      return NioIoHandler.newFactory();
    }

    @Override
    boolean bindsToInterfaces() {
      return false;
    }

    @Override
    DatagramChannel newChannel() {
      return new NioDatagramChannel(SocketProtocolFamily.INET);
    }

    @Override
    void bindToInterface(DatagramChannel channel, String name) {
      throw new UnsupportedOperationException("NIO cannot bind a socket to an interface");
    }

    @Override
    void reportDestination(DatagramChannel channel) {
      // NIO cannot tell.
    }
  }
}
