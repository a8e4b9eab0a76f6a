// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: takes requests in order, has one answered at a time, and watches the clock.
 *
 * <p>Everything runs on the connection's event loop, except {@link #drain} and {@link #cutOff}.
 */
// Closing and writing fail only when the channel is gone, and then channelInactive has the last
// word.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  /** Above this many waiting requests the connection is not read from; below half of it, again. */
  private static final int MAX_WAITING = 64;

  /** How long, and how much, is read after the last response, so that no reset overtakes it. */
  private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();

  private static final long LINGER_BYTES = 4L << 20;

  /** What the kernel takes ahead of the network of bytes that have to be copied to it. */
  private static final long UNSENT_BYTES = 128 * 1024;

  private static final long HANDSHAKE_MILLIS = Duration.ofSeconds(10).toMillis();

  private static final HttpResponse INTERNAL_ERROR = HttpResponse.status(500);

  /** What the connection waits for. */
  private enum Phase {
    HEAD,
    BODY,
    IDLE,
    HANDLER,
    WRITE,
    LINGER
  }

  private final ServerConfig config;
  private final Connections connections;
  private final Channel channel;
  private final InetSocketAddress peer;
  private final Deque<IncomingRequest> waiting = new ArrayDeque<>();
  private @Nullable Exchange current;
  private @Nullable ResponseWriter writer;
  private @Nullable Future<?> ticker;
  private Phase phase = Phase.HEAD;
  private long deadlineNanos;
  private long stallSeenNanos;
  private long stallMark;
  private boolean stallWatched;
  private long bodySeen;
  private boolean bodyOpen;
  private long lingered;
  private boolean anyBytes;
  private boolean advancing;
  private boolean reading;
  private boolean inputShut;
  private boolean noMore;
  private boolean unsentLimited;
  private final boolean secure;

  private HttpConnection(
      ServerConfig config,
      Connections connections,
      Channel channel,
      InetSocketAddress peer,
      boolean secure) {
    this.secure = secure;
    this.config = config;
    this.connections = connections;
    this.channel = channel;
    this.peer = peer;
  }

  /** Makes a new channel speak HTTP, or closes it if there are too many. */
  static void install(
      Channel channel, ServerConfig config, Connections connections, @Nullable TlsFiles tls) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)
        || !connections.admit(channel, peer)) {
      channel.close();
      return;
    }
    HttpConnection connection = new HttpConnection(config, connections, channel, peer, tls != null);
    if (tls != null) {
      SslHandler handler = tls.context().newHandler(channel.alloc());
      handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
      channel.pipeline().addLast(handler);
    }
    channel.pipeline().addLast(connection.new Input(), new RequestDecoder(config), connection);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    await(Phase.HEAD, config.headerTimeoutNanos);
    long tick = config.tickNanos();
    ticker =
        channel.eventLoop().scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.NANOSECONDS);
    connections.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end();
  }

  private void end() {
    if (ticker != null) {
      ticker.cancel(false);
    }
    waiting.clear();
    noMore = true;
    Exchange exchange = current;
    current = null;
    endWriter();
    if (exchange != null) {
      exchange.answered = true;
      exchange.finish(config, false);
    }
    connections.closed(this);
  }

  private void endWriter() {
    ResponseWriter open = writer;
    writer = null;
    if (open != null) {
      open.cancel();
    }
  }

  // ---- input

  /** Sees the bytes before the decoder does. */
  private final class Input extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      reading = true;
      if (noMore) {
        linger(msg);
        return;
      }
      if (!anyBytes && msg instanceof ByteBuf bytes && bytes.isReadable()) {
        anyBytes = true;
        byte first = bytes.getByte(bytes.readerIndex());
        // The decoder skips control codes; a TLS hello would keep it waiting for a request line.
        if (first != '\r' && first != '\n' && (first <= ' ' || first == 0x7f)) {
          ReferenceCountUtil.release(msg);
          waiting.add(IncomingRequest.refused(400, "not HTTP"));
          advance();
          return;
        }
      }
      if (phase == Phase.IDLE) {
        await(Phase.HEAD, config.headerTimeoutNanos);
      }
      ctx.fireChannelRead(msg);
    }
  }

  private void linger(Object msg) {
    if (msg instanceof ByteBuf bytes) {
      lingered += bytes.readableBytes();
    }
    ReferenceCountUtil.release(msg);
    if (lingered > LINGER_BYTES) {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    try {
      if (noMore) {
        return;
      }
      if (msg instanceof io.netty.handler.codec.http.HttpRequest head) {
        IncomingRequest request = IncomingRequest.of(head, peer, secure, config);
        waiting.add(request);
        bodyOpen = head.decoderResult().isSuccess();
        bodySeen = 0;
      } else if (msg instanceof HttpContent content) {
        readBody(content);
      }
      advance();
    } finally {
      ReferenceCountUtil.release(msg);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    channel.flush();
  }

  private void readBody(HttpContent content) {
    bodySeen += content.content().readableBytes();
    if (content.decoderResult().isFailure()) {
      waiting.add(IncomingRequest.refused(content.decoderResult()));
      bodyOpen = false;
    } else if (bodySeen > config.maxRequestBodyBytes) {
      waiting.add(IncomingRequest.refused(413, "request body too large"));
      bodyOpen = false;
    } else if (content instanceof LastHttpContent) {
      bodyOpen = false;
      if (phase == Phase.BODY) {
        await(Phase.IDLE, config.idleTimeoutNanos);
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      String reason = String.valueOf(handshake.cause().getMessage()).replaceAll("\\s+", " ");
      config.observe(o -> o.tlsFailed(peer, reason));
    }
    if (event instanceof ChannelInputShutdownEvent) {
      inputShut = true;
      if (phase == Phase.LINGER) {
        channel.close();
      } else {
        advance();
      }
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client is its right; anything else is worth a look, but not a stack trace
    // each.
    LOG.atDebug().addKeyValue("peer", peer).addKeyValue("cause", cause).log("connection-failed");
    channel.close();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ResponseWriter open = writer;
    if (open != null) {
      open.more();
    }
    advance();
    ctx.fireChannelWritabilityChanged();
  }

  // ---- requests, one at a time

  private void advance() {
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      while (current == null && !noMore && channel.isWritable()) {
        IncomingRequest next = waiting.poll();
        if (next == null) {
          break;
        }
        begin(next);
      }
    } finally {
      advancing = false;
    }
    if (!reading) {
      channel.flush();
    }
    if (waiting.size() > MAX_WAITING) {
      channel.config().setAutoRead(false);
    } else if (waiting.size() <= MAX_WAITING / 2 && !channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
    settle();
  }

  /** Chooses what to wait for when nothing is being answered. */
  private void settle() {
    if (current != null || noMore || !waiting.isEmpty()) {
      return;
    }
    if (inputShut || connections.isDraining()) {
      noMore = true;
      closeAfterWrites();
    } else if (bodyOpen) {
      if (phase != Phase.BODY) {
        await(Phase.BODY, config.headerTimeoutNanos);
      }
    } else if (phase != Phase.HEAD) {
      await(Phase.IDLE, config.idleTimeoutNanos);
    }
  }

  private void closeAfterWrites() {
    channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
  }

  private void begin(IncomingRequest incoming) {
    HttpRequest request = incoming.request();
    if (request == null) {
      refuse(incoming.status(), incoming.reason());
      return;
    }
    Exchange exchange = new Exchange(request, incoming.keepAlive(), System.nanoTime());
    current = exchange;
    phase = Phase.HANDLER;
    config.observe(o -> o.requestStarted(request));
    if (!request.method().equals("GET") && !request.isHead()) {
      respond(exchange, HttpResponse.methodNotAllowed());
      return;
    }
    CompletableFuture<HttpResponse> answer;
    try {
      answer = config.handler.handle(request).toCompletableFuture();
    } catch (RuntimeException | Error e) {
      respond(exchange, failed(request, e));
      return;
    }
    if (answer.isDone()) {
      answer.whenComplete((response, failure) -> respond(exchange, response, failure));
      return;
    }
    await(Phase.HANDLER, config.handlerTimeoutNanos);
    answer.whenComplete(
        (response, failure) ->
            channel.eventLoop().execute(() -> respond(exchange, response, failure)));
  }

  private void respond(
      Exchange exchange, @Nullable HttpResponse response, @Nullable Throwable failure) {
    if (response != null) {
      respond(exchange, response);
    } else {
      Throwable cause = failure == null ? new NullPointerException("response") : failure;
      respond(exchange, failed(exchange.request, cause));
    }
    advance();
  }

  private static HttpResponse failed(HttpRequest request, Throwable failure) {
    LOG.atWarn().setCause(failure).addKeyValue("path", request.target()).log("handler-failed");
    return INTERNAL_ERROR;
  }

  /** Answers what is no acceptable request, and reads no further. */
  private void refuse(int status, String reason) {
    noMore = true;
    waiting.clear();
    config.observe(o -> o.malformedRequest(peer, status, reason));
    ByteBuf head = channel.alloc().directBuffer(256);
    String date = config.dates.text(config.clock.instant());
    HttpResponse response = HttpResponse.status(status);
    ResponseHead.write(head, status, response, 0, "", "", false, date, "close");
    channel.write(head).addListener(f -> lingerAndClose());
  }

  private void respond(Exchange exchange, HttpResponse response) {
    if (exchange.answered || current != exchange) {
      ResponseParts.discard(response);
      return;
    }
    exchange.answered = true;
    if (connections.isDraining()
        || (inputShut && waiting.isEmpty())
        || (response.body().length() < 0 && exchange.request.protocol().equals("HTTP/1.0"))) {
      exchange.keepAlive = false;
    }
    exchange.response = response;
    ResponseParts parts;
    try {
      parts = render(exchange, response);
    } catch (IOException | RuntimeException e) {
      LOG.atWarn()
          .addKeyValue("path", exchange.request.target())
          .addKeyValue("reason", String.valueOf(e))
          .log("body-not-readable");
      exchange.response = INTERNAL_ERROR;
      ResponseParts.discard(response);
      try {
        parts = render(exchange, INTERNAL_ERROR);
      } catch (IOException impossible) {
        channel.close();
        return;
      }
    }
    exchange.status = parts.status();
    if (!exchange.keepAlive) {
      noMore = true;
      waiting.clear();
    }
    if (parts.hasStream()) {
      stream(exchange, parts.messages());
    } else if (parts.isSmall()) {
      current = null;
      long length = parts.bodyLength();
      channel
          .write(parts.messages().get(0))
          .addListener(
              done -> {
                exchange.bytesSent = done.isSuccess() ? length : 0;
                written(exchange, done.isSuccess());
              });
    } else {
      write(exchange, parts);
    }
  }

  private ResponseParts render(Exchange exchange, HttpResponse response) throws IOException {
    String connection = "";
    if (!exchange.keepAlive) {
      connection = "close";
    } else if (exchange.request.protocol().equals("HTTP/1.0")) {
      connection = "keep-alive";
    }
    return ResponseParts.render(
        exchange.request, response, connection, config, !secure, channel.alloc());
  }

  /** Writes what may take long, and goes on with the next request only when it is out. */
  private void write(Exchange exchange, ResponseParts parts) {
    phase = Phase.WRITE;
    boolean region = parts.hasRegion();
    limitUnsent(!region);
    boolean corked = region && Transport.cork(channel, true);
    List<Object> messages = parts.messages();
    channel.write(messages.get(0));
    for (int i = 1; i < messages.size(); i++) {
      ChannelProgressivePromise promise = channel.newProgressivePromise();
      promise.addListener(new Progress(exchange));
      ChannelFuture future = channel.write(messages.get(i), promise);
      if (i == messages.size() - 1) {
        future.addListener(
            done -> {
              if (corked && done.isSuccess()) {
                Transport.cork(channel, false);
              }
              allWritten(exchange, done.isSuccess());
            });
      }
    }
    channel.flush();
  }

  /**
   * Limits what the kernel holds of this connection, or not: bytes that were copied to it take its
   * memory, for a slow client for long; files that it reads by itself do not.
   */
  private void limitUnsent(boolean limited) {
    if (limited != unsentLimited) {
      unsentLimited = limited;
      Transport.limitUnsent(channel, limited ? UNSENT_BYTES : 0);
    }
  }

  private void allWritten(Exchange exchange, boolean complete) {
    if (current == exchange) {
      current = null;
      writer = null;
    }
    written(exchange, complete);
    if (complete) {
      advance();
    }
  }

  /** Writes what is read on its way out. */
  private void stream(Exchange exchange, List<Object> messages) {
    await(Phase.WRITE, 0);
    limitUnsent(true);
    ResponseWriter next =
        new ResponseWriter(
            channel,
            exchange,
            messages,
            done -> allWritten(exchange, done.isSuccess()),
            failure -> {
              LOG.atWarn()
                  .addKeyValue("path", exchange.request.target())
                  .addKeyValue("reason", String.valueOf(failure))
                  .log("body-cut-off");
              channel.close();
            });
    writer = next;
    next.start();
  }

  /** Counts the bytes of one part as they leave. */
  private static final class Progress implements ChannelProgressiveFutureListener {
    private final Exchange exchange;
    private long counted;

    Progress(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
      exchange.bytesSent += progress - counted;
      counted = progress;
    }

    @Override
    public void operationComplete(ChannelProgressiveFuture future) {}
  }

  private void written(Exchange exchange, boolean complete) {
    exchange.finish(config, complete);
    if (!complete) {
      // A file that became shorter, or a client that left: what is missing cannot be made good.
      channel.close();
    } else if (!exchange.keepAlive) {
      lingerAndClose();
    }
  }

  // ---- the end

  private void lingerAndClose() {
    noMore = true;
    if (inputShut || !(channel instanceof DuplexChannel duplex)) {
      channel.close();
      return;
    }
    await(Phase.LINGER, LINGER_NANOS);
    channel.config().setAutoRead(true);
    SslHandler tls = secure ? channel.pipeline().get(SslHandler.class) : null;
    if (tls == null) {
      duplex.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(done -> duplex.shutdownOutput());
    }
  }

  /** Ends the connection after the response that is under way. May be called by any thread. */
  void drain() {
    channel.eventLoop().execute(this::settle);
  }

  /** Ends the connection now. May be called by any thread. */
  void cutOff() {
    channel.close();
  }

  // ---- time

  private void await(Phase what, long nanos) {
    phase = what;
    deadlineNanos = System.nanoTime() + nanos;
  }

  private void tick() {
    long now = System.nanoTime();
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    if (outbound != null && !outbound.isEmpty()) {
      watchWrites(outbound, now);
      return;
    }
    stallWatched = false;
    if (now - deadlineNanos < 0) {
      return;
    }
    switch (phase) {
      case HEAD -> timeOut(anyBytes, "headers-too-slow");
      case BODY -> timeOut(true, "body-too-slow");
      case HANDLER -> handlerTimedOut();
      case IDLE, LINGER -> channel.close();
      case WRITE -> {
        // What is in memory or a file is handed over, and the write's listener takes the next step.
        ResponseWriter open = writer;
        if (open != null && open.isStalled(now, config.writeTimeoutNanos)) {
          config.observe(o -> o.connectionTimedOut(peer, "body-stalled"));
          channel.close();
        }
      }
      default -> throw new IllegalStateException("phase: " + phase);
    }
  }

  private void timeOut(boolean answer, String reason) {
    config.observe(o -> o.connectionTimedOut(peer, reason));
    noMore = true;
    if (!answer) {
      channel.close();
      return;
    }
    ByteBuf head = channel.alloc().directBuffer(256);
    String date = config.dates.text(config.clock.instant());
    ResponseHead.write(head, 408, HttpResponse.status(408), 0, "", "", false, date, "close");
    channel.writeAndFlush(head).addListener(f -> lingerAndClose());
  }

  private void handlerTimedOut() {
    Exchange exchange = current;
    if (exchange == null || exchange.answered) {
      return;
    }
    LOG.atWarn().addKeyValue("path", exchange.request.target()).log("handler-too-slow");
    exchange.keepAlive = false;
    respond(exchange, HttpResponse.serviceUnavailable(Duration.ofSeconds(1)));
    advance();
  }

  /** Closes the connection when the client takes nothing for too long. */
  private void watchWrites(ChannelOutboundBuffer outbound, long now) {
    long mark =
        31 * (31 * outbound.currentProgress() + outbound.totalPendingWriteBytes())
            + System.identityHashCode(outbound.current());
    if (!stallWatched || mark != stallMark) {
      stallWatched = true;
      stallMark = mark;
      stallSeenNanos = now;
    } else if (now - stallSeenNanos >= config.writeTimeoutNanos) {
      long sinceTaken = Transport.sinceTakenNanos(channel);
      if (sinceTaken < config.writeTimeoutNanos) {
        stallSeenNanos = now - sinceTaken;
        return;
      }
      config.observe(o -> o.connectionTimedOut(peer, "write-stalled"));
      // Else the kernel would go on offering what it has to a client that takes nothing.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }
}
