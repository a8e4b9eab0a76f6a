// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A DHCPv4 server: hands requests to a {@link DhcpHandler} and sends its replies.
 *
 * <pre>{@code
 * try (DhcpServer server =
 *     DhcpServer.builder()
 *         .listen(DhcpListener.onInterface("eth1"))
 *         .handler(handler)
 *         .build()) {
 *   server.start().toCompletableFuture().join();
 *   ...
 * }
 * }</pre>
 *
 * <p>Requests with another {@code op} than BOOTREQUEST, or from a relay whose address is none or
 * the server's own, are ignored before the handler sees them.
 *
 * <p>Where replies go: to the relay, port 67, if there is one; to the client's address, if it sent
 * from one; else by broadcast, out of the interface the request came in on. Refusals (NAK) are
 * broadcast (RFC 2131 §4.1). Routes decide by which interface relays and clients behind routers are
 * reached; the source is the address that was asked.
 *
 * <p>A server can be started once. All methods may be called from any thread.
 */
public final class DhcpServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DhcpServer.class);
  private static final long CLOSE_SECONDS = 3;

  private final List<DhcpListener> listeners;
  private final DhcpHandler handler;
  private final DhcpObserver observer;
  private final DecodeOptions decodeOptions;
  private final Function<DhcpMessage, EncodeOptions> replyLayout;
  private final int maxInFlight;
  private final Duration exchangeTimeout;
  private final Duration scanInterval;
  private final int receiveBufferBytes;
  private final Optional<IoEventLoopGroup> sharedLoops;
  private final Clock clock;

  private final Object lock = new Object();
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean released = new AtomicBoolean();
  private @Nullable Running running;

  private DhcpServer(Builder from) {
    this.listeners = List.copyOf(from.listeners);
    this.handler = Objects.requireNonNull(from.handler);
    this.observer = from.observer;
    this.decodeOptions = from.decodeOptions;
    this.replyLayout = from.replyLayout;
    this.maxInFlight = from.maxInFlight;
    this.exchangeTimeout = from.exchangeTimeout;
    this.scanInterval = from.scanInterval;
    this.receiveBufferBytes = from.receiveBufferBytes;
    this.sharedLoops = from.eventLoops;
    this.clock = from.clock;
  }

  /**
   * Starts a builder. It needs a listener and a handler.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** What exists between start and close. */
  private record Running(
      IoEventLoopGroup group,
      IoEventLoop loop,
      Exchanges exchanges,
      Endpoints endpoints,
      ScheduledThreadPoolExecutor scanner) {}

  /**
   * Opens the sockets.
   *
   * @return completes when every listener is bound, on the event loop, so what depends on it must
   *     not block; fails with a {@link java.net.BindException} whose message is one line with the
   *     address or interface and the usual remedy, or with an {@link IllegalStateException} if the
   *     server was started or closed before
   */
  public CompletionStage<Void> start() {
    Running parts;
    synchronized (lock) {
      if (running != null || closing.get()) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("the server was started or closed before"));
      }
      Sockets sockets;
      try {
        sockets = sharedLoops.map(Sockets::fitting).orElseGet(Sockets::best);
      } catch (IllegalArgumentException e) {
        return CompletableFuture.failedFuture(e);
      }
      parts = assemble(sockets);
      running = parts;
    }
    parts.scanner.execute(() -> open(parts));
    return started;
  }

  private Running assemble(Sockets sockets) {
    IoEventLoopGroup group =
        sharedLoops.orElseGet(
            () ->
                new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("smee-dhcp"), sockets.ioHandlers()));
    IoEventLoop loop = group.next();
    Exchanges exchanges =
        new Exchanges(
            loop,
            handler,
            observer,
            decodeOptions,
            replyLayout,
            maxInFlight,
            exchangeTimeout.toNanos(),
            clock);
    Endpoints endpoints =
        new Endpoints(
            sockets,
            loop,
            listeners,
            receiveBufferBytes,
            exchanges::receiver,
            bound -> exchanges.tell(() -> observer.listening(bound)),
            bound -> exchanges.tell(() -> observer.stopped(bound)));
    ScheduledThreadPoolExecutor scanner =
        new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("smee-dhcp-interfaces", true));
    return new Running(group, loop, exchanges, endpoints, scanner);
  }

  /** Looks at the interfaces, which may take a while, and goes on where that must not. */
  private void open(Running parts) {
    List<HostInterface> interfaces;
    try {
      interfaces = HostInterface.scan();
    } catch (IOException e) {
      release(parts);
      started.completeExceptionally(e);
      return;
    }
    try {
      parts.loop.execute(() -> open(parts, interfaces));
    } catch (RejectedExecutionException e) {
      release(parts);
      started.completeExceptionally(new IllegalStateException("the event loop is shut down", e));
    }
  }

  private void open(Running parts, List<HostInterface> interfaces) {
    try {
      if (closing.get()) {
        throw new IllegalStateException("the server was closed while it started");
      }
      parts.endpoints.open(interfaces);
      followInterfaces(parts);
    } catch (IOException | RuntimeException e) {
      release(parts);
      started.completeExceptionally(e);
      return;
    }
    started.complete(null);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the scanner
  private void followInterfaces(Running parts) {
    boolean needed =
        listeners.stream()
            .anyMatch(listener -> listener.address().isEmpty() || listener.isWildcardAddress());
    if (!needed) {
      parts.scanner.shutdown();
      return;
    }
    long nanos = scanInterval.toNanos();
    try {
      parts.scanner.scheduleWithFixedDelay(() -> rescan(parts), nanos, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the server was closed while it started");
    }
  }

  private void rescan(Running parts) {
    try {
      List<HostInterface> interfaces = HostInterface.scan();
      parts.loop.execute(
          () -> {
            if (!closing.get()) {
              parts.endpoints.follow(interfaces);
            }
          });
    } catch (IOException | RuntimeException e) {
      // Whatever it is, the next look must not be cancelled by it.
      LOG.debug("cannot look at the interfaces", e);
    }
  }

  /**
   * Returns what the server listens on now. Changes when interfaces come and go.
   *
   * @return the bound sockets; none before the start and after the end
   */
  public List<BoundListener> boundListeners() {
    synchronized (lock) {
      return running == null ? List.of() : running.endpoints.bound();
    }
  }

  /**
   * Closes the sockets and ends the server's own threads; event loops given to the builder go on.
   * Requests that the handler has not decided about get no answer. Waits up to a few seconds, but
   * not when called on the event loop. Closing again does nothing.
   */
  @Override
  public void close() {
    Running parts;
    synchronized (lock) {
      if (!closing.compareAndSet(false, true)) {
        return;
      }
      parts = running;
    }
    if (parts == null) {
      return;
    }
    release(parts);
    if (parts.loop.inEventLoop()) {
      return;
    }
    try {
      parts.scanner.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      if (sharedLoops.isEmpty()) {
        parts.group.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // close waits for the group itself
  private void release(Running parts) {
    if (!released.compareAndSet(false, true)) {
      return;
    }
    parts.scanner.shutdownNow();
    CompletableFuture<Void> closed = new CompletableFuture<>();
    Runnable close =
        () -> {
          parts.endpoints.close();
          parts.exchanges.close();
          closed.complete(null);
        };
    if (parts.loop.inEventLoop()) {
      close.run();
    } else {
      try {
        parts.loop.execute(close);
        closed.get(CLOSE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RejectedExecutionException e) {
        LOG.debug("the event loop was shut down before, and the sockets with it");
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("sockets are still being closed", e);
      }
    }
    if (sharedLoops.isEmpty()) {
      parts.group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Returns the listeners and the limits. */
  @Override
  public String toString() {
    return "DhcpServer"
        + listeners
        + " maxInFlight="
        + maxInFlight
        + " exchangeTimeout="
        + exchangeTimeout
        + " interfaceScanInterval="
        + scanInterval;
  }

  /** Builds a {@link DhcpServer}. Not safe for use by several threads. */
  public static final class Builder {

    private static final DhcpObserver SILENT = new DhcpObserver() {};

    private final List<DhcpListener> listeners = new ArrayList<>();
    private @Nullable DhcpHandler handler;
    private DhcpObserver observer = SILENT;
    private DecodeOptions decodeOptions = DecodeOptions.strict();
    private Function<DhcpMessage, EncodeOptions> replyLayout = EncodeOptions::forRequest;
    private int maxInFlight = 1024;
    private Duration exchangeTimeout = Duration.ofSeconds(10);
    private Duration scanInterval = Duration.ofSeconds(5);
    private int receiveBufferBytes = 4 * 1024 * 1024;
    private Optional<IoEventLoopGroup> eventLoops = Optional.empty();
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /**
     * Adds a listener.
     *
     * @param listener where to listen
     * @return this builder
     */
    public Builder listen(DhcpListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Sets what decides about requests.
     *
     * @param handler called on the event loop; must not block
     * @return this builder
     */
    public Builder handler(DhcpHandler handler) {
      this.handler = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Sets who is told what happens.
     *
     * @param observer called on the event loop; must not block; default nobody
     * @return this builder
     */
    public Builder observer(DhcpObserver observer) {
      this.observer = Objects.requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Sets how strictly requests are read.
     *
     * @param decodeOptions default {@link DecodeOptions#strict}
     * @return this builder
     */
    public Builder decodeOptions(DecodeOptions decodeOptions) {
      this.decodeOptions = Objects.requireNonNull(decodeOptions, "decodeOptions");
      return this;
    }

    /**
     * Sets how replies are laid out.
     *
     * @param replyLayout gives the layout of the reply to a request; called on the event loop;
     *     default {@link EncodeOptions#forRequest}
     * @return this builder
     */
    public Builder replyLayout(Function<DhcpMessage, EncodeOptions> replyLayout) {
      this.replyLayout = Objects.requireNonNull(replyLayout, "replyLayout");
      return this;
    }

    /**
     * Limits how many requests may wait for the handler's decision. Further ones are dropped and
     * {@linkplain DhcpObserver#dropped observed}.
     *
     * @param maxInFlight at least 1; default 1024
     * @return this builder
     * @throws IllegalArgumentException if {@code maxInFlight} is less than 1
     */
    public Builder maxInFlight(int maxInFlight) {
      if (maxInFlight < 1) {
        throw new IllegalArgumentException(
            "maxInFlight: " + maxInFlight + " (expected: 1 or more)");
      }
      this.maxInFlight = maxInFlight;
      return this;
    }

    /**
     * Limits how long the handler may take to decide; what it decides later is not sent.
     *
     * @param timeout between 1 ms and 1 h; default 10 s, by when clients have long asked again
     * @return this builder
     * @throws IllegalArgumentException if {@code timeout} is outside the range
     */
    public Builder exchangeTimeout(Duration timeout) {
      this.exchangeTimeout = checkDuration("timeout", timeout);
      return this;
    }

    /**
     * Sets how often the interfaces are looked at, to follow those that come and go or change their
     * addresses.
     *
     * @param interval between 1 ms and 1 h; default 5 s
     * @return this builder
     * @throws IllegalArgumentException if {@code interval} is outside the range
     */
    public Builder interfaceScanInterval(Duration interval) {
      this.scanInterval = checkDuration("interval", interval);
      return this;
    }

    /**
     * Sets the size of the receive buffer of each socket (SO_RCVBUF), which holds what comes in
     * faster than it is read.
     *
     * @param bytes at least 4096; default 4 MiB; the system has a limit of its own
     * @return this builder
     * @throws IllegalArgumentException if {@code bytes} is less than 4096
     */
    public Builder receiveBufferBytes(int bytes) {
      if (bytes < Sockets.MAX_DATAGRAM) {
        throw new IllegalArgumentException(
            "bytes: " + bytes + " (expected: " + Sockets.MAX_DATAGRAM + " or more)");
      }
      this.receiveBufferBytes = bytes;
      return this;
    }

    /**
     * Lets the server run on one of these event loops instead of one of its own.
     *
     * @param eventLoops of native epoll or of NIO; not shut down by the server
     * @return this builder
     */
    public Builder eventLoops(IoEventLoopGroup eventLoops) {
      this.eventLoops = Optional.of(eventLoops);
      return this;
    }

    /**
     * Sets the clock that arrivals are stamped with.
     *
     * @param clock default the system's, in UTC
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Makes the server; nothing is opened yet.
     *
     * @return the server
     * @throws IllegalStateException if there is no handler or no listener, or if two listeners want
     *     the same: the same interface or address and port, or 0.0.0.0 beside others at its port
     */
    public DhcpServer build() {
      if (handler == null) {
        throw new IllegalStateException("handler: none (expected: one)");
      }
      if (listeners.isEmpty()) {
        throw new IllegalStateException("listeners: none (expected: at least one)");
      }
      for (int i = 0; i < listeners.size(); i++) {
        for (int j = 0; j < i; j++) {
          if (contend(listeners.get(i), listeners.get(j))) {
            throw new IllegalStateException(
                "listeners: "
                    + listeners.get(j)
                    + " and "
                    + listeners.get(i)
                    + " (expected: no two for the same)");
          }
        }
      }
      return new DhcpServer(this);
    }

    private static boolean contend(DhcpListener one, DhcpListener other) {
      return one.port() == other.port()
          && one.port() != 0
          && (one.equals(other) || one.isWildcardAddress() || other.isWildcardAddress());
    }

    private static Duration checkDuration(String name, Duration value) {
      if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: between 1 ms and 1 h)");
      }
      return value;
    }
  }
}
