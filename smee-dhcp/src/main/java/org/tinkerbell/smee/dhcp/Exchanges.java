// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests from the sockets to the handler and replies back. Belongs to the event loop,
 * except that a handler may answer from any thread.
 */
final class Exchanges {

  private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);
  private static final int HEAD_BYTES = 64;
  private static final long WARNING_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final String TOO_MANY_IN_FLIGHT = "too-many-in-flight";

  private final EventLoop loop;
  private final DhcpHandler handler;
  private final DhcpObserver observer;
  private final DecodeOptions decodeOptions;
  private final Function<DhcpMessage, EncodeOptions> replyLayout;
  private final int maxInFlight;
  private final long timeoutNanos;
  private final Clock clock;

  /** Sockets with replies that are not flushed yet. */
  private final List<Channel> unflushed = new ArrayList<>();

  private boolean reading;
  private int inFlight;
  private boolean closed;
  private long nextWarning = System.nanoTime();

  Exchanges(
      EventLoop loop,
      DhcpHandler handler,
      DhcpObserver observer,
      DecodeOptions decodeOptions,
      Function<DhcpMessage, EncodeOptions> replyLayout,
      int maxInFlight,
      long timeoutNanos,
      Clock clock) {
    this.loop = loop;
    this.handler = handler;
    this.observer = observer;
    this.decodeOptions = decodeOptions;
    this.replyLayout = replyLayout;
    this.maxInFlight = maxInFlight;
    this.timeoutNanos = timeoutNanos;
    this.clock = clock;
  }

  ChannelHandler receiver(Endpoint endpoint) {
    return new Receiver(endpoint);
  }

  void close() {
    closed = true;
  }

  private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

    private final Endpoint endpoint;

    Receiver(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      reading = true;
      receive(endpoint, packet);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      reading = false;
      flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      warn("cannot read from socket listener=" + endpoint.listener, cause);
    }
  }

  private void receive(Endpoint endpoint, DatagramPacket packet) {
    if (closed) {
      return;
    }
    Arrival arrival = arrival(endpoint, packet);
    if (inFlight >= maxInFlight) {
      tell(() -> observer.dropped(arrival, TOO_MANY_IN_FLIGHT));
      return;
    }
    DhcpMessage request;
    try {
      request = DhcpCodec.decode(packet.content(), decodeOptions);
    } catch (DhcpDecodeException e) {
      malformed(arrival, e, packet.content());
      return;
    }
    DhcpExchange exchange = DhcpExchange.of(request, arrival);
    tell(() -> observer.received(exchange));
    Optional<DhcpResult.Ignore> refusal = refusal(endpoint, exchange);
    if (refusal.isPresent()) {
      ignored(exchange, refusal.get());
    } else {
      handle(new Pending(endpoint, exchange));
    }
  }

  private Arrival arrival(Endpoint endpoint, DatagramPacket packet) {
    InetSocketAddress local = packet.recipient();
    return new Arrival(
        endpoint.listener.name(),
        endpoint.interfaceName,
        endpoint.serverAddress(local),
        local,
        packet.sender(),
        clock.instant());
  }

  private void malformed(Arrival arrival, DhcpDecodeException cause, ByteBuf content) {
    byte[] head =
        ByteBufUtil.getBytes(
            content, content.readerIndex(), Math.min(HEAD_BYTES, content.readableBytes()));
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "malformed DHCP message from={} listener={} reason=\"{}\" bytes={} head={}",
          arrival.remote(),
          arrival.listener(),
          cause.getMessage(),
          content.readableBytes(),
          HexFormat.of().formatHex(head));
    }
    tell(() -> observer.malformed(arrival, cause, head));
  }

  /** Decides about what no handler should see. */
  private static Optional<DhcpResult.Ignore> refusal(Endpoint endpoint, DhcpExchange exchange) {
    DhcpMessage request = exchange.request();
    if (request.op() != DhcpMessage.BOOTREQUEST) {
      return Optional.of(new DhcpResult.Ignore(IgnoreReason.NOT_A_REQUEST, "op " + request.op()));
    }
    if (!request.isRelayed()) {
      return endpoint.listener.isRelayOnly() && !isFromAddressToAddress(exchange)
          ? Optional.of(new DhcpResult.Ignore(IgnoreReason.NOT_RELAYED, ""))
          : Optional.empty();
    }
    Inet4Address relay = request.giaddr();
    return ReplyDestination.relayFault(
            request, exchange.arrival().remote(), endpoint.isHostAddress(relay))
        .map(fault -> new DhcpResult.Ignore(IgnoreReason.INVALID_RELAY_ADDRESS, fault));
  }

  /** As clients behind a relay send it, once they have an address. */
  private static boolean isFromAddressToAddress(DhcpExchange exchange) {
    return !exchange.request().ciaddr().isAnyLocalAddress()
        && !exchange.arrival().remote().getAddress().isAnyLocalAddress()
        && !exchange.arrival().local().getAddress().equals(Ip4.BROADCAST);
  }

  /** A request that the handler has not decided about. */
  private static final class Pending {

    final Endpoint endpoint;
    final DhcpExchange exchange;
    boolean decided;
    @Nullable ScheduledFuture<?> timeout;

    Pending(Endpoint endpoint, DhcpExchange exchange) {
      this.endpoint = endpoint;
      this.exchange = exchange;
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // whenComplete has told already
  private void handle(Pending pending) {
    inFlight++;
    try {
      CompletionStage<DhcpResult> stage = handler.handle(pending.exchange);
      stage.whenComplete((result, failure) -> onLoop(() -> decided(pending, result, failure)));
    } catch (Throwable e) {
      decided(pending, null, e);
    }
    if (!pending.decided) {
      pending.timeout = loop.schedule(() -> timedOut(pending), timeoutNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("a handler answered after the server was closed");
    }
  }

  private void timedOut(Pending pending) {
    pending.timeout = null;
    decided(
        pending,
        DhcpResult.ignore(
            IgnoreReason.HANDLER_TIMED_OUT,
            "no decision within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms"),
        null);
  }

  private void decided(Pending pending, @Nullable DhcpResult result, @Nullable Throwable failure) {
    if (pending.decided) {
      return;
    }
    pending.decided = true;
    inFlight--;
    if (pending.timeout != null) {
      pending.timeout.cancel(false);
    }
    if (closed) {
      return;
    }
    DhcpResult decision = result == null ? failed(pending.exchange, failure) : result;
    if (decision instanceof DhcpResult.Reply reply) {
      send(pending, reply);
    } else if (decision instanceof DhcpResult.Ignore ignore) {
      ignored(pending.exchange, ignore);
    }
  }

  private DhcpResult failed(DhcpExchange exchange, @Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof UnanswerableException decision) {
      return decision.toResult();
    }
    warn("the handler failed request=" + exchange, cause);
    return DhcpResult.ignore(
        IgnoreReason.HANDLER_FAILED, cause == null ? "no result" : cause.toString());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the listener is told
  private void send(Pending pending, DhcpResult.Reply reply) {
    DhcpExchange exchange = pending.exchange;
    byte[] bytes;
    try {
      bytes = DhcpCodec.encode(reply.message(), replyLayout.apply(exchange.request()));
    } catch (RuntimeException e) {
      warn("the handler's reply cannot be sent request=" + exchange, e);
      ignored(
          exchange,
          new DhcpResult.Ignore(IgnoreReason.HANDLER_FAILED, String.valueOf(e.getMessage())));
      return;
    }
    Endpoint endpoint = pending.endpoint;
    Arrival arrival = exchange.arrival();
    InetSocketAddress destination =
        reply
            .destination()
            .orElseGet(
                () ->
                    ReplyDestination.of(
                        exchange.request(),
                        reply.message(),
                        arrival.remote(),
                        endpoint.broadcasts()));
    DatagramChannel outlet =
        endpoint.outlet(exchange.request().isRelayed(), arrival.local(), destination);
    if (!outlet.isWritable()) {
      sendFailed(exchange, reply, destination, new IOException("too many replies are waiting"));
      return;
    }
    ByteBuf buffer = outlet.alloc().ioBuffer(bytes.length).writeBytes(bytes);
    outlet
        .write(new DatagramPacket(buffer, destination))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                tell(() -> observer.replied(exchange, reply, destination));
              } else {
                sendFailed(exchange, reply, destination, written.cause());
              }
            });
    if (!unflushed.contains(outlet)) {
      unflushed.add(outlet);
    }
    if (!reading) {
      flush();
    }
  }

  private void flush() {
    // An observer that is told of a flushed reply cannot add to the list: it has no way to send.
    for (Channel channel : unflushed) {
      channel.flush();
    }
    unflushed.clear();
  }

  private void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
    LOG.debug("no reply request=\"{}\" reason={}", exchange, ignore);
    tell(() -> observer.ignored(exchange, ignore));
  }

  private void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {
    // The network's state, not a fault here: a line says it all.
    warn("cannot send reply to=" + destination + " request=" + exchange + " cause=" + cause, null);
    tell(() -> observer.sendFailed(exchange, reply, destination, cause));
  }

  /** Calls the observer, whose faults are its own. */
  void tell(Runnable event) {
    if (closed) {
      return;
    }
    try {
      event.run();
    } catch (Throwable e) {
      warn("the observer failed", e);
    }
  }

  /** Logs at most one warning a minute, the rest at debug level: clients decide how many come. */
  private void warn(String message, @Nullable Throwable cause) {
    long now = System.nanoTime();
    if (now - nextWarning >= 0) {
      nextWarning = now + WARNING_INTERVAL_NANOS;
      LOG.warn("{} (more of this at debug level)", message, cause);
    } else {
      LOG.debug("{}", message, cause);
    }
  }
}
