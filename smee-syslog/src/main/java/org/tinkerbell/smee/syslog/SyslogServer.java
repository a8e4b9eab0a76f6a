// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives syslog messages over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425) and hands them to
 * a handler.
 *
 * <p>Started once, closed once. All methods may be called by any thread; several servers in one JVM
 * do not know of each other.
 */
public final class SyslogServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SyslogServer.class);

  /** How long an own event loop may take to end. */
  private static final Duration LOOP_WAIT = Duration.ofSeconds(5);

  private final Builder config;
  private final SyslogObserver observer;
  private final MessageQueue queue;
  private final KernelLosses losses;
  private final Connections connections;
  private final Object lock = new Object();
  private final List<Channel> channels = new ArrayList<>();
  private final CompletableFuture<Void> startResult = new CompletableFuture<>();
  private final Collection<Thread> loopThreads = new ConcurrentLinkedQueue<>();
  private @Nullable IoEventLoopGroup ownLoops;
  private volatile @Nullable Throwable startFailure;
  private boolean started;
  private boolean closed;
  private volatile List<InetSocketAddress> bound = List.of();

  private SyslogServer(Builder config, SyslogHandler handler) {
    this.config = config;
    this.observer = new GuardedObserver(config.observer);
    this.losses = new KernelLosses(Path.of("/proc/self/net"), observer);
    this.queue =
        new MessageQueue(config.queueLimit, config.queueBytes, handler, observer, losses::check);
    this.connections =
        new Connections(
            config.allowedSources, config.maxConnections, config.maxConnectionsPerAddress);
  }

  /**
   * Begins a server.
   *
   * @return a builder that needs an address and a handler
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Binds all addresses and begins to receive.
   *
   * @return completes when every address is bound; fails with an {@link IOException} that names the
   *     address, the port and the usual remedy if one cannot be, or the file if the certificates
   *     for TLS cannot be read, and then nothing stays bound and the server is closed; fails with
   *     an {@link IllegalStateException} if the server was started or closed before
   */
  public CompletionStage<Void> start() {
    List<CompletableFuture<Channel>> opened = new ArrayList<>();
    synchronized (lock) {
      if (started || closed) {
        return CompletableFuture.failedStage(
            new IllegalStateException("the server was started or closed before"));
      }
      started = true;
      IoEventLoopGroup loops = config.eventLoops;
      Transport transport = loops == null ? Transport.preferred() : Transport.of(loops);
      if (loops == null) {
        loops = transport.newLoop(loopThreads);
        ownLoops = loops;
      }
      queue.start();
      try {
        Sockets sockets = new Sockets(config, transport, loops, queue, observer, connections);
        config.listeners.forEach(listener -> opened.add(sockets.open(listener)));
      } catch (IOException e) {
        opened.add(CompletableFuture.failedFuture(e));
      }
    }
    var unused =
        CompletableFuture.allOf(opened.toArray(CompletableFuture[]::new))
            .whenComplete((nothing, failure) -> opened(opened, startResult));
    return startResult.minimalCompletionStage();
  }

  /** Keeps the channels, or closes them all if one could not be opened. */
  private void opened(List<CompletableFuture<Channel>> opened, CompletableFuture<Void> result) {
    @Nullable Throwable failure = null;
    boolean late;
    synchronized (lock) {
      for (CompletableFuture<Channel> one : opened) {
        try {
          channels.add(one.join());
        } catch (RuntimeException e) {
          failure = failure == null ? e.getCause() : failure;
        }
      }
      late = closed;
      if (!late && failure == null) {
        bound = channels.stream().map(c -> (InetSocketAddress) c.localAddress()).toList();
        for (int i = 0; i < bound.size(); i++) {
          if (config.listeners.get(i).kind() == Listener.Kind.UDP) {
            losses.add(bound.get(i));
          }
        }
      }
    }
    if (late) {
      for (Channel channel : channels) {
        var unused = channel.close();
      }
      result.completeExceptionally(closedEarly());
    } else if (failure != null) {
      Throwable reason = failure;
      startFailure = reason;
      close();
      var unused =
          CompletableFuture.allOf(
                  channels.stream().map(SyslogServer::whenClosed).toArray(CompletableFuture[]::new))
              .whenComplete((nothing, ignored) -> result.completeExceptionally(reason));
    } else {
      log.debug("started bound={}", bound);
      result.complete(null);
    }
  }

  private static CompletableFuture<Void> whenClosed(Channel channel) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    channel.closeFuture().addListener(done -> closed.complete(null));
    return closed;
  }

  private static IllegalStateException closedEarly() {
    return new IllegalStateException("the server was closed before it was started");
  }

  /**
   * Returns where the server listens, with the ports that the system chose.
   *
   * @return one address for each that was configured, in that order; empty before the server is
   *     started
   */
  public List<InetSocketAddress> boundAddresses() {
    return bound;
  }

  /**
   * Stops to receive, lets the handler finish what is in the queue for at most the {@linkplain
   * Builder#closeTimeout close timeout}, then interrupts it, drops the rest, and frees sockets and
   * threads. Does nothing the second time. On the handler's own thread the rest is dropped at once;
   * on an event loop nothing is waited for.
   */
  @Override
  public void close() {
    List<Channel> open;
    @Nullable IoEventLoopGroup own;
    boolean running;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      running = started;
      open = List.copyOf(channels);
      own = ownLoops;
    }
    boolean onLoop = isLoop(own) || isLoop(config.eventLoops);
    if (!onLoop) {
      losses.check();
    }
    for (Channel channel : open) {
      ChannelFuture closing = channel.close();
      if (!onLoop) {
        closing.awaitUninterruptibly(LOOP_WAIT.toMillis());
      }
    }
    CompletableFuture<Void> disconnected = connections.close();
    if (!onLoop) {
      try {
        disconnected.get(LOOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        log.debug("connections have not ended", e);
      }
    }
    if (own != null) {
      var ended = own.shutdownGracefully(0, LOOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (!onLoop) {
        ended.awaitUninterruptibly(LOOP_WAIT.toMillis());
        awaitThreads();
      }
    }
    if (running && onLoop) {
      queue.abandon();
    } else if (running) {
      queue.close(config.closeTimeout);
      // If the loops ended before a socket was bound, nothing else completes it.
      @Nullable Throwable reason = startFailure;
      startResult.completeExceptionally(reason == null ? closedEarly() : reason);
    }
  }

  /** Waits for the threads themselves, which end a moment after their loop has. */
  private void awaitThreads() {
    try {
      for (Thread thread : loopThreads) {
        thread.join(LOOP_WAIT.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells whether the calling thread is one of these loops, which must not wait for itself. */
  private static boolean isLoop(@Nullable IoEventLoopGroup loops) {
    if (loops != null) {
      for (EventExecutor loop : loops) {
        if (loop.inEventLoop()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Collects what a server needs. Not thread safe; may build several times. */
  public static final class Builder {
    final List<Listener> listeners = new ArrayList<>();
    private @Nullable SyslogHandler handler;
    private SyslogObserver observer = SyslogObserver.NONE;
    private @Nullable IoEventLoopGroup eventLoops;
    private int queueLimit = 32_768;
    private long queueBytes = 16L * 1024 * 1024;
    private Duration closeTimeout = Duration.ofSeconds(2);
    int perSourceLimit;
    int maxDatagramBytes = 65535;
    int receiveBufferBytes = 4 * 1024 * 1024;
    int maxMessageBytes = 65536;
    int maxConnections = 1024;
    int maxConnectionsPerAddress = 64;
    Duration idleTimeout = Duration.ofHours(1);
    AllowedNetworks allowedSources = AllowedNetworks.parse("");
    @Nullable TlsIdentity tlsIdentity;
    @Nullable Path tlsClientAuthorities;
    Clock clock = Clock.systemUTC();

    private Builder() {}

    private Builder(Builder other) {
      listeners.addAll(other.listeners);
      handler = other.handler;
      observer = other.observer;
      eventLoops = other.eventLoops;
      queueLimit = other.queueLimit;
      queueBytes = other.queueBytes;
      perSourceLimit = other.perSourceLimit;
      maxDatagramBytes = other.maxDatagramBytes;
      receiveBufferBytes = other.receiveBufferBytes;
      maxMessageBytes = other.maxMessageBytes;
      maxConnections = other.maxConnections;
      maxConnectionsPerAddress = other.maxConnectionsPerAddress;
      idleTimeout = other.idleTimeout;
      allowedSources = other.allowedSources;
      tlsIdentity = other.tlsIdentity;
      tlsClientAuthorities = other.tlsClientAuthorities;
      closeTimeout = other.closeTimeout;
      clock = other.clock;
    }

    /**
     * Adds a UDP address to listen on. There is no default; the registered port is 514 (RFC 5426
     * §3.3).
     *
     * @param address an IPv4 address for IPv4 alone; {@code ::} for both where the system does
     *     that; port 0 lets the system choose one
     * @return this builder
     * @throws IllegalArgumentException if {@code address} is a name that was not resolved
     */
    public Builder udp(InetSocketAddress address) {
      listeners.add(new Listener(Listener.Kind.UDP, address));
      return this;
    }

    /**
     * Adds an address to listen on by TCP (RFC 6587), for both framings. There is no default; port
     * 514 is customary, and so is 601 (RFC 3195).
     *
     * @param address as for {@link #udp}
     * @return this builder
     * @throws IllegalArgumentException if {@code address} is a name that was not resolved
     */
    public Builder tcp(InetSocketAddress address) {
      listeners.add(new Listener(Listener.Kind.TCP, address));
      return this;
    }

    /**
     * Adds an address to listen on by TLS (RFC 5425), version 1.2 or 1.3. There is no default; the
     * registered port is 6514 (RFC 5425 §4.1). {@link #tlsIdentity} is needed, too.
     *
     * @param address as for {@link #udp}
     * @return this builder
     * @throws IllegalArgumentException if {@code address} is a name that was not resolved
     */
    public Builder tls(InetSocketAddress address) {
      listeners.add(new Listener(Listener.Kind.TLS, address));
      return this;
    }

    /**
     * Sets the certificate to show to those who connect by TLS. The files are read when the server
     * starts.
     *
     * @param certificates a PEM file with the server's certificate, and those between it and the
     *     root
     * @param key a PEM file with its private key, as PKCS#8 without password
     * @return this builder
     */
    public Builder tlsIdentity(Path certificates, Path key) {
      tlsIdentity =
          new TlsIdentity(
              Objects.requireNonNull(certificates, "certificates"),
              Objects.requireNonNull(key, "key"));
      return this;
    }

    /**
     * Demands a certificate of everybody who connects by TLS. Default: nobody needs one.
     *
     * @param certificates a PEM file with the certificates of those who may have signed it
     * @return this builder
     */
    public Builder tlsClientAuthorities(Path certificates) {
      tlsClientAuthorities = Objects.requireNonNull(certificates, "certificates");
      return this;
    }

    /**
     * Sets from where messages are taken. Others are dropped, their connections refused. UDP
     * sources can be forged.
     *
     * @param networks separated by commas: {@code 10.0.0.0/8}, {@code 192.168.1.1}, {@code
     *     fd00::/8}; empty, which is the default, for everywhere
     * @return this builder
     * @throws IllegalArgumentException if an element is neither a network nor an address
     */
    public Builder allowedSources(String networks) {
      allowedSources = AllowedNetworks.parse(networks);
      return this;
    }

    /**
     * Sets who takes the messages. There is no default.
     *
     * @param value the handler
     * @return this builder
     */
    public Builder handler(SyslogHandler value) {
      handler = Objects.requireNonNull(value, "handler");
      return this;
    }

    /**
     * Sets who is told what happens. Default: nobody.
     *
     * @param value the observer
     * @return this builder
     */
    public Builder observer(SyslogObserver value) {
      observer = Objects.requireNonNull(value, "observer");
      return this;
    }

    /**
     * Sets the event loops to receive on. Default: one of the server's own.
     *
     * @param value loops for epoll or NIO; the caller ends them, after the server
     * @return this builder
     */
    public Builder eventLoops(IoEventLoopGroup value) {
      eventLoops = Objects.requireNonNull(value, "eventLoops");
      return this;
    }

    /**
     * Sets how many messages may wait for the handler. More datagrams are dropped; connections are
     * not read until there is room.
     *
     * @param value 1 to 1,048,576; default 32,768
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder queueLimit(int value) {
      check("queueLimit", value, 1, 1 << 20);
      queueLimit = value;
      return this;
    }

    /**
     * Sets how many bytes of messages may wait for the handler. More datagrams are dropped;
     * connections are not read until there is room.
     *
     * @param value 65,536 to 1 GiB; default 16 MiB
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder queueBytes(int value) {
      check("queueBytes", value, 1 << 16, 1 << 30);
      queueBytes = value;
      return this;
    }

    /**
     * Sets how many messages per second one source address may send to one of the server's
     * addresses, in one burst or spread. More are dropped, those over TCP too. The 4096 sources
     * seen last are known.
     *
     * @param value 0 to 1,000,000; default 0, which is no limit
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder perSourceLimit(int value) {
      check("perSourceLimit", value, 0, 1_000_000);
      perSourceLimit = value;
      return this;
    }

    /**
     * Sets how long a datagram may be. The rest of a longer one is cut off by the system.
     *
     * @param value 480 (which RFC 5426 §3.2 demands) to 65535 bytes; default 65535, as long as any
     *     can be
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder maxDatagramBytes(int value) {
      check("maxDatagramBytes", value, 480, 65535);
      maxDatagramBytes = value;
      return this;
    }

    /**
     * Sets the size of the system's buffer for each UDP socket, which holds what comes while the
     * event loop is busy. On Linux it is at most {@code net.core.rmem_max} unless the process has
     * CAP_NET_ADMIN (with native epoll).
     *
     * @param value 4 KiB to 1 GiB; default 4 MiB
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder receiveBufferBytes(int value) {
      check("receiveBufferBytes", value, 4096, 1 << 30);
      receiveBufferBytes = value;
      return this;
    }

    /**
     * Sets how long a message over TCP or TLS may be. The rest of a longer one is passed over.
     *
     * @param value 2048 (which RFC 5425 §4.3.1 demands) bytes to 1 MiB; default 64 KiB
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder maxMessageBytes(int value) {
      check("maxMessageBytes", value, 2048, 1 << 20);
      maxMessageBytes = value;
      return this;
    }

    /**
     * Sets how many connections there may be at once. More are refused.
     *
     * @param value 1 to 100,000; default 1024
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder maxConnections(int value) {
      check("maxConnections", value, 1, 100_000);
      maxConnections = value;
      return this;
    }

    /**
     * Sets how many connections one address may have at once. More are refused.
     *
     * @param value 1 to 100,000; default 64
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder maxConnectionsPerAddress(int value) {
      check("maxConnectionsPerAddress", value, 1, 100_000);
      maxConnectionsPerAddress = value;
      return this;
    }

    /**
     * Sets after how long a silence a connection is closed. Senders keep quiet connections open,
     * and some lose the next message when theirs was closed: do not make it short.
     *
     * @param value 1 second to 1 week; default 1 hour
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder idleTimeout(Duration value) {
      if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofDays(7)) > 0) {
        throw new IllegalArgumentException(
            "idleTimeout: " + value + " (expected: 1 second to 1 week)");
      }
      idleTimeout = value;
      return this;
    }

    /**
     * Sets how long {@link SyslogServer#close()} lets the handler work off the queue.
     *
     * @param value 0 to 1 minute; default 2 seconds
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder closeTimeout(Duration value) {
      if (value.isNegative() || value.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("closeTimeout: " + value + " (expected: 0 to 1 minute)");
      }
      closeTimeout = value;
      return this;
    }

    Builder clock(Clock value) {
      clock = value;
      return this;
    }

    private static void check(String name, int value, int min, int max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + min + " to " + max + ")");
      }
    }

    /**
     * Makes the server, which does nothing yet.
     *
     * @return a server to start
     * @throws IllegalStateException if there is no address or no handler, or an address for TLS and
     *     no certificate
     */
    public SyslogServer build() {
      if (listeners.isEmpty()) {
        throw new IllegalStateException(
            "udp, tcp, tls: not set (expected: an address to listen on)");
      }
      boolean tls = listeners.stream().anyMatch(each -> each.kind() == Listener.Kind.TLS);
      if (tls && tlsIdentity == null) {
        throw new IllegalStateException(
            "tlsIdentity: not set (expected: the files of a certificate and its key)");
      }
      if (handler == null) {
        throw new IllegalStateException("handler: not set (expected: who takes the messages)");
      }
      return new SyslogServer(new Builder(this), handler);
    }
  }
}
