// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the sockets of a server. */
final class Sockets {

  /**
   * How much the system holds of a connection that is not read. Enough for a fast network, and it
   * bounds what comes in one go when a sender that was made to wait gives up.
   */
  private static final int CONNECTION_BUFFER_BYTES = 128 * 1024;

  private static final int BACKLOG = 256;
  private static final long HANDSHAKE_SECONDS = 10;

  private final SyslogServer.Builder config;
  private final Transport transport;
  private final IoEventLoopGroup loops;
  private final MessageQueue queue;
  private final SyslogObserver observer;
  private final Connections connections;
  private final @Nullable SslContext tls;

  Sockets(
      SyslogServer.Builder config,
      Transport transport,
      IoEventLoopGroup loops,
      MessageQueue queue,
      SyslogObserver observer,
      Connections connections)
      throws IOException {
    this.config = config;
    this.transport = transport;
    this.loops = loops;
    this.queue = queue;
    this.observer = observer;
    this.connections = connections;
    TlsIdentity identity = config.tlsIdentity;
    this.tls = identity == null ? null : identity.load(config.tlsClientAuthorities);
  }

  /** Opens one; fails with what explains it to the user. */
  CompletableFuture<Channel> open(Listener listener) {
    return switch (listener.kind()) {
      case UDP -> open(listener, () -> datagrams(listener.address()));
      case TCP -> open(listener, () -> connections(listener.address(), null));
      case TLS -> open(listener, () -> connections(listener.address(), tls));
    };
  }

  private static CompletableFuture<Channel> open(
      Listener listener, Supplier<ChannelFuture> binding) {
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    try {
      ChannelFuture bind = binding.get();
      bind.addListener(
          done -> {
            Throwable cause = done.cause();
            if (cause == null) {
              opened.complete(bind.channel());
            } else {
              opened.completeExceptionally(BindFailure.explain(listener, cause));
            }
          });
    } catch (RuntimeException e) {
      // An option that the system refuses is thrown, not reported.
      opened.completeExceptionally(BindFailure.explain(listener, e));
    }
    return opened;
  }

  private SourceLimit limit() {
    return new SourceLimit(config.perSourceLimit, System::nanoTime);
  }

  private ChannelFuture datagrams(InetSocketAddress address) {
    DatagramReceiver receiver =
        new DatagramReceiver(queue, config.allowedSources, limit(), observer, config.clock);
    return transport
        .datagrams(address.getAddress(), config.maxDatagramBytes)
        .group(loops)
        .option(ChannelOption.SO_RCVBUF, config.receiveBufferBytes)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                transport.prepare(channel, config.receiveBufferBytes);
                channel.pipeline().addLast(receiver);
              }
            })
        .bind(address);
  }

  private ChannelFuture connections(InetSocketAddress address, @Nullable SslContext context) {
    SourceLimit limit = limit();
    ServerBootstrap bootstrap =
        transport
            .connections()
            .group(loops)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_RCVBUF, CONNECTION_BUFFER_BYTES)
            // Until there are no more; Netty's guess whether there are is made for bytes, and would
            // let in one for each round of reading from those who are connected.
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new ServerChannelRecvByteBufAllocator()
                    .respectMaybeMoreData(false)
                    .maxMessagesPerRead(BACKLOG))
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .handler(new AcceptFailures())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, limit, context);
                  }
                });
    return bootstrap.bind(address);
  }

  private void accept(Channel channel, SourceLimit limit, @Nullable SslContext context) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      // Gone before it was looked at.
      var unused = channel.close();
      return;
    }
    InetSocketAddress source = Sources.withoutMapping(remote);
    Optional<SyslogConnectionFault> refused = connections.admit(source.getAddress());
    if (refused.isPresent()) {
      observer.connectionFault(source, refused.get());
      var unused = channel.close();
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(
        new IdleStateHandler(config.idleTimeout.toMillis(), 0, 0, TimeUnit.MILLISECONDS));
    if (context != null) {
      SslHandler handler = context.newHandler(channel.alloc());
      handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
      pipeline.addLast(handler);
    }
    pipeline.addLast(
        new StreamReceiver(
            source, queue, limit, observer, config.clock, connections, config.maxMessageBytes));
  }

  /** Tells of connections that could not be accepted; Netty tries again after a second. */
  private final class AcceptFailures extends ChannelInboundHandlerAdapter {

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      observer.receiveFailed((InetSocketAddress) context.channel().localAddress(), cause);
      context.fireExceptionCaught(cause);
    }
  }
}
