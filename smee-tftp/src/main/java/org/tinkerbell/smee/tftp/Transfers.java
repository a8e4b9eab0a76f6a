// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All running transfers of a server: takes requests in, watches limits and deadlines. Lives on one
 * event loop, so nothing here is shared between threads.
 */
final class Transfers {

  private static final Logger log = LoggerFactory.getLogger(Transfers.class);

  /** The largest datagram that makes sense from a client: an ACK, or an ERROR with its text. */
  private static final int MAX_ANSWER_BYTES = 516;

  /** A burst that no client's receive buffer takes anyway. */
  private static final long MAX_WINDOW_BYTES = 8 << 20;

  private static final int SWEEP_MILLIS = 25;

  /** How long late packets of an ended transfer are passed over in silence. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int MAX_LINGERING = 4096;

  /**
   * How soon after an acknowledgement the same request from the same port is held to be a late copy
   * of the first one. A client that starts anew repeats itself later than that.
   */
  private static final long COPY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /**
   * What is remembered of a transfer that is over.
   *
   * @param at when it ended
   * @param dropped its request, if it was dropped only to make room
   */
  private record Ended(long at, @Nullable TftpRequest dropped) {}

  private record Peer(Binding binding, InetSocketAddress remote) {}

  /** The transfers of one client address. */
  private static final class Client {
    int running;
    final Set<ServerTransfer> unacknowledged = new LinkedHashSet<>();
  }

  private final ServerSettings settings;
  private final TftpObserver observer;
  private final EventLoop loop;
  private final Executor worker;
  private final LongSupplier clock;
  private final LocalPaths paths;
  private final ChildChannels children;
  private final boolean segmenting;
  private final RateLimiter errors;
  private final SendTransfer.Timing timing;

