// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read-only TFTP server (RFC 1350) with the options {@code blksize} (RFC 2348), {@code tsize} and
 * {@code timeout} (RFC 2349) and {@code windowsize} (RFC 7440).
 *
 * <p>All of a server runs on one event loop; what may block, like reading files, on a few worker
 * threads. A server is started once and closed once; any number of servers can be in one JVM.
 *
 * <pre>{@code
 * try (TftpServer server = TftpServer.builder()
 *     .bind(new InetSocketAddress("192.0.2.1", 69))
 *     .handler(TftpContent.directory(Path.of("/srv/tftp")))
 *     .build()) {
 *   server.start().toCompletableFuture().join();
 *   ...
 * }
 * }</pre>
 */
public final class TftpServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TftpServer.class);
  private static final int WORKERS = 4;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final List<InetSocketAddress> addresses;
  private final ServerSettings settings;
  private final @Nullable IoEventLoopGroup sharedLoops;
  private final @Nullable Executor sharedWorker;
  private final LongSupplier clock;

  private final Object lock = new Object();
  private boolean started;
  private boolean closed;
  private volatile @Nullable IoEventLoopGroup ownLoops;
  private volatile @Nullable ExecutorService ownWorker;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile @Nullable EventLoop loop;
  private volatile @Nullable Transfers transfers;
  private volatile List<Binding> bindings = List.of();
  private volatile List<InetSocketAddress> bound = List.of();

  private TftpServer(Builder builder) {
    this.addresses = List.copyOf(builder.addresses);
    this.settings = builder.settings();
    this.sharedLoops = builder.loops;
    this.sharedWorker = builder.worker;
    this.clock = builder.clock;
  }

  /**
   * Returns a builder with the defaults.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Binds all addresses and begins to answer.
   *
   * @return completes when every address is bound; fails with an {@link java.io.IOException} that
   *     names the address, the port and the usual remedy if one cannot be, and then nothing stays
   *     bound
   * @throws IllegalStateException if the server was started or closed before
   */
  public CompletionStage<Void> start() {
    List<CompletableFuture<Void>> opened = new ArrayList<>();
    synchronized (lock) {
      if (started || closed) {
        throw new IllegalStateException("the server was started or closed before");
      }
      started = true;
      Transport transport = sharedLoops == null ? Transport.preferred() : Transport.of(sharedLoops);
      IoEventLoopGroup loops = sharedLoops;
      if (loops == null) {
        loops = transport.newLoop("smee-tftp");
        ownLoops = loops;
      }
      EventLoop next = loops.next();
      loop = next;
      Executor worker = sharedWorker;
      if (worker == null) {
        ownWorker = newWorker();
        worker = ownWorker;
      }
      Transfers table = new Transfers(settings, next, transport, worker, clock);
      transfers = table;
      List<Binding> all = new ArrayList<>();
      for (InetSocketAddress address : addresses) {
        Binding binding = new Binding(address, next, transport, table);
        all.add(binding);
        opened.add(binding.open());
      }
      bindings = List.copyOf(all);
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    var unused =
        CompletableFuture.allOf(opened.toArray(CompletableFuture[]::new))
            .whenComplete((nothing, failure) -> opened(failure, result));
    return result;
  }

  private void opened(@Nullable Throwable failure, CompletableFuture<Void> result) {
    if (failure == null) {
      bound = bindings.stream().map(Binding::address).toList();
      log.debug("started: bound={} settings={}", bound, settings);
      result.complete(null);
      return;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    var unused =
        closeLater(Duration.ZERO)
            .whenComplete(
                (nothing, ignored) ->
                    result.completeExceptionally(cause == null ? failure : cause));
  }

  private static ExecutorService newWorker() {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            10,
            TimeUnit.SECONDS,
            // No bound of its own: a transfer has at most one task here, and transfers are bounded.
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("smee-tftp-worker", true));
    worker.allowCoreThreadTimeOut(true);
    return worker;
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
   * Returns how many requests and transfers are in progress.
   *
   * @return a number that is out of date as soon as it is known
   */
  public int activeTransfers() {
    Transfers table = transfers;
    return table == null ? 0 : table.count();
  }

  /**
   * Stops at once: running transfers end with an ERROR. The same as {@code close(Duration.ZERO)}.
   */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /**
   * Stops: takes no more requests, waits until the running transfers are done, ends those that are
   * not done in time with an ERROR, and frees sockets and threads. Blocks as long as that takes,
   * except on the event loop itself, where the rest happens afterwards. Does nothing the second
   * time.
   *
   * @param grace how long running transfers may go on; may be zero
   */
  public void close(Duration grace) {
    CompletableFuture<Void> stopped = closeLater(grace);
    EventLoop events = loop;
    if (events == null || events.inEventLoop()) {
      return;
    }
    try {
      stopped.get(grace.plus(STOP_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
      awaitThreads();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("stop was not clean", e);
    }
  }

  /** Begins to stop; completes when the sockets are closed and the threads are about to end. */
  private CompletableFuture<Void> closeLater(Duration grace) {
    synchronized (lock) {
      EventLoop events = loop;
      Transfers table = transfers;
      if (!closed && events != null && table != null) {
        try {
          events.execute(() -> stop(events, table, grace));
        } catch (RejectedExecutionException e) {
          // The caller's event loops are gone, and the sockets with them.
          release();
        }
      } else if (!closed) {
        stopped.complete(null);
      }
      closed = true;
    }
    return stopped;
  }

  private void stop(EventLoop events, Transfers table, Duration grace) {
    CompletableFuture<Void> drained = table.drain();
    var whenDrained =
        drained.thenRun(
            () -> {
              bindings.forEach(Binding::close);
              table.close();
              // Sockets close on this loop, after what is queued.
              events.execute(this::release);
            });
    log.debug("stopping: bound={} drained={}", bound, whenDrained.isDone());
    if (grace.isZero()) {
      table.abortAll();
    } else if (!drained.isDone()) {
      var unused = events.schedule(table::abortAll, grace.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void release() {
    ExecutorService workers = ownWorker;
    if (workers != null) {
      workers.shutdown();
    }
    IoEventLoopGroup loops = ownLoops;
    if (loops != null) {
      var unused = loops.shutdownGracefully(0, STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
    stopped.complete(null);
  }

  private void awaitThreads() throws InterruptedException {
    ExecutorService workers = ownWorker;
    if (workers != null && !workers.awaitTermination(1, TimeUnit.SECONDS)) {
      workers.shutdownNow();
    }
    IoEventLoopGroup loops = ownLoops;
    if (loops != null && !loops.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("the event loop did not end in time");
    }
  }

  /** Returns where the server listens, or is to listen, and its settings. */
  @Override
  public String toString() {
    return "TftpServer[" + (bound.isEmpty() ? addresses : bound) + ", " + settings + "]";
  }

  /** Collects the settings of a server. Not for use by several threads. */
  public static final class Builder {

    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private TftpPortMode mode = TftpPortMode.SINGLE_PORT;
    private int maxBlockSize = TftpOptions.MAX_BLKSIZE;
    private boolean fitBlocksToMtu = true;
    private int maxWindowSize = 64;
    private Duration timeout = Duration.ofSeconds(5);
    private int maxSends = 6;
    private Duration handlerTimeout = Duration.ofSeconds(10);
    private int maxTransfers = 2000;
    private int maxTransfersPerClient = 64;
    private long maxBufferedBytes = 64L << 20;
    private long maxCachedBytes = 32L << 20;
    private int maxRequestBytes = 1024;
    private int maxFileNameLength = 255;
    private int errorsPerSecond = 100;
    private @Nullable TftpHandler handler;
    private TftpObserver observer = new TftpObserver() {};
    private @Nullable IoEventLoopGroup loops;
    private @Nullable Executor worker;
    private LongSupplier clock = System::nanoTime;

    private Builder() {}

    /**
     * Adds addresses to listen on; at least one is needed. On a wildcard IPv4 address with native
     * epoll, answers leave from the address that a request was sent to; on a wildcard IPv6 address
     * and with NIO, the system chooses.
     *
     * @param addresses port 0 lets the system choose
     * @return this builder
     * @throws IllegalArgumentException if a host name could not be resolved
     */
    public Builder bind(InetSocketAddress... addresses) {
      for (InetSocketAddress address : addresses) {
        if (address.isUnresolved()) {
          throw new IllegalArgumentException(
              "address: " + address + " (expected: a resolved address)");
        }
        this.addresses.add(address);
      }
      return this;
    }

    /**
     * Sets from which port answers are sent.
     *
     * @param mode default {@link TftpPortMode#SINGLE_PORT}
     * @return this builder
     */
    public Builder mode(TftpPortMode mode) {
      this.mode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Sets the largest block that is granted with the {@code blksize} option (RFC 2348). A transfer
     * without the option has blocks of 512 octets in any case.
     *
     * @param octets 8 to 65464; default 65464, so that only {@link #fitBlocksToMtu} decides
     * @return this builder
     * @throws IllegalArgumentException if the size is outside the range
     */
    public Builder maxBlockSize(int octets) {
      this.maxBlockSize =
          (int) requireRange("octets", octets, TftpOptions.MIN_BLKSIZE, TftpOptions.MAX_BLKSIZE);
      return this;
    }

    /**
     * Sets whether blocks are kept so small that none is cut into IP fragments, which boot ROMs
     * cannot join: the MTU of the interface that holds the server's address, less 32 octets (52
     * with IPv6), which is 1468 on Ethernet, but never less than 512. Where that interface is not
     * known (see {@link #bind}), an MTU of 1500 is assumed. What lies behind the next router is not
     * known: see {@link #maxBlockSize}.
     *
     * @param fit default true
     * @return this builder
     */
    public Builder fitBlocksToMtu(boolean fit) {
      this.fitBlocksToMtu = fit;
      return this;
    }

    /**
     * Sets the longest window that is granted with the {@code windowsize} option (RFC 7440).
     *
     * @param blocks 1 to 65535; default 64; 1 makes every transfer wait after each block
     * @return this builder
     * @throws IllegalArgumentException if the size is outside the range
     */
    public Builder maxWindowSize(int blocks) {
      this.maxWindowSize = (int) requireRange("blocks", blocks, 1, 65535);
      return this;
    }

    /**
     * Sets the longest wait for an acknowledgement before a packet is sent again. The first wait is
     * shorter, about one second or as the measured round trips suggest; each further one is twice
     * as long, up to this. A client's {@code timeout} option (RFC 2349) takes the place of all of
     * this for its transfer.
     *
     * @param timeout 10 ms to 255 s; default 5 s
     * @return this builder
     * @throws IllegalArgumentException if the time is outside the range
     */
    public Builder timeout(Duration timeout) {
      requireRange("timeout in ms", timeout.toMillis(), 10, 255_000);
      this.timeout = timeout;
      return this;
    }

    /**
     * Sets how often a packet is sent in all before the client is given up with an ERROR. That is
     * not before this many times the {@link #timeout} has passed: some clients answer a packet that
     * comes again only once, and then wait for a timeout of their own.
     *
     * @param sends 1 to 100; default 6
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder maxSends(int sends) {
      this.maxSends = (int) requireRange("sends", sends, 1, 100);
      return this;
    }

    /**
     * Sets how long the handler may take to decide, and how long a file may take to open or to
     * deliver its next part, before the transfer fails.
     *
     * @param timeout 10 ms to 255 s; default 10 s
     * @return this builder
     * @throws IllegalArgumentException if the time is outside the range
     */
    public Builder handlerTimeout(Duration timeout) {
      requireRange("timeout in ms", timeout.toMillis(), 10, 255_000);
      this.handlerTimeout = timeout;
      return this;
    }

    /**
     * Sets how many transfers may run at a time. When there are as many, the oldest one that its
     * client never acknowledged is dropped for a new request; if there is none, the request is
     * passed over in silence and the client will repeat it.
     *
     * @param transfers 1 to 1,000,000; default 2000
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder maxTransfers(int transfers) {
      this.maxTransfers = (int) requireRange("transfers", transfers, 1, 1_000_000);
      return this;
    }

    /**
     * Sets how many transfers one client address may have at a time; beyond it, the same as with
     * {@link #maxTransfers}. Clients behind one NAT share an address.
     *
     * @param transfers 1 to 1,000,000; default 64
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder maxTransfersPerClient(int transfers) {
      this.maxTransfersPerClient = (int) requireRange("transfers", transfers, 1, 1_000_000);
      return this;
    }

    /**
     * Sets how much memory all transfers together may use for blocks on their way, besides what
     * they share ({@link #maxCachedBytes}). A transfer of bytes or of a file takes some 16 to 32
     * KiB, or two blocks if that is more; one of a stream, a channel or in netascii mode two
     * windows. As it runs short, smaller windows are granted to the latter, and at last requests
     * are passed over in silence.
     *
     * @param bytes 128 KiB or more; default 64 MiB
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxBufferedBytes(long bytes) {
      this.maxBufferedBytes = requireRange("bytes", bytes, 128 << 10, Long.MAX_VALUE);
      return this;
    }

    /**
     * Sets how much memory, outside the Java heap, may hold packets of {@link TftpContent#ofBytes
     * bytes} and {@link TftpContent#ofFile files} ready for all clients that ask for the same
     * content in the same block size. When it is used up, those that were not asked for the longest
     * time go first, and transfers that find no room render their packets for themselves, within
     * {@link #maxBufferedBytes}.
     *
     * <p>A file is taken for the same as long as its key in the file system, its length and its
     * time of modification are; one that was modified within the last three seconds is read for
     * each transfer.
     *
     * @param bytes 0 or more; default 32 MiB; 0 has every transfer render for itself
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxCachedBytes(long bytes) {
      this.maxCachedBytes = requireRange("bytes", bytes, 0, Long.MAX_VALUE);
      return this;
    }

    /**
     * Sets how long a request may be; a longer one is refused with ERROR 4. RFC 2347 allows 512.
     *
     * @param octets 64 to 2047; default 1024
     * @return this builder
     * @throws IllegalArgumentException if the size is outside the range
     */
    public Builder maxRequestBytes(int octets) {
      this.maxRequestBytes = (int) requireRange("octets", octets, 64, Binding.DATAGRAM_BYTES - 1);
      return this;
    }

    /**
     * Sets how long a file name may be; a longer one is refused with ERROR 4.
     *
     * @param characters 1 to 2047; default 255
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder maxFileNameLength(int characters) {
      this.maxFileNameLength =
          (int) requireRange("characters", characters, 1, Binding.DATAGRAM_BYTES - 1);
      return this;
    }

    /**
     * Sets how many datagrams per second are answered with an ERROR that are not valid read
     * requests: malformed ones, write requests, and packets without a transfer. Their senders may
     * be forged.
     *
     * @param errors 0 to 1,000,000; default 100; 0 means silence
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder errorsPerSecond(int errors) {
      this.errorsPerSecond = (int) requireRange("errors", errors, 0, 1_000_000);
      return this;
    }

    /**
     * Sets who decides on requests; needed.
     *
     * @param handler called on the event loop, see {@link TftpHandler#open}
     * @return this builder
     */
    public Builder handler(TftpHandler handler) {
      this.handler = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Sets who is told what happens.
     *
     * @param observer called on the event loop; default: nobody
     * @return this builder
     */
    public Builder observer(TftpObserver observer) {
      this.observer = Objects.requireNonNull(observer, "observer");
      return this;
    }

    /**
     * Sets event loops to run on, of which the server uses one. They are not shut down with the
     * server.
     *
     * @param loops for native epoll or NIO; default: one of the server's own
     * @return this builder
     */
    public Builder eventLoops(IoEventLoopGroup loops) {
      this.loops = Objects.requireNonNull(loops, "loops");
      return this;
    }

    /**
     * Sets who opens, reads and closes files and streams, which may block. Not shut down with the
     * server. At most one task for each transfer is handed over at a time.
     *
     * @param worker should have several threads; default: four of the server's own, which end when
     *     they are idle
     * @return this builder
     */
    public Builder worker(Executor worker) {
      this.worker = Objects.requireNonNull(worker, "worker");
      return this;
    }

    /** Sets the clock, for tests. */
    Builder clock(LongSupplier clock) {
      this.clock = clock;
      return this;
    }

    private static long requireRange(String name, long value, long min, long max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + min + " to " + max + ")");
      }
      return value;
    }

    private ServerSettings settings() {
      TftpHandler decides = handler;
      if (decides == null) {
        throw new IllegalStateException("no handler is set");
      }
      return new ServerSettings(
          mode,
          maxBlockSize,
          fitBlocksToMtu,
          maxWindowSize,
          timeout,
          maxSends,
          handlerTimeout,
          maxTransfers,
          maxTransfersPerClient,
          maxBufferedBytes,
          maxCachedBytes,
          maxRequestBytes,
          maxFileNameLength,
          errorsPerSecond,
          decides,
          new GuardedObserver(observer));
    }

    /**
     * Returns a server with these settings, not yet started.
     *
     * @return the server
     * @throws IllegalStateException if there is no address or no handler
     */
    public TftpServer build() {
      if (addresses.isEmpty()) {
        throw new IllegalStateException("no address is set");
      }
      return new TftpServer(this);
    }
  }
}
