// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives syslog messages over UDP (RFC 5426) and hands them to a handler.
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
  private final Object lock = new Object();
  private final List<Channel> channels = new ArrayList<>();
  private final CompletableFuture<Void> startResult = new CompletableFuture<>();
  private @Nullable IoEventLoopGroup ownLoops;
  private boolean started;
  private boolean closed;
  private volatile List<InetSocketAddress> bound = List.of();

  private SyslogServer(Builder config, SyslogHandler handler) {
    this.config = config;
    this.observer = new GuardedObserver(config.observer);
    this.queue = new MessageQueue(config.queueLimit, config.queueBytes, handler, observer);
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
   *     address, the port and the usual remedy if one cannot be, and then nothing stays bound and
   *     the server is closed; fails with an {@link IllegalStateException} if the server was started
   *     or closed before
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
        loops = transport.newLoop();
        ownLoops = loops;
      }
      queue.start();
      for (InetSocketAddress address : config.addresses) {
        opened.add(open(transport, loops, address));
      }
    }
    var unused =
        CompletableFuture.allOf(opened.toArray(CompletableFuture[]::new))
            .whenComplete((nothing, failure) -> opened(opened, startResult));
    return startResult.minimalCompletionStage();
  }

  private CompletableFuture<Channel> open(
      Transport transport, IoEventLoopGroup loops, InetSocketAddress address) {
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    Bootstrap bootstrap =
        transport
            .socket(address.getAddress(), config.maxDatagramBytes)
            .group(loops)
            .option(ChannelOption.SO_RCVBUF, config.receiveBufferBytes)
            .handler(
                new DatagramReceiver(
                    queue,
                    new SourceLimit(config.perSourceLimit, System::nanoTime),
                    observer,
                    config.clock));
    try {
      ChannelFuture bind = bootstrap.bind(address);
      bind.addListener(
          done -> {
            Throwable cause = done.cause();
            if (cause == null) {
              opened.complete(bind.channel());
            } else {
              opened.completeExceptionally(BindFailure.explain(address, cause));
            }
          });
    } catch (RuntimeException e) {
      // An option that the system refuses is thrown, not reported.
      opened.completeExceptionally(BindFailure.explain(address, e));
    }
    return opened;
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
      }
    }
    if (late) {
      for (Channel channel : channels) {
        var unused = channel.close();
      }
      result.completeExceptionally(closedEarly());
    } else if (failure != null) {
      Throwable reason = failure;
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
    for (Channel channel : open) {
      ChannelFuture closing = channel.close();
      if (!onLoop) {
        closing.awaitUninterruptibly(LOOP_WAIT.toMillis());
      }
    }
    if (own != null) {
      var ended = own.shutdownGracefully(0, LOOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (!onLoop) {
        ended.awaitUninterruptibly(LOOP_WAIT.toMillis());
      }
    }
    if (running && onLoop) {
      queue.abandon();
    } else if (running) {
      queue.close(config.closeTimeout);
      // If the loops ended before a socket was bound, nothing else completes it.
      startResult.completeExceptionally(closedEarly());
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
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private @Nullable SyslogHandler handler;
    private SyslogObserver observer = SyslogObserver.NONE;
    private @Nullable IoEventLoopGroup eventLoops;
    private int queueLimit = 8192;
    private long queueBytes = 16L * 1024 * 1024;
    private int perSourceLimit;
    private int maxDatagramBytes = 65535;
    private int receiveBufferBytes = 4 * 1024 * 1024;
    private Duration closeTimeout = Duration.ofSeconds(2);
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    private Builder(Builder other) {
      addresses.addAll(other.addresses);
      handler = other.handler;
      observer = other.observer;
      eventLoops = other.eventLoops;
      queueLimit = other.queueLimit;
      queueBytes = other.queueBytes;
      perSourceLimit = other.perSourceLimit;
      maxDatagramBytes = other.maxDatagramBytes;
      receiveBufferBytes = other.receiveBufferBytes;
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
      if (address.isUnresolved()) {
        throw new IllegalArgumentException("address: " + address + " (expected: a known address)");
      }
      addresses.add(address);
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
     * Sets how many datagrams may wait for the handler. More are dropped.
     *
     * @param value 1 to 1,048,576; default 8192
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder queueLimit(int value) {
      check("queueLimit", value, 1, 1 << 20);
      queueLimit = value;
      return this;
    }

    /**
     * Sets how many bytes of datagrams may wait for the handler. More are dropped.
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
     * Sets how many datagrams per second one source address may send to one of the server's
     * addresses, in one burst or spread. More are dropped. The 4096 sources seen last are known.
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
     * Sets the size of the system's buffer for each socket, which holds what comes while the event
     * loop is busy. The system may give less (Linux: {@code net.core.rmem_max}).
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
     * @throws IllegalStateException if there is no address or no handler
     */
    public SyslogServer build() {
      if (addresses.isEmpty()) {
        throw new IllegalStateException("udp: not set (expected: an address to listen on)");
      }
      if (handler == null) {
        throw new IllegalStateException("handler: not set (expected: who takes the messages)");
      }
      return new SyslogServer(new Builder(this), handler);
    }
  }
}