  private final Set<ServerTransfer> all = new LinkedHashSet<>();
  private final Set<ServerTransfer> unacknowledged = new LinkedHashSet<>();
  private final Map<InetAddress, Client> clients = new HashMap<>();
  private final Map<Peer, Ended> ended =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Peer, Ended> eldest) {
          return size() > MAX_LINGERING;
        }
      };
  private final RunCache cache;
  private long bufferedBytes;
  private boolean sweeping;
  private volatile int count;
  private @Nullable CompletableFuture<Void> drained;

  Transfers(
      ServerSettings settings,
      EventLoop loop,
      Transport transport,
      Executor worker,
      LongSupplier clock) {
    this.settings = settings;
    this.observer = settings.observer();
    this.loop = loop;
    this.worker = worker;
    this.clock = clock;
    this.paths = new LocalPaths(worker, loop, clock);
    this.children = new ChildChannels(settings.mode(), loop, transport);
    this.segmenting = transport.canSegment();
    this.cache = new RunCache(settings.maxCachedBytes());
    this.errors = new RateLimiter(settings.errorsPerSecond(), clock.getAsLong());
    this.timing =
        new SendTransfer.Timing(
            clock, settings.timeout(), settings.maxSends(), settings.handlerTimeout());
  }

  /** Returns how many transfers are running; from any thread. */
  int count() {
    return count;
  }

  /** Takes a datagram that came to the port of the requests. */
  void received(
      Binding binding,
      Channel channel,
      InetSocketAddress remote,
      InetSocketAddress local,
      ByteBuf datagram) {
    ServerTransfer transfer = binding.running().get(remote);
    int length = datagram.readableBytes();
    int opcode = length < 2 ? 0 : datagram.getUnsignedShort(datagram.readerIndex());
    boolean request = opcode == TftpCodec.RRQ || opcode == TftpCodec.WRQ;
    if (transfer != null && !request && !transfer.sink.isOwn()) {
      inTransfer(transfer, local, datagram);
      if (transfer.sink.channel() != channel) {
        transfer.sink.channel().flush();
      }
      return;
    }
    if (request && length > settings.maxRequestBytes()) {
      observer.limited(remote, TftpLimit.REQUEST_SIZE);
      strangerError(binding, remote, local, TftpErrorCode.ILLEGAL_OPERATION, "request is too long");
      return;
    }
    TftpPacket packet;
    try {
      packet = TftpCodec.decode(datagram);
    } catch (TftpDecodeException e) {
      observer.malformed(remote, local, e.reason());
      if (opcode != TftpCodec.ERROR && length > 0) {
        strangerError(binding, remote, local, TftpErrorCode.ILLEGAL_OPERATION, e.reason());
      }
      return;
    }
    if (packet instanceof TftpPacket.ReadRequest rrq) {
      readRequest(binding, remote, local, rrq);
    } else if (packet instanceof TftpPacket.WriteRequest wrq) {
      observer.unsupported(remote, local, wrq.fileName(), TftpErrorCode.ACCESS_VIOLATION);
      strangerError(
          binding,
          remote,
          local,
          TftpErrorCode.ACCESS_VIOLATION,
          "access_violation: permission denied");
    } else {
      withoutTransfer(binding, remote, local, packet);
    }
  }

  private void withoutTransfer(
      Binding binding, InetSocketAddress remote, InetSocketAddress local, TftpPacket packet) {
    Ended before = ended.get(new Peer(binding, remote));
    if (before != null && clock.getAsLong() - before.at() < LINGER_NANOS) {
      TftpRequest dropped = before.dropped();
      // Late packets of a transfer that is over are passed over. But if it was dropped for want of
      // room before this ACK was seen, then the client is real: it gets the first answer again.
      if (dropped != null && packet instanceof TftpPacket.Ack && mayAccept(remote)) {
        accept(binding, dropped, true);
      }
      return;
    }
    observer.malformed(remote, local, "no such transfer");
    // An ERROR is never answered, or two servers could go on for ever (RFC 1350 §7).
    if (!(packet instanceof TftpPacket.Error)) {
      strangerError(
          binding, remote, local, TftpErrorCode.UNKNOWN_TRANSFER_ID, "unknown transfer ID");
    }
  }

  private void readRequest(
      Binding binding,
      InetSocketAddress remote,
      InetSocketAddress local,
      TftpPacket.ReadRequest rrq) {
    Optional<TftpMode> mode = TftpMode.of(rrq.mode());
    if (mode.isEmpty()) {
      observer.unsupported(remote, local, rrq.fileName(), TftpErrorCode.ILLEGAL_OPERATION);
      strangerError(
          binding, remote, local, TftpErrorCode.ILLEGAL_OPERATION, "mode is not supported");
      return;
    }
    if (rrq.fileName().length() > settings.maxFileNameLength()) {
      observer.limited(remote, TftpLimit.NAME_LENGTH);
      strangerError(
          binding, remote, local, TftpErrorCode.ILLEGAL_OPERATION, "file name is too long");
      return;
    }
    TftpRequest request = new TftpRequest(rrq.fileName(), mode.get(), rrq.options(), remote, local);
    ServerTransfer previous = binding.running().get(remote);
    if (previous != null) {
      if (isRepetition(previous, request)) {
        observer.repeated(request);
        if (previous.sender != null) {
          previous.sender.repeatFirst();
          previous.sink.channel().flush();
        }
        return;
      }
      end(previous);
      observer.replaced(previous.summary(clock.getAsLong()));
    }
    // Silence rather than an ERROR where a limit takes effect: clients ask again, and by then there
    // may be room.
    if (mayAccept(remote)) {
      accept(binding, request, false);
    }
  }

  private boolean isRepetition(ServerTransfer previous, TftpRequest request) {
    if (!previous.request.fileName().equals(request.fileName())
        || previous.request.mode() != request.mode()
        || !previous.request.options().equals(request.options())) {
      return false;
    }
    return previous.sender == null
        || previous.isUnacknowledged()
        || clock.getAsLong() - previous.progressAt < COPY_NANOS;
  }

  private boolean mayAccept(InetSocketAddress remote) {
    return drained == null && hasRoomFor(remote);
  }

  /** Makes room, if need be at the cost of the oldest transfer that nobody has reacted to. */
  private boolean hasRoomFor(InetSocketAddress remote) {
    Client client = clients.get(remote.getAddress());
    if (client != null && client.running >= settings.maxTransfersPerClient()) {
      if (!dropOldest(client.unacknowledged)) {
        observer.limited(remote, TftpLimit.TRANSFERS_PER_CLIENT);
        return false;
      }
    }
    if (all.size() >= settings.maxTransfers() && !dropOldest(unacknowledged)) {
      observer.limited(remote, TftpLimit.TRANSFERS);
      return false;
    }
    return true;
  }

  private boolean dropOldest(Set<ServerTransfer> candidates) {
    if (candidates.isEmpty()) {
      return false;
    }
    ServerTransfer oldest = candidates.iterator().next();
    end(oldest);
    ended.put(
        new Peer(oldest.binding, oldest.remote()), new Ended(clock.getAsLong(), oldest.request));
    observer.limited(oldest.remote(), TftpLimit.UNACKNOWLEDGED);
    return true;
  }

  private void accept(Binding binding, TftpRequest request, boolean proven) {
    long now = clock.getAsLong();
    InetSocketAddress remote = request.remote();
    InetAddress local = request.local().getAddress();
    ChannelSink sink = new ChannelSink(binding.channelFor(local), null, remote, segmenting);
    ServerTransfer transfer = new ServerTransfer(request, binding, sink, now);
    transfer.proven = proven;
    transfer.openDeadline = now + settings.handlerTimeout().toNanos();
    all.add(transfer);
    count = all.size();
    binding.running().put(remote, transfer);
    clients.computeIfAbsent(remote.getAddress(), address -> new Client()).running++;
    ended.remove(new Peer(binding, remote));
    startSweeping();
    observer.requested(request);
    paths.of(
        local,
        path ->
            binding.channelFor(
                local,
                path,
                channel -> {
                  transfer.path = path;
                  transfer.sink = new ChannelSink(channel, null, remote, segmenting);
                  askHandler(transfer);
                }));
  }

  private void askHandler(ServerTransfer transfer) {
    if (transfer.ended) {
      return;
    }
    CompletionStage<TftpResult> stage;
    try {
      stage = settings.handler().open(transfer.request);
    } catch (RuntimeException e) {
      handled(transfer, null, e);
      return;
    }
    if (stage == null) {
      handled(transfer, null, new NullPointerException("the handler returned null"));
      return;
    }
    stage.whenComplete((result, failure) -> onLoop(() -> handled(transfer, result, failure)));
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("a result came after the server had been closed");
    }
  }

  private void handled(
      ServerTransfer transfer, @Nullable TftpResult result, @Nullable Throwable failure) {
    if (transfer.ended) {
      if (result instanceof TftpResult.Content content) {
        content.content().discard(worker);
      }
      return;
    }
    if (result instanceof TftpResult.Content content) {
      openContent(transfer, content.content());
    } else if (result instanceof TftpResult.Refusal refusal) {
      refuse(transfer, refusal.code(), refusal.message());
    } else {
      Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
      fail(transfer, TftpFailure.Reason.HANDLER, "internal server error", cause);
    }
  }

  private void openContent(ServerTransfer transfer, TftpContent content) {
    if (!content.isBlocking()) {
      opened(transfer, content, open(content));
      return;
    }
    try {
      worker.execute(
          () -> {
            Opened result = open(content);
            try {
              loop.execute(() -> opened(transfer, content, result));
            } catch (RejectedExecutionException e) {
              result.discard(worker);
            }
          });
    } catch (RejectedExecutionException e) {
      opened(transfer, content, new Opened(null, e));
    }
  }

  /** A source, or why there is none. */
  private record Opened(@Nullable ByteSource source, @Nullable Throwable failure) {
    void discard(Executor worker) {
      if (source != null) {
        TftpContent.closeOn(worker, source::close);
      }
    }
  }

  private static Opened open(TftpContent content) {
    try {
      return new Opened(content.open(), null);
    } catch (IOException | RuntimeException e) {
      return new Opened(null, e);
    }
  }

  private void opened(ServerTransfer transfer, TftpContent content, Opened result) {
    if (transfer.ended) {
      result.discard(worker);
      return;
    }
    Throwable failure = result.failure();
    if (failure instanceof NoSuchFileException) {
      refuse(transfer, TftpErrorCode.FILE_NOT_FOUND, transfer.request.missingText());
    } else if (failure instanceof AccessDeniedException) {
      refuse(transfer, TftpErrorCode.ACCESS_VIOLATION, "access_violation: permission denied");
    } else if (result.source() == null) {
      fail(transfer, TftpFailure.Reason.CONTENT, "file cannot be read", failure);
    } else {
      ByteSource source =
          transfer.request.mode() == TftpMode.NETASCII
              ? new ByteSources.Netascii(result.source())
              : result.source();
      negotiate(transfer, source, content.isBlocking());
    }
  }

  private void negotiate(ServerTransfer transfer, ByteSource source, boolean blocking) {
    int blockSize = settings.maxBlockSize();
    if (settings.fitBlocksToMtu()) {
      blockSize = Math.min(blockSize, transfer.path.maxBlockSize(transfer.remote().getAddress()));
    }
    // Streams have to be kept until they are acknowledged, all else can be had again.
    long windowBytes =
        source instanceof PositionalSource
            ? MAX_WINDOW_BYTES
            : Math.min(room() / 4, MAX_WINDOW_BYTES);
    Negotiation negotiation = negotiate(transfer, source, blockSize, windowBytes);
    long bytes = PacketRuns.bufferBytes(source, blocking, negotiation);
    // Transfers that nobody has reacted to must not keep all others out.
    boolean dropped = true;
    while (dropped && bytes > room()) {
      dropped = dropOldest(unacknowledged);
    }
    if (bytes > room()) {
      Opened unused = new Opened(source, null);
      unused.discard(blocking ? worker : Runnable::run);
      end(transfer);
      observer.limited(transfer.remote(), TftpLimit.BUFFERS);
      return;
    }
    bufferedBytes += bytes;
    transfer.reservedBytes = bytes;
    if (settings.mode() == TftpPortMode.SINGLE_PORT) {
      send(transfer, source, blocking, negotiation);
    } else {
      openChild(transfer, source, blocking, negotiation);
    }
  }

  /** Returns how much memory may still be used for blocks on their way. */
  private long room() {
    return Math.max(0, settings.maxBufferedBytes() - bufferedBytes);
  }

  private Negotiation negotiate(
      ServerTransfer transfer, ByteSource source, int blockSize, long windowBytes) {
    return Negotiation.of(
        transfer.request.options(),
        source.length(),
        new Negotiation.Caps(blockSize, settings.maxWindowSize(), windowBytes));
  }

  private void openChild(
      ServerTransfer transfer, ByteSource source, boolean blocking, Negotiation negotiation) {
    InetSocketAddress local = transfer.request.local();
    InetAddress from =
        transfer.path.assigned() ? local.getAddress() : transfer.binding.address().getAddress();
    children.open(
        transfer.remote(),
        from,
        new ChildChannels.Reader() {
          @Override
          public void read(ByteBuf datagram) {
            inTransfer(transfer, local, datagram);
          }

          @Override
          public void unreachable(Throwable cause) {
            fail(transfer, TftpFailure.Reason.UNREACHABLE, "port unreachable", cause);
          }
        },
        child -> {
          Channel channel = child.channel();
          if (channel == null || transfer.ended) {
            new Opened(source, null).discard(blocking ? worker : Runnable::run);
            child.close();
            if (child.exhausted()) {
              end(transfer);
              observer.limited(transfer.remote(), TftpLimit.PORTS);
            } else if (!transfer.ended) {
              fail(transfer, TftpFailure.Reason.SOCKET, "no socket", child.failure());
            }
            return;
          }
          transfer.sink = new ChannelSink(channel, child, transfer.remote(), segmenting);
          send(transfer, source, blocking, negotiation);
        });
  }

  private void send(
      ServerTransfer transfer, ByteSource source, boolean blocking, Negotiation negotiation) {
    SendTransfer sender =
        new SendTransfer(
            new PacketRuns(source, blocking, negotiation, cache, loop, worker),
            negotiation,
            transfer.sink,
            timing,
            new EndingOf(transfer));
    transfer.sender = sender;
    transfer.progressAt = clock.getAsLong();
    Client client = clients.get(transfer.remote().getAddress());
    if (client != null && !transfer.proven) {
      unacknowledged.add(transfer);
      client.unacknowledged.add(transfer);
    }
    guarded(transfer, sender::begin);
    transfer.sink.channel().flush();
  }

  /** Keeps a fault in one transfer from reaching the others. */
  private void guarded(ServerTransfer transfer, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      failInternally(transfer, e);
    }
  }

  private void failInternally(ServerTransfer transfer, Throwable cause) {
    fail(transfer, TftpFailure.Reason.INTERNAL, "internal server error", cause);
  }

  private final class EndingOf implements SendTransfer.Ending {

    private final ServerTransfer transfer;

    EndingOf(ServerTransfer transfer) {
      this.transfer = transfer;
    }

    @Override
    public void completed() {
      end(transfer);
      observer.completed(transfer.summary(clock.getAsLong()));
    }

    @Override
    public void timedOut() {
      InetSocketAddress remote = transfer.remote();
      fail(
          transfer,
          TftpFailure.Reason.TIMEOUT,
          "channel timeout: " + remote.getAddress().getHostAddress() + ":" + remote.getPort(),
          null);
    }

    @Override
    public void contentFailed(Throwable cause) {
      fail(transfer, TftpFailure.Reason.CONTENT, "file cannot be read", cause);
    }
  }

  /** Takes a datagram from the peer of a transfer. */
  private void inTransfer(ServerTransfer transfer, InetSocketAddress local, ByteBuf datagram) {
    if (transfer.ended) {
      return;
    }
    int length = datagram.readableBytes();
    if (length > MAX_ANSWER_BYTES) {
      observer.malformed(transfer.remote(), local, "oversized datagram in a transfer");
      return;
    }
    if (length >= 4 && datagram.getUnsignedShort(datagram.readerIndex()) == TftpCodec.ACK) {
      // Without a detour through objects: this is nearly all that ever comes.
      acknowledged(transfer, datagram.getUnsignedShort(datagram.readerIndex() + 2));
      return;
    }
    TftpPacket packet;
    try {
      packet = TftpCodec.decode(datagram);
    } catch (TftpDecodeException e) {
      // No ERROR: one stray datagram must not end a transfer.
      observer.malformed(transfer.remote(), local, e.reason());
      return;
    }
    if (packet instanceof TftpPacket.Error error) {
      // No answer (RFC 1350 §7); PXE firmware ends its size probes like this.
      end(transfer);
      observer.aborted(transfer.summary(clock.getAsLong()), error.code(), error.message());
    } else {
      observer.malformed(transfer.remote(), local, "neither ACK nor ERROR in a transfer");
    }
  }

  private void acknowledged(ServerTransfer transfer, int block) {
    SendTransfer sender = transfer.sender;
    if (sender == null) {
      return;
    }
    try {
      boolean wasUnacknowledged = sender.isUnacknowledged();
      long now = clock.getAsLong();
      if (sender.acknowledge(block, now)) {
        transfer.progressAt = now;
        if (wasUnacknowledged) {
          forgetUnacknowledged(transfer);
        }
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      failInternally(transfer, e);
    }
  }

  private void forgetUnacknowledged(ServerTransfer transfer) {
    if (unacknowledged.remove(transfer)) {
      Client client = clients.get(transfer.remote().getAddress());
      if (client != null) {
        client.unacknowledged.remove(transfer);
      }
    }
  }

  private void refuse(ServerTransfer transfer, TftpErrorCode code, String message) {
    error(transfer.sink.channel(), transfer.remote(), code, message);
    end(transfer);
    observer.refused(transfer.request, code, message);
  }

  private void fail(
      ServerTransfer transfer,
      TftpFailure.Reason reason,
      String message,
      @Nullable Throwable cause) {
    if (transfer.ended) {
      return;
    }
    if (reason != TftpFailure.Reason.UNREACHABLE) {
      error(transfer.sink.channel(), transfer.remote(), TftpErrorCode.NOT_DEFINED, message);
    }
    end(transfer);
    observer.failed(transfer.summary(clock.getAsLong()), new TftpFailure(reason, message, cause));
  }

  /** Takes a transfer out of all lists and releases what it holds. Sends nothing. */
  private void end(ServerTransfer transfer) {
    if (transfer.ended) {
      return;
    }
    transfer.ended = true;
    all.remove(transfer);
    count = all.size();
    Binding binding = transfer.binding;
    binding.running().remove(transfer.remote(), transfer);
    forgetUnacknowledged(transfer);
    Client client = clients.get(transfer.remote().getAddress());
    if (client != null && --client.running == 0) {
      clients.remove(transfer.remote().getAddress());
    }
    bufferedBytes -= transfer.reservedBytes;
    Peer peer = new Peer(binding, transfer.remote());
    ended.remove(peer);
    ended.put(peer, new Ended(clock.getAsLong(), null));
    SendTransfer sender = transfer.sender;
    if (sender != null) {
      sender.close();
    }
    transfer.sink.close();
    CompletableFuture<Void> waiting = drained;
    if (waiting != null && all.isEmpty()) {
      waiting.complete(null);
    }
  }

  /** Sends an ERROR to somebody without a transfer, as often as the rate allows. */
  private void strangerError(
      Binding binding,
      InetSocketAddress remote,
      InetSocketAddress local,
      TftpErrorCode code,
      String message) {
    if (errors.tryAcquire(clock.getAsLong())) {
      error(binding.channelFor(local.getAddress()), remote, code, message);
    } else {
      observer.limited(remote, TftpLimit.ERROR_RATE);
    }
  }

  private static void error(
      Channel channel, InetSocketAddress remote, TftpErrorCode code, String message) {
    ByteBuf packet = ByteBufAllocator.DEFAULT.directBuffer(64);
    TftpCodec.encode(new TftpPacket.Error(code, ErrorText.of(message)), packet);
    var unused = channel.writeAndFlush(new DatagramPacket(packet, remote), channel.voidPromise());
  }

  private void startSweeping() {
    if (!sweeping) {
      sweeping = true;
      var unused = loop.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Looks at all deadlines; costs less than a timer for each packet. */
  private void sweep() {
    long now = clock.getAsLong();
    for (ServerTransfer transfer : new ArrayList<>(all)) {
      SendTransfer sender = transfer.sender;
      if (transfer.ended) {
        continue;
      }
      if (sender != null) {
        guarded(
            transfer,
            () -> {
              if (sender.tick(now)) {
                transfer.sink.channel().flush();
              }
            });
      } else if (now - transfer.openDeadline >= 0) {
        fail(transfer, TftpFailure.Reason.HANDLER_TIMEOUT, "the file was not there in time", null);
      }
    }
    sweeping = false;
    if (!all.isEmpty()) {
      startSweeping();
    }
  }

  /** Takes no more requests. The future completes when no transfer is left; on the event loop. */
  CompletableFuture<Void> drain() {
    CompletableFuture<Void> waiting = drained;
    if (waiting == null) {
      waiting = new CompletableFuture<>();
      drained = waiting;
      if (all.isEmpty()) {
        waiting.complete(null);
      }
    }
    return waiting;
  }

  /** Gives up what lies ready for further requests. */
  void close() {
    cache.close();
  }

  /** Ends what is still running. */
  void abortAll() {
    for (ServerTransfer transfer : List.copyOf(all)) {
      fail(transfer, TftpFailure.Reason.CLOSED, "server is shutting down", null);
    }
  }
}
