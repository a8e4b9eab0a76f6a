// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving half of a transfer, on a socket of its own (RFC 1350, RFC 7440). Lives on the event
 * loop of its channel.
 */
final class Download<T> extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(Download.class);

  /** How long a lost last ACK can still be repeated (RFC 1350 §6, dallying). */
  private static final Duration DALLY = Duration.ofSeconds(2);

  private static final int MAX_STRANGER_ERRORS = 10;
  private static final int SWEEP_MILLIS = 25;

  private final InetSocketAddress server;
  private final String fileName;
  private final TftpOptions asked;
  private DownloadTarget<T> target;
  private CompletableFuture<T> result = new CompletableFuture<>();
  private final TftpClient.Progress progress;
  private final Executor worker;
  private final int maxSends;
  private final RetransmissionTimer timer;

  private @Nullable ChannelHandlerContext context;
  private @Nullable InetSocketAddress peer;
  private int blockSize = TftpOptions.DEFAULT_BLKSIZE;
  private int windowSize = 1;
  private OptionalLong total = OptionalLong.empty();
  private @Nullable ByteBuf staged;
  private long received;
  private long acked;
  private long bytes;
  private boolean last;
  private boolean gapTold;
  private boolean writing;
  private boolean dallying;
  private boolean closed;
  private int strangers;
  private long deadline;

  Download(
      InetSocketAddress server,
      String fileName,
      TftpOptions asked,
      DownloadTarget<T> target,
      TftpClient.Progress progress,
      Executor worker,
      Duration timeout,
      int maxSends) {
    this.server = server;
    this.fileName = fileName;
    this.asked = asked;
    this.target = target;
    this.progress = progress;
    this.worker = worker;
    this.maxSends = maxSends;
    this.timer = new RetransmissionTimer(timeout, Optional.empty());
  }

  /** Returns the result; to be called before the transfer begins. */
  CompletableFuture<T> result() {
    return result;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    request();
    timer.restart();
    arm();
    tickLater(ctx);
  }

  private void tickLater(ChannelHandlerContext ctx) {
    var unused = ctx.executor().schedule(() -> tick(ctx), SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick(ChannelHandlerContext ctx) {
    if (closed) {
      return;
    }
    if (!writing && System.nanoTime() - deadline >= 0) {
      if (dallying) {
        close();
        return;
      }
      if (timer.sends() >= maxSends) {
        fail(new TftpException("no answer from " + address(server) + " for " + fileName, null));
        return;
      }
      timer.repeat();
      if (peer == null) {
        request();
      } else {
        // Tells the server where to go on (RFC 7440 §4).
        acked = received;
        sendAck();
      }
      arm();
    }
    tickLater(ctx);
  }

  private void arm() {
    deadline = System.nanoTime() + timer.waitNanos();
  }

  private void request() {
    send(new TftpPacket.ReadRequest(fileName, TftpMode.OCTET.toString(), asked), server);
  }

  private void sendAck() {
    InetSocketAddress to = peer;
    if (to != null) {
      send(new TftpPacket.Ack((int) (received & 0xffff)), to);
    }
  }

  private void send(TftpPacket packet, InetSocketAddress to) {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(64);
      TftpCodec.encode(packet, out);
      var unused = ctx.writeAndFlush(new DatagramPacket(out, to), ctx.voidPromise());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof DatagramPacket datagram) {
      try {
        datagram(datagram.sender(), datagram.content());
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        fail(e);
      } finally {
        datagram.release();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("socket error: server={}", server, cause);
  }

  private void datagram(InetSocketAddress from, ByteBuf content) throws IOException {
    if (closed) {
      return;
    }
    InetSocketAddress known = peer;
    // Before the server has chosen its port, its address must be right.
    boolean fits = known == null ? sameHost(from) : known.equals(from);
    int opcode = content.readableBytes() < 4 ? 0 : content.getUnsignedShort(content.readerIndex());
    if (!fits) {
      if (opcode != TftpCodec.ERROR && strangers++ < MAX_STRANGER_ERRORS) {
        send(new TftpPacket.Error(TftpErrorCode.UNKNOWN_TRANSFER_ID, "unknown transfer ID"), from);
      }
      return;
    }
    if (opcode == TftpCodec.DATA) {
      peer = from;
      data(
          content.getUnsignedShort(content.readerIndex() + 2),
          content.slice(content.readerIndex() + 4, content.readableBytes() - 4));
    } else if (opcode == TftpCodec.OACK || opcode == TftpCodec.ERROR) {
      TftpPacket packet;
      try {
        packet = TftpCodec.decode(content);
      } catch (TftpDecodeException e) {
        log.debug("malformed datagram: server={} reason={}", server, e.reason());
        return;
      }
      peer = from;
      if (packet instanceof TftpPacket.OptionAck oack) {
        granted(oack.options());
      } else if (packet instanceof TftpPacket.Error error && !dallying) {
        fail(
            new TftpException(
                address(server)
                    + " refused "
                    + fileName
                    + ": "
                    + error.message()
                    + " ("
                    + error.code()
                    + ")",
                error.code()));
      }
    }
  }

  private boolean sameHost(InetSocketAddress from) {
    return server.getAddress().equals(from.getAddress())
        || server.getAddress().isMulticastAddress();
  }

  private void granted(TftpOptions options) {
    if (received > 0 || last) {
      return;
    }
    for (String name : options.names()) {
      if (!isAcceptable(options, name.toLowerCase(Locale.ROOT))) {
        refuse(
            TftpErrorCode.OPTION_REFUSED,
            "option " + name + " was not asked for like this: " + options);
        return;
      }
    }
    blockSize = options.blksize().orElse(TftpOptions.DEFAULT_BLKSIZE);
    windowSize = options.windowsize().orElse(1);
    total = options.tsize();
    if (total.orElse(0) > target.capacity()) {
      refuse(TftpErrorCode.DISK_FULL, "the file is too large: " + total.getAsLong());
      return;
    }
    // Also if the OACK came twice: then the ACK got lost.
    sendAck();
    timer.restart();
    arm();
  }

  private boolean isAcceptable(TftpOptions options, String name) {
    if (asked.get(name).isEmpty()) {
      return false;
    }
    return switch (name) {
      case TftpOptions.BLKSIZE -> atMost(options.blksize().orElse(0), asked.blksize().orElse(0));
      case TftpOptions.WINDOWSIZE ->
          atMost(options.windowsize().orElse(0), asked.windowsize().orElse(0));
      case TftpOptions.TIMEOUT -> options.timeout().equals(asked.timeout());
      default -> true;
    };
  }

  private static boolean atMost(int given, int wanted) {
    return given > 0 && given <= wanted;
  }

  private void data(int block, ByteBuf payload) throws IOException {
    if (writing) {
      return;
    }
    int ahead = (int) ((block - received) & 0xffff);
    if (last || ahead != 1) {
      outOfOrder(ahead);
      return;
    }
    if (payload.readableBytes() > blockSize) {
      refuse(TftpErrorCode.ILLEGAL_OPERATION, "a block is larger than agreed");
      return;
    }
    bytes += payload.readableBytes();
    if (bytes > target.capacity()) {
      refuse(TftpErrorCode.DISK_FULL, "the file is too large");
      return;
    }
    received++;
    gapTold = false;
    last = payload.readableBytes() < blockSize;
    stage(payload);
    timer.restart();
    arm();
    progress.received(bytes, total);
    if (last || received - acked >= windowSize) {
      acknowledge();
    }
  }

  private void outOfOrder(int ahead) throws IOException {
    if (ahead == 0) {
      // The last one once more: if it was acknowledged, then that ACK got lost.
      if (acked == received && received > 0) {
        sendAck();
      }
    } else if (ahead < 0x8000 && !last && !gapTold) {
      // Something is missing: have the server go on from there (RFC 7440 §4), but say so once only.
      gapTold = true;
      acknowledge();
    }
  }

  private void stage(ByteBuf payload) throws IOException {
    if (!target.isBlocking()) {
      target.write(payload);
      return;
    }
    ByteBuf buffer = staged;
    if (buffer == null) {
      buffer = ByteBufAllocator.DEFAULT.directBuffer(blockSize);
      staged = buffer;
    }
    buffer.writeBytes(payload);
  }

  /** Acknowledges what has arrived, after it was written. */
  private void acknowledge() throws IOException {
    ByteBuf buffer = staged;
    staged = null;
    if (!target.isBlocking()) {
      written(null, last ? target.finish() : null);
      return;
    }
    writing = true;
    boolean finish = last;
    try {
      worker.execute(() -> write(buffer, finish));
    } catch (RejectedExecutionException e) {
      if (buffer != null) {
        buffer.release();
      }
      throw e;
    }
  }

  /** Runs on a worker. */
  private void write(@Nullable ByteBuf buffer, boolean finish) {
    Throwable failure = null;
    T value = null;
    try {
      if (buffer != null) {
        target.write(buffer);
      }
      if (finish) {
        value = target.finish();
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
    } finally {
      if (buffer != null) {
        buffer.release();
      }
    }
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      Throwable problem = failure;
      T done = value;
      try {
        ctx.executor().execute(() -> written(problem, done));
      } catch (RejectedExecutionException e) {
        result.completeExceptionally(new IOException("the client was closed", e));
      }
    }
  }

  private void written(@Nullable Throwable failure, @Nullable T value) {
    writing = false;
    if (closed) {
      return;
    }
    if (failure != null) {
      refuse(TftpErrorCode.DISK_FULL, "cannot write: " + failure.getMessage());
      return;
    }
    acked = received;
    sendAck();
    timer.restart();
    arm();
    if (last && value != null) {
      dallying = true;
      deadline = System.nanoTime() + DALLY.toNanos();
      CompletableFuture<T> done = result;
      // While the socket lingers, the file must not: somebody may fetch many of them.
      target = new DownloadTarget.Closed<>();
      result = new CompletableFuture<>();
      done.complete(value);
    }
  }

  private void refuse(TftpErrorCode code, String message) {
    InetSocketAddress to = peer;
    if (to != null) {
      send(new TftpPacket.Error(code, ErrorText.of(message)), to);
    }
    fail(new TftpException(fileName + " from " + address(server) + ": " + message, null));
  }

  private static String address(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Ends the transfer; on the event loop. */
  void fail(Throwable cause) {
    close();
    result.completeExceptionally(cause);
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    ByteBuf buffer = staged;
    staged = null;
    if (buffer != null) {
      buffer.release();
    }
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      Channel channel = ctx.channel();
      channel.close().addListener(done -> log.debug("socket closed: channel={}", channel));
    }
  }
}
