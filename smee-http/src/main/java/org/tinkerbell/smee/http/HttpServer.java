// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server (RFC 9110, RFC 9112) for GET and HEAD: keep-alive, pipelining, ranges,
 * conditions, exact lengths, and a limit on everything a client can ask for.
 *
 * <pre>{@code
 * try (HttpServer server =
 *     HttpServer.builder()
 *         .bind(new InetSocketAddress("127.0.0.1", 0))
 *         .handler(HttpHandler.of(request -> HttpResponse.text("hello\n")))
 *         .build()) {
 *   server.start().toCompletableFuture().join();
 *   System.out.println(server.boundAddresses());
 * }
 * }</pre>
 *
 * <p>A server is started once and closed once. Paths that are not clean ({@code //}, {@code /../})
 * are cleaned and served, not redirected: firmware that joins paths carelessly does not follow.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);
  private static final int RECEIVE_BYTES = 16 * 1024;

  /** Connections that are accepted in one go. */
  private static final int ACCEPTS = 256;

  private final ServerConfig config;
  private final List<Address> addresses;
  private final @Nullable TlsFiles tls;
  private final Duration certificateCheckInterval;
  private final @Nullable IoEventLoopGroup sharedLoops;
  private final int eventLoopThreads;
  private final Connections connections;
  private final Object lock = new Object();
  private final List<Channel> listeners = new ArrayList<>();
  private final List<Channel> tlsListeners = new ArrayList<>();
  private @Nullable IoEventLoopGroup ownLoops;
  private @Nullable CompletableFuture<HttpServer> started;
  private @Nullable CompletableFuture<Void> stopped;

  /** Where to listen, and whether by TLS. */
  private record Address(InetSocketAddress address, boolean secure) {}

  private HttpServer(Builder b) {
    config = new ServerConfig(b);
    addresses = List.copyOf(b.addresses);
    Path certificate = b.certificateFile;
    Path key = b.keyFile;
    tls = certificate == null || key == null ? null : new TlsFiles(certificate, key, config);
    certificateCheckInterval = b.certificateCheckInterval;
    sharedLoops = b.eventLoops;
    eventLoopThreads = b.eventLoopThreads;
    connections = new Connections(config);
  }

  /**
   * Begins a server that listens on no address yet.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads the certificate if there is one, binds the addresses and begins to serve.
   *
   * @return completes with this server when all addresses are bound; fails with a {@link
   *     BindException} that names the address and the remedy, or an {@link IOException} that names
   *     the file of the certificate or key that cannot be used; then nothing stays bound
   * @throws IllegalStateException if the server was started or closed before
   */
  public CompletionStage<HttpServer> start() {
    CompletableFuture<HttpServer> result;
    IoEventLoopGroup loops;
    synchronized (lock) {
      if (started != null || stopped != null) {
        throw new IllegalStateException("a server is started once");
      }
      result = new CompletableFuture<>();
      started = result;
      if (tls != null) {
        try {
          tls.load();
        } catch (IOException e) {
          result.completeExceptionally(new IOException("https: " + e.getMessage(), e));
          return result;
        }
        tls.watch(certificateCheckInterval);
      }
      loops = sharedLoops;
      if (loops == null) {
        loops =
            new MultiThreadIoEventLoopGroup(
                eventLoopThreads,
                new DefaultThreadFactory("smee-http", true),
                Transport.newIoHandler());
        ownLoops = loops;
      }
    }
    bindNext(bootstrap(loops, null), bootstrap(loops, tls), 0, result);
    return result;
  }

  private ServerBootstrap bootstrap(IoEventLoopGroup loops, @Nullable TlsFiles files) {
    ServerBootstrap bootstrap = new ServerBootstrap().group(loops);
    Transport.configure(bootstrap, loops);
    return bootstrap
        .option(ChannelOption.SO_BACKLOG, 1024)
        // New connections come in bursts, and have to get in before those who are busy already: up
        // to so many in one go, until there are no more. Netty's guess whether there are more is
        // made for bytes, and let in one for each round of answers.
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new ServerChannelRecvByteBufAllocator()
                .respectMaybeMoreData(false)
                .maxMessagesPerRead(ACCEPTS))
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        // A client may end its half of the connection and still wait for the answer.
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(512, 1024, RECEIVE_BYTES))
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                HttpConnection.install(channel, config, connections, files);
              }
            });
  }

  @SuppressWarnings("FutureReturnValueIgnored") // closing a listener that nobody knows of yet
  private void bindNext(
      ServerBootstrap plain,
      ServerBootstrap secure,
      int index,
      CompletableFuture<HttpServer> result) {
    if (index == addresses.size()) {
      result.complete(this);
      return;
    }
    InetSocketAddress address = addresses.get(index).address();
    boolean overTls = addresses.get(index).secure();
    ChannelFuture bind = (overTls ? secure : plain).bind(address);
    bind.addListener(
        done -> {
          if (!done.isSuccess()) {
            BindException failure = bindFailure(address, done.cause());
            stop(Duration.ZERO).whenComplete((v, e) -> result.completeExceptionally(failure));
            return;
          }
          boolean closed;
          synchronized (lock) {
            closed = stopped != null;
            (overTls ? tlsListeners : listeners).add(bind.channel());
          }
          if (closed) {
            bind.channel().close();
            result.completeExceptionally(new BindException("closed while starting"));
          } else {
            bindNext(plain, secure, index + 1, result);
          }
        });
  }

  private static BindException bindFailure(InetSocketAddress address, Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    String remedy = "check the address";
    if (text.contains("ermission denied")) {
      remedy = "run as root, grant CAP_NET_BIND_SERVICE, or use a port above 1023";
    } else if (text.contains("in use")) {
      remedy = "another server is running there; stop it or use another port";
    } else if (text.contains("assign requested address") || address.isUnresolved()) {
      remedy = "no interface has that address";
    }
    BindException failure =
        new BindException(
            "http: cannot listen on "
                + address.getHostString()
                + ":"
                + address.getPort()
                + ": "
                + text
                + " ("
                + remedy
                + ")");
    failure.initCause(cause);
    return failure;
  }

  /**
   * Returns where the server listens without TLS, in the order of {@link Builder#bind}, with the
   * real ports.
   *
   * @return the addresses; empty before the start and after the end
   */
  public List<InetSocketAddress> boundAddresses() {
    return addressesOf(listeners);
  }

  /**
   * Returns where the server listens for TLS, in the order of {@link Builder#bindTls}, with the
   * real ports.
   *
   * @return the addresses; empty before the start and after the end
   */
  public List<InetSocketAddress> boundTlsAddresses() {
    return addressesOf(tlsListeners);
  }

  private List<InetSocketAddress> addressesOf(List<Channel> channels) {
    List<InetSocketAddress> bound = new ArrayList<>();
    synchronized (lock) {
      for (Channel listener : channels) {
        if (listener.localAddress() instanceof InetSocketAddress address) {
          bound.add(address);
        }
      }
    }
    return bound;
  }

  /**
   * Returns the number of open connections, for a gauge.
   *
   * @return zero or more
   */
  public int openConnections() {
    return connections.count();
  }

  /**
   * Ends the server: no new connections, idle ones are closed at once, running responses may
   * finish.
   *
   * @param within how long they may; then they are cut off; zero means at once
   * @return completes when everything is closed and the server's threads have ended
   */
  @SuppressWarnings("FutureReturnValueIgnored") // what is returned completes at the end of all
  public CompletionStage<Void> stop(Duration within) {
    CompletableFuture<Void> done;
    List<Channel> open;
    synchronized (lock) {
      if (stopped != null) {
        return stopped;
      }
      done = new CompletableFuture<>();
      stopped = done;
      open = new ArrayList<>(listeners);
      open.addAll(tlsListeners);
      listeners.clear();
      tlsListeners.clear();
    }
    if (tls != null) {
      tls.close();
    }
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    for (Channel listener : open) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      listener.close().addListener(f -> closed.complete(null));
      closing.add(closed);
    }
    CompletableFuture<Void> drained = connections.drain();
    if (within.isZero() || within.isNegative()) {
      connections.cutOff();
    }
    closing.add(drained);
    CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
        .orTimeout(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS)
        .whenComplete(
            (v, failure) -> {
              if (failure instanceof TimeoutException) {
                LOG.atDebug().addKeyValue("connections", connections.count()).log("cut-off");
              }
              connections.cutOff();
              drained.orTimeout(2, TimeUnit.SECONDS).whenComplete((a, b) -> endLoops(done));
            });
    return done;
  }

  private void endLoops(CompletableFuture<Void> done) {
    IoEventLoopGroup loops;
    synchronized (lock) {
      loops = ownLoops;
    }
    if (loops == null) {
      done.complete(null);
      return;
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).addListener(f -> done.complete(null));
  }

  /**
   * Ends the server as {@link #stop} does and waits for it.
   *
   * @param within how long running responses may take
   */
  public void close(Duration within) {
    CompletableFuture<Void> done = stop(within).toCompletableFuture();
    if (onEventLoop()) {
      // Waiting here would keep the loop from doing what is waited for.
      return;
    }
    try {
      done.orTimeout(within.toMillis() + 10_000, TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      LOG.atWarn().addKeyValue("connections", connections.count()).log("close-incomplete");
    }
  }

  private boolean onEventLoop() {
    IoEventLoopGroup loops;
    synchronized (lock) {
      loops = ownLoops == null ? sharedLoops : ownLoops;
    }
    if (loops != null) {
      for (EventExecutor loop : loops) {
        if (loop.inEventLoop()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Ends the server; running responses may take 30 s more. May be called twice. */
  @Override
  public void close() {
    close(CLOSE_WITHIN);
  }

  /** Collects the settings of a server. Not thread safe; may build several times. */
  public static final class Builder {
    private final List<Address> addresses = new ArrayList<>();
    private @Nullable Path certificateFile;
    private @Nullable Path keyFile;
    private Duration certificateCheckInterval = Duration.ofSeconds(10);
    @Nullable HttpHandler handler;
    HttpObserver observer = HttpObserver.none();
    TrustedProxies trustedProxies = TrustedProxies.none();
    InstantSource clock = InstantSource.system();
    @Nullable IoEventLoopGroup eventLoops;
    int eventLoopThreads = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    int maxRequestLineBytes = 8 * 1024;
    int maxHeaderBytes = 64 * 1024;
    int maxRequestBodyBytes = 64 * 1024;
    int maxConnections = 4096;
    int maxConnectionsPerAddress = 256;
    int maxRanges = 16;
    Duration headerTimeout = Duration.ofSeconds(20);
    Duration idleTimeout = Duration.ofMinutes(2);
    Duration writeTimeout = Duration.ofSeconds(30);
    Duration handlerTimeout = Duration.ofSeconds(30);

    private Builder() {}

    /**
     * Adds an address to listen on.
     *
     * @param address the address; port 0 means any free port
     * @return this builder
     */
    public Builder bind(InetSocketAddress address) {
      addresses.add(new Address(Objects.requireNonNull(address, "address"), false));
      return this;
    }

    /**
     * Adds an address to listen on for HTTPS: TLS 1.2 or 1.3, with the {@link #certificate}.
     *
     * @param address the address; port 0 means any free port
     * @return this builder
     */
    public Builder bindTls(InetSocketAddress address) {
      addresses.add(new Address(Objects.requireNonNull(address, "address"), true));
      return this;
    }

    /**
     * Sets the files of the server's certificate for {@link #bindTls}. They are read again when
     * they change; if what they hold then cannot be used, the server goes on with what it has and
     * tells the observer. Default: none.
     *
     * @param certificates the server's certificate, then those between it and the root, in PEM
     * @param key the private key of the first, in PEM: PKCS#8, PKCS#1 or SEC 1, not encrypted
     * @return this builder
     */
    public Builder certificate(Path certificates, Path key) {
      certificateFile = Objects.requireNonNull(certificates, "certificates");
      keyFile = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * Sets how often to look whether the files of the certificate have changed. Default: every 10
     * s.
     *
     * @param value 10 ms to 1 day
     * @return this builder
     */
    public Builder certificateCheckInterval(Duration value) {
      certificateCheckInterval = atLeast("certificateCheckInterval", value);
      return this;
    }

    /**
     * Sets who answers. There is no default.
     *
     * @param value the handler, usually an {@link HttpRouter}
     * @return this builder
     */
    public Builder handler(HttpHandler value) {
      handler = Objects.requireNonNull(value, "handler");
      return this;
    }

    /**
     * Sets who is told. Default: nobody.
     *
     * @param value the observer
     * @return this builder
     */
    public Builder observer(HttpObserver value) {
      observer = Objects.requireNonNull(value, "observer");
      return this;
    }

    /**
     * Sets whose {@code X-Forwarded-For} is believed. Default: nobody's. The limit for each address
     * does not apply to these peers.
     *
     * @param value the networks
     * @return this builder
     */
    public Builder trustedProxies(TrustedProxies value) {
      trustedProxies = Objects.requireNonNull(value, "trustedProxies");
      return this;
    }

    /**
     * Sets the clock of the {@code Date} field and of {@link HttpRequest#receivedAt()}. Default:
     * the system's.
     *
     * @param value the clock
     * @return this builder
     */
    public Builder clock(InstantSource value) {
      clock = Objects.requireNonNull(value, "clock");
      return this;
    }

    /**
     * Sets event loops to share; the caller ends them, after the server. Default: loops of its own.
     *
     * @param value epoll or NIO event loops
     * @return this builder
     */
    public Builder eventLoops(IoEventLoopGroup value) {
      eventLoops = Objects.requireNonNull(value, "eventLoops");
      return this;
    }

    /**
     * Sets how many event loops of its own the server has. Default: one for each processor, at most
     * 4.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder eventLoopThreads(int value) {
      eventLoopThreads = atLeast("eventLoopThreads", value, 1);
      return this;
    }

    /**
     * Limits the request line; a longer one is answered 414. Default: 8 KiB.
     *
     * @param value bytes, 64 or more
     * @return this builder
     */
    public Builder maxRequestLineBytes(int value) {
      maxRequestLineBytes = atLeast("maxRequestLineBytes", value, 64);
      return this;
    }

    /**
     * Limits the header fields of a request together; more is answered 431. Default: 64 KiB.
     *
     * @param value bytes, 256 or more
     * @return this builder
     */
    public Builder maxHeaderBytes(int value) {
      maxHeaderBytes = atLeast("maxHeaderBytes", value, 256);
      return this;
    }

    /**
     * Limits the body of a request, which is read and thrown away; a longer one is answered 413, or
     * the connection closed if the answer is out already. Default: 64 KiB.
     *
     * @param value bytes, zero or more
     * @return this builder
     */
    public Builder maxRequestBodyBytes(int value) {
      maxRequestBodyBytes = atLeast("maxRequestBodyBytes", value, 0);
      return this;
    }

    /**
     * Limits the connections in all; more are closed at once. Default: 4096.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxConnections(int value) {
      maxConnections = atLeast("maxConnections", value, 1);
      return this;
    }

    /**
     * Limits the connections from one address; more are closed at once. Default: 256.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder maxConnectionsPerAddress(int value) {
      maxConnectionsPerAddress = atLeast("maxConnectionsPerAddress", value, 1);
      return this;
    }

    /**
     * Limits the ranges of one request; a request for more gets the whole body. Default: 16.
     *
     * @param value 0 or more; 0 switches ranges off
     * @return this builder
     */
    public Builder maxRanges(int value) {
      maxRanges = atLeast("maxRanges", value, 0);
      return this;
    }

    /**
     * Limits the time from the beginning of a connection, or from the first byte of a later
     * request, to the end of the request's head, and then again to the end of its body, however the
     * bytes come in. Default: 20 s.
     *
     * @param value 10 ms or more
     * @return this builder
     */
    public Builder headerTimeout(Duration value) {
      headerTimeout = atLeast("headerTimeout", value);
      return this;
    }

    /**
     * Limits the time without a request on a connection that had one. Default: 120 s.
     *
     * @param value 10 ms or more
     * @return this builder
     */
    public Builder idleTimeout(Duration value) {
      idleTimeout = atLeast("idleTimeout", value);
      return this;
    }

    /**
     * Limits the time in which a client takes not a single byte of a response. There is no limit on
     * the whole: a slow client may take its time. With epoll the kernel is asked whether it had
     * anything to send to the client in this time; with the sockets of the Java platform only the
     * room in its send buffer tells, which may be megabytes. Default: 30 s.
     *
     * @param value 10 ms or more
     * @return this builder
     */
    public Builder writeTimeout(Duration value) {
      writeTimeout = atLeast("writeTimeout", value);
      return this;
    }

    /**
     * Limits the time a handler takes; then the client gets 503. Default: 30 s.
     *
     * @param value 10 ms or more
     * @return this builder
     */
    public Builder handlerTimeout(Duration value) {
      handlerTimeout = atLeast("handlerTimeout", value);
      return this;
    }

    private static int atLeast(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + least + " or more)");
      }
      return value;
    }

    private static Duration atLeast(String name, Duration value) {
      if (value.compareTo(Duration.ofMillis(10)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 10 ms to 1 day)");
      }
      return value;
    }

    /**
     * Makes the server; it does nothing until it is started.
     *
     * @return the server
     * @throws IllegalStateException if there is no address or no handler
     */
    public HttpServer build() {
      if (addresses.isEmpty()) {
        throw new IllegalStateException("bind: none (expected: an address to listen on)");
      }
      if (certificateFile == null && addresses.stream().anyMatch(Address::secure)) {
        throw new IllegalStateException("certificate: none (expected: one to use for bindTls)");
      }
      if (handler == null) {
        throw new IllegalStateException("handler: none (expected: who answers)");
      }
      return new HttpServer(this);
    }
  }
}
