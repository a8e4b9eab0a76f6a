// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connected socket for a transfer, maybe on a port out of a range. The system delivers to
 * it what its peer sends and nothing else. Used on the event loop only.
 */
final class ChildChannels {

  /** Takes what arrives. */
  interface Reader {
    void read(ByteBuf datagram);

    void unreachable(Throwable cause);
  }

  /** An open socket with its port, or why there is none. */
  final class Child {

    private final @Nullable Channel channel;
    private final int port;
    private final @Nullable Throwable failure;
    private boolean closed;

    private Child(@Nullable Channel channel, int port, @Nullable Throwable failure) {
      this.channel = channel;
      this.port = port;
      this.failure = failure;
    }

    @Nullable Channel channel() {
      return channel;
    }

    @Nullable Throwable failure() {
      return failure;
    }

    /** Tells whether all ports of the range are taken. */
    boolean exhausted() {
      return channel == null && failure == null;
    }

    void close() {
      if (!closed && channel != null) {
        closed = true;
        // Whatever was written last, an ERROR say, still leaves.
        channel.flush();
        channel.close().addListener(done -> free(port));
      }
    }
  }

  private final TftpPortMode mode;
  private final EventLoop loop;
  private final Transport transport;
  private final BitSet used = new BitSet();

  ChildChannels(TftpPortMode mode, EventLoop loop, Transport transport) {
    this.mode = mode;
    this.loop = loop;
    this.transport = transport;
  }

  void open(InetSocketAddress remote, InetAddress from, Reader reader, Consumer<Child> callback) {
    if (!mode.isRange()) {
      connect(remote, from, 0, reader, 0, callback);
      return;
    }
    int size = mode.last() - mode.first() + 1;
    // A random start, so that a client that comes back does not meet its old port at once.
    int start = ThreadLocalRandom.current().nextInt(size);
    tryPorts(remote, from, start, 0, reader, callback);
  }

  private void tryPorts(
      InetSocketAddress remote,
      InetAddress from,
      int start,
      int tried,
      Reader reader,
      Consumer<Child> callback) {
    int size = mode.last() - mode.first() + 1;
    for (int i = tried; i < size; i++) {
      int port = mode.first() + (start + i) % size;
      if (!used.get(port)) {
        used.set(port);
        int next = i + 1;
        connect(
            remote,
            from,
            port,
            reader,
            port,
            child -> {
              if (isTaken(child.failure())) {
                // Taken by another program.
                tryPorts(remote, from, start, next, reader, callback);
              } else {
                callback.accept(child);
              }
            });
        return;
      }
    }
    callback.accept(new Child(null, 0, null));
  }

  private static boolean isTaken(@Nullable Throwable failure) {
    // Native sockets have no exception of their own for it.
    return failure instanceof BindException
        || (failure != null && String.valueOf(failure.getMessage()).contains("in use"));
  }

  private void free(int port) {
    if (port > 0) {
      used.clear(port);
    }
  }

  private void connect(
      InetSocketAddress remote,
      InetAddress from,
      int port,
      Reader reader,
      int rangePort,
      Consumer<Child> callback) {
    new Bootstrap()
        .group(loop)
        .channelFactory(transport.channels(remote.getAddress()))
        .option(
            ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(Binding.DATAGRAM_BYTES))
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Turns.MARKS)
        .handler(new Receiver(reader))
        .connect(remote, new InetSocketAddress(from, port))
        .addListener(
            (ChannelFuture connected) -> {
              if (connected.isSuccess()) {
                callback.accept(new Child(connected.channel(), rangePort, null));
              } else {
                free(rangePort);
                callback.accept(new Child(null, 0, connected.cause()));
              }
            });
  }

  private static final class Receiver extends DatagramReceiver {

    private final Reader reader;

    Receiver(Reader reader) {
      this.reader = reader;
    }

    @Override
    void received(ChannelHandlerContext ctx, DatagramPacket packet) {
      reader.read(packet.content());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof PortUnreachableException) {
        reader.unreachable(cause);
      } else {
        super.exceptionCaught(ctx, cause);
      }
    }
  }
}
