// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address at which requests arrive, with the transfers that came by it. Used on the event loop
 * only.
 *
 * <p>Neither the JDK nor Netty can choose the source address of a datagram that leaves a wildcard
 * socket. So for each local address that a client asked, a socket of its own is opened on the same
 * port; the system then hands it what is sent to that address, and answers leave from there.
 */
final class Binding {

  private static final Logger log = LoggerFactory.getLogger(Binding.class);

  /** Longer than any request that is served, so that an overlong one is seen as such. */
  static final int DATAGRAM_BYTES = 2048;

  private static final int BATCH = 16;
  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
  private static final int MAX_ADDRESSES = 256;

  private final InetSocketAddress wanted;
  private final EventLoop loop;
  private final Transport transport;
  private final Transfers transfers;
  private final Map<InetSocketAddress, ServerTransfer> running = new HashMap<>();
  private final Map<InetAddress, Channel> byAddress = new HashMap<>();
  private final Map<InetAddress, List<Consumer<Channel>>> opening = new HashMap<>();
  private volatile Channel main;
  private boolean reportsDestinations;

  @SuppressWarnings("NullAway.Init")
  Binding(InetSocketAddress wanted, EventLoop loop, Transport transport, Transfers transfers) {
    this.wanted = wanted;
    this.loop = loop;
    this.transport = transport;
    this.transfers = transfers;
  }

  /** Opens the socket. The future fails with a text for the operator. */
  CompletableFuture<Void> open() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    boolean wildcard = wanted.getAddress().isAnyLocalAddress();
    Bootstrap bootstrap = bootstrap(wanted.getAddress(), !wildcard);
    bootstrap
        .bind(wanted)
        .addListener(
            (ChannelFuture bound) -> {
              if (!bound.isSuccess()) {
                done.completeExceptionally(explain(wanted, bound.cause()));
                return;
              }
              main = bound.channel();
              reportsDestinations =
                  wildcard
                      && transport.reportDestinations(
                          (DatagramChannel) bound.channel(), wanted.getAddress());
              if (wildcard && !reportsDestinations) {
                log.info(
                    "the system chooses from which address answers leave; bind to an address to"
                        + " fix it: bound={}",
                    wanted);
              }
              done.complete(null);
            });
    return done;
  }

  private Bootstrap bootstrap(InetAddress address, boolean batch) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(transport.channels(address))
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Turns.MARKS)
            // What datagrams are received in is given back at once, which this one is best at.
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .handler(new Receiver());
    if (batch && transport == Transport.EPOLL) {
      // recvmmsg; it does not report destinations, so not on a wildcard socket.
      return bootstrap
          .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES)
          .option(ChannelOption.RECVBUF_ALLOCATOR, new Batches(DATAGRAM_BYTES, BATCH));
    }
    return bootstrap.option(
        ChannelOption.RECVBUF_ALLOCATOR,
        new FixedRecvByteBufAllocator(DATAGRAM_BYTES).maxMessagesPerRead(BATCH));
  }

  static IOException explain(InetSocketAddress address, Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    String remedy = "";
    if (text.contains("ermission denied")) {
      remedy = "; run as root or grant CAP_NET_BIND_SERVICE";
    } else if (text.contains("ddress already in use")) {
      remedy = "; another server is running";
    } else if (text.contains("annot assign requested address")) {
      remedy = "; no interface has this address";
    }
    IOException problem =
        new BindException(
            "TFTP server cannot bind "
                + address.getAddress().getHostAddress()
                + " port "
                + address.getPort()
                + ": "
                + text
                + remedy);
    problem.initCause(cause);
    return problem;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) main.localAddress();
  }

  Map<InetSocketAddress, ServerTransfer> running() {
    return running;
  }

  /** Returns the address that a datagram was sent to, or the bound one if that is not told. */
  private static InetSocketAddress destination(Channel channel, DatagramPacket packet) {
    InetSocketAddress recipient = packet.recipient();
    return recipient == null || recipient.getAddress() == null
        ? (InetSocketAddress) channel.localAddress()
        : recipient;
  }

  /** Returns the socket from which an answer leaves as things are. */
  Channel channelFor(InetAddress local) {
    Channel own = byAddress.get(local);
    return own == null ? main : own;
  }

  /** Calls back with the socket for a local address, which is opened if need be. */
  void channelFor(InetAddress local, LocalPath path, Consumer<Channel> callback) {
    Channel own = byAddress.get(local);
    if (own != null
        || !reportsDestinations
        || !path.assigned()
        || byAddress.size() >= MAX_ADDRESSES) {
      callback.accept(channelFor(local));
      return;
    }
    List<Consumer<Channel>> waiting = opening.get(local);
    if (waiting != null) {
      waiting.add(callback);
      return;
    }
    opening.put(local, new ArrayList<>(List.of(callback)));
    // Shared for this one moment: afterwards no other process gets hold of the port.
    main.config().setOption(ChannelOption.SO_REUSEADDR, true);
    bootstrap(local, true)
        .option(ChannelOption.SO_REUSEADDR, true)
        .bind(local, address().getPort())
        .addListener(
            (ChannelFuture bound) -> {
              if (bound.isSuccess()) {
                bound.channel().config().setOption(ChannelOption.SO_REUSEADDR, false);
                byAddress.put(local, bound.channel());
                bound.channel().closeFuture().addListener(closed -> byAddress.remove(local));
              } else {
                log.warn(
                    "no socket for a local address, the system chooses from which one answers"
                        + " leave: address={}",
                    local,
                    bound.cause());
              }
              List<Consumer<Channel>> callbacks = opening.remove(local);
              if (opening.isEmpty()) {
                main.config().setOption(ChannelOption.SO_REUSEADDR, false);
              }
              if (callbacks != null) {
                callbacks.forEach(each -> each.accept(channelFor(local)));
              }
            });
  }

  void close() {
    List<Channel> channels = new ArrayList<>(byAddress.values());
    Channel first = main;
    if (first != null) {
      channels.add(first);
    }
    for (Channel channel : channels) {
      channel.close().addListener(closed -> log.debug("socket closed: channel={}", channel));
    }
  }

  private final class Receiver extends DatagramReceiver {

    @Override
    void received(ChannelHandlerContext ctx, DatagramPacket packet) {
      transfers.received(
          Binding.this,
          ctx.channel(),
          packet.sender(),
          destination(ctx.channel(), packet),
          packet.content());
    }
  }
}
