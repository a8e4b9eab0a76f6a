// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Downloads files by TFTP (RFC 1350), with the options of RFC 2348, 2349 and 7440. Copes with lost,
 * doubled and reordered packets.
 *
 * <pre>{@code
 * try (TftpClient client = TftpClient.create()) {
 *   byte[] file = client.get(new InetSocketAddress("192.0.2.1", 69), "ipxe.efi")
 *       .toCompletableFuture().join();
 * }
 * }</pre>
 *
 * <p>Any number of downloads can run at a time, from any thread. Stages complete on the event loop,
 * so what is attached to them must not block. A failed download completes its stage with a {@link
 * TftpException}, or another {@link IOException} where the file could not be written.
 */
public final class TftpClient implements AutoCloseable {

  /** Is told how far a download got. */
  @FunctionalInterface
  public interface Progress {

    /**
     * One more block arrived. Called on the event loop; must return at once.
     *
     * @param received octets so far
     * @param total the size of the file, if the server tells it
     */
    void received(long received, OptionalLong total);
  }

  private static final Progress NO_PROGRESS = (received, total) -> {};

  private final Duration timeout;
  private final int maxSends;
  private final long maxBytes;
  private final IoEventLoopGroup loops;
  private final boolean ownLoops;
  private final Transport transport;
  private final ExecutorService worker;
  private final Map<Download<?>, EventLoop> running = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private TftpClient(Builder builder) {
    this.timeout = builder.timeout;
    this.maxSends = builder.maxSends;
    this.maxBytes = builder.maxBytes;
    IoEventLoopGroup shared = builder.loops;
    this.ownLoops = shared == null;
    this.transport = shared == null ? Transport.preferred() : Transport.of(shared);
    this.loops = shared == null ? transport.newLoop("smee-tftp-client") : shared;
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            2,
            2,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("smee-tftp-client-worker", true));
    threads.allowCoreThreadTimeOut(true);
    this.worker = threads;
  }

  /**
   * Returns a client with the defaults.
   *
   * @return the client
   */
  public static TftpClient create() {
    return builder().build();
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
   * Downloads a file with {@link TftpOptions#fast()}.
   *
   * @param server the server, resolved
   * @param fileName the file
   * @return its octets
   */
  public CompletionStage<byte[]> get(InetSocketAddress server, String fileName) {
    return get(server, fileName, TftpOptions.fast());
  }

  /**
   * Downloads a file.
   *
   * @param server the server, resolved
   * @param fileName the file
   * @param options what the server is asked for
   * @return its octets; fails if there are more than {@link Builder#maxBytes}
   */
  public CompletionStage<byte[]> get(
      InetSocketAddress server, String fileName, TftpOptions options) {
    return start(server, fileName, options, new DownloadTarget.Memory(maxBytes), NO_PROGRESS);
  }

  /**
   * Downloads a file into a channel. Nothing is acknowledged before it is written, so a slow
   * channel slows the server down.
   *
   * @param server the server, resolved
   * @param fileName the file
   * @param options what the server is asked for
   * @param target is written to on a worker thread, by one at a time, and not closed
   * @param progress is told of each block
   * @return how many octets were written
   */
  public CompletionStage<Long> get(
      InetSocketAddress server,
      String fileName,
      TftpOptions options,
      WritableByteChannel target,
      Progress progress) {
    return start(server, fileName, options, new DownloadTarget.ToChannel(target), progress);
  }

  /**
   * Downloads a file into a file, which is made or overwritten. After a failure it holds what had
   * arrived.
   *
   * @param server the server, resolved
   * @param fileName the file
   * @param options what the server is asked for
   * @param target where it is written to
   * @return how many octets were written
   */
  public CompletionStage<Long> get(
      InetSocketAddress server, String fileName, TftpOptions options, Path target) {
    return CompletableFuture.supplyAsync(() -> create(target), worker)
        .thenCompose(
            file ->
                get(server, fileName, options, file, NO_PROGRESS)
                    .toCompletableFuture()
                    .whenCompleteAsync(
                        (done, failure) -> TftpContent.closeOn(Runnable::run, file), worker));
  }

  private static FileChannel create(Path target) {
    try {
      return FileChannel.open(
          target,
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw new java.util.concurrent.CompletionException(e);
    }
  }

  private <T> CompletionStage<T> start(
      InetSocketAddress server,
      String fileName,
      TftpOptions options,
      DownloadTarget<T> target,
      Progress progress) {
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(progress, "progress");
    if (server.isUnresolved()) {
      throw new IllegalArgumentException("server: " + server + " (expected: a resolved address)");
    }
    // Checks the texts before anything is opened.
    var unused = new TftpPacket.ReadRequest(fileName, TftpMode.OCTET.toString(), options);
    if (closed) {
      return CompletableFuture.failedFuture(new IOException("the client is closed"));
    }
    Download<T> download =
        new Download<>(server, fileName, options, target, progress, worker, timeout, maxSends);
    CompletableFuture<T> result = download.result();
    EventLoop loop = loops.next();
    running.put(download, loop);
    int datagram = options.blksize().orElse(TftpOptions.DEFAULT_BLKSIZE) + 64;
    new Bootstrap()
        .group(loop)
        .channelFactory(transport.channels(server.getAddress()))
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(Math.max(1024, datagram)))
        .option(ChannelOption.SO_RCVBUF, 1 << 20)
        .handler(download)
        .bind(any(server.getAddress()), 0)
        .addListener(
            (ChannelFuture bound) -> {
              if (!bound.isSuccess()) {
                running.remove(download);
                download.fail(bound.cause());
                return;
              }
              Channel channel = bound.channel();
              channel.closeFuture().addListener(done -> running.remove(download));
              if (closed) {
                download.fail(new IOException("the client is closed"));
              }
            });
    return result;
  }

  private static InetAddress any(InetAddress remote) {
    try {
      return InetAddress.getByAddress(new byte[remote instanceof Inet6Address ? 16 : 4]);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Ends running downloads with an {@link IOException} and frees sockets and threads, within some
   * seconds. Does nothing the second time. Must not be called on the event loop.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    running.forEach(
        (download, loop) ->
            loop.execute(() -> download.fail(new IOException("the client was closed"))));
    worker.shutdown();
    if (ownLoops) {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
  }

  /** Collects the settings of a client. Not for use by several threads. */
  public static final class Builder {

    private Duration timeout = Duration.ofSeconds(5);
    private int maxSends = 6;
    private long maxBytes = 64L << 20;
    private @Nullable IoEventLoopGroup loops;

    private Builder() {}

    /**
     * Sets the longest wait before a packet is sent again. The first wait is about one second, each
     * further one twice as long, up to this.
     *
     * @param timeout 10 ms to 255 s; default 5 s
     * @return this builder
     * @throws IllegalArgumentException if the time is outside the range
     */
    public Builder timeout(Duration timeout) {
      if (timeout.toMillis() < 10 || timeout.toMillis() > 255_000) {
        throw new IllegalArgumentException("timeout: " + timeout + " (expected: 10 ms to 255 s)");
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Sets how often the same packet is sent in all before the server is given up.
     *
     * @param sends 1 to 100; default 6
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder maxSends(int sends) {
      if (sends < 1 || sends > 100) {
        throw new IllegalArgumentException("sends: " + sends + " (expected: 1 to 100)");
      }
      this.maxSends = sends;
      return this;
    }

    /**
     * Sets how large a file may be that is downloaded into memory.
     *
     * @param bytes 1 to 2^31 - 9; default 64 MiB
     * @return this builder
     * @throws IllegalArgumentException if the number is outside the range
     */
    public Builder maxBytes(long bytes) {
      if (bytes < 1 || bytes > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException("bytes: " + bytes + " (expected: 1 to 2^31 - 9)");
      }
      this.maxBytes = bytes;
      return this;
    }

    /**
     * Sets event loops to run on. They are not shut down with the client.
     *
     * @param loops for native epoll or NIO; default: one of the client's own
     * @return this builder
     */
    public Builder eventLoops(IoEventLoopGroup loops) {
      this.loops = Objects.requireNonNull(loops, "loops");
      return this;
    }

    /**
     * Returns a client with these settings.
     *
     * @return the client
     */
    public TftpClient build() {
      return new TftpClient(this);
    }
  }
}
