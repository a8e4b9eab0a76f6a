// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a transfer: blocks, windows, acknowledgements and timeouts, without sockets
 * (RFC 1350 §2, §6; RFC 7440 §4). All methods run on the event loop.
 *
 * <p>Blocks are counted from 1 without an end; only on the wire does the number wrap (65535 is
 * followed by 0). They are rendered in runs, each a buffer of whole DATA packets one behind the
 * other, so that a window is one or two slices and can leave in one system call.
 */
final class SendTransfer {

  /** Who is told how it ends. Each transfer calls exactly one method, once, as its last act. */
  interface Ending {
    void completed();

    void timedOut();

    void contentFailed(Throwable cause);
  }

  /** How much is read from a blocking source at once, so that not each block costs a hand-over. */
  private static final int READ_AHEAD_BYTES = 16 * 1024;

  static final int HEADER_BYTES = 4;

  private record Run(ByteBuf packets, long first, int count) {
    long last() {
      return first + count - 1;
    }
  }

  private final PacketSink sink;
  private final LongSupplier clock;
  private final Executor loop;
  private final Executor worker;
  private final RetransmissionTimer timer;
  private final int maxSends;
  private final long readTimeoutNanos;
  private final Ending ending;

  private final ByteSource source;
  private final boolean blocking;
  private final Negotiation negotiation;
  private final RunCache cache;
  private final Deque<Run> runs = new ArrayDeque<>();

  private boolean optionsPending;
  private long acked;
  private long next = 1;
  private long highestSent;
  private long rendered;
  private long lastBlock = Long.MAX_VALUE;
  private long ackedBytes;
  private int lastBlockBytes;
  private boolean reading;
  private boolean closed;
  private int retransmissions;

  /** Whether {@link #sentAt} tells when the newest block went out for the first time. */
  private boolean timing;

  private long sentAt;
  private boolean armed;
  private long deadline;

  SendTransfer(
      ByteSource source,
      boolean blocking,
      Negotiation negotiation,
      RunCache cache,
      PacketSink sink,
      Timing timing,
      Ending ending) {
    this.source = source;
    this.cache = cache;
    this.blocking = blocking;
    this.negotiation = negotiation;
    this.sink = sink;
    this.clock = timing.clock();
    this.loop = timing.loop();
    this.worker = timing.worker();
    this.maxSends = timing.maxSends();
    this.readTimeoutNanos = timing.readTimeout().toNanos();
    this.timer = new RetransmissionTimer(timing.timeout(), negotiation.timeout());
    this.ending = ending;
  }

  /**
   * What a transfer needs besides its content and its peer.
   *
   * @param clock as {@link System#nanoTime}
   * @param loop the event loop
   * @param worker runs what blocks
   * @param timeout the longest wait for an acknowledgement
   * @param maxSends how often a packet is sent before the client is given up
   * @param readTimeout the longest wait for a blocking source
   */
  record Timing(
      LongSupplier clock,
      Executor loop,
      Executor worker,
      Duration timeout,
      int maxSends,
      Duration readTimeout) {}

  /** Returns the most memory that a transfer holds. */
  static long bufferBytes(Negotiation negotiation, boolean blocking) {
    long packet = (long) negotiation.blockSize() + HEADER_BYTES;
    if (negotiation.windowSize() == 1 && !blocking) {
      return packet;
    }
    // Twice: what is sent, and what is read ahead or lies behind a partly acknowledged run.
    return 2 * packet * (blocking ? runBlocks(negotiation) : negotiation.windowSize());
  }

  /** Returns how many blocks are read from a blocking source at once. */
  private static int runBlocks(Negotiation negotiation) {
    return Math.max(negotiation.windowSize(), READ_AHEAD_BYTES / negotiation.blockSize());
  }

  /** Sends the OACK, or the first block if no option was granted. */
  void begin() {
    optionsPending = !negotiation.granted().isEmpty();
    if (optionsPending) {
      sendOptions();
      sent(true);
      // Files are read while the client answers.
      readAhead();
    } else {
      pump();
    }
  }

  /**
   * Takes an ACK.
   *
   * @return whether it moved the transfer on
   */
  boolean acknowledge(int block) {
    if (closed) {
      return false;
    }
    if (optionsPending) {
      if (block == 0) {
        optionsPending = false;
        measure();
        timer.restart();
        pump();
        return true;
      }
      return false;
    }
    long number = acked + ((block - acked) & 0xffff);
    if (number <= acked || number > highestSent) {
      // Old, doubled, or never sent. A doubled ACK must not cause DATA (RFC 1123 §4.2.3.1), and
      // nothing here moves the deadline, or junk could keep a transfer alive.
      return false;
    }
    if (number == highestSent) {
      measure();
    }
    account(number);
    acked = number;
    // After an ACK in the middle of a window, sending resumes right behind it (RFC 7440 §4).
    next = acked + 1;
    while (!runs.isEmpty() && runs.getFirst().last() <= acked) {
      runs.removeFirst().packets().release();
    }
    if (acked == lastBlock) {
      close();
      ending.completed();
      return true;
    }
    timer.restart();
    pump();
    return true;
  }

  private void account(long number) {
    long blocks = number - acked;
    if (number == lastBlock) {
      ackedBytes += (blocks - 1) * negotiation.blockSize() + lastBlockBytes;
    } else {
      ackedBytes += blocks * negotiation.blockSize();
    }
  }

  private void measure() {
    if (timing) {
      timer.measured(clock.getAsLong() - sentAt);
      timing = false;
    }
  }

  /** Sends once more what the client did not acknowledge, since it asks anew. */
  void repeatFirst() {
    if (!closed && armed && isUnacknowledged()) {
      timing = false;
      resend();
    }
  }

  /** Tells whether the client has not reacted at all so far. */
  boolean isUnacknowledged() {
    return acked == 0 && (optionsPending || negotiation.granted().isEmpty());
  }

  /**
   * Acts if the deadline has passed.
   *
   * @return whether something was sent
   */
  boolean tick(long now) {
    if (closed || !armed || now - deadline < 0) {
      return false;
    }
    if (waitsForContent()) {
      close();
      ending.contentFailed(new IOException("the content could not be read in time"));
    } else if (timer.sends() >= maxSends) {
      close();
      ending.timedOut();
    } else {
      retransmissions++;
      timing = false;
      timer.repeat();
      resend();
      deadline = now + timer.waitNanos();
      return true;
    }
    return false;
  }

  private void resend() {
    if (optionsPending) {
      sendOptions();
    } else {
      next = acked + 1;
      sendRendered();
    }
  }

  private boolean waitsForContent() {
    return !optionsPending && highestSent == acked && reading;
  }

  private void sendOptions() {
    ByteBuf packet = ByteBufAllocator.DEFAULT.directBuffer(64);
    TftpCodec.encode(new TftpPacket.OptionAck(negotiation.granted()), packet);
    sink.send(packet, packet.readableBytes());
  }

  /** Fills the window. */
  private void pump() {
    long before = highestSent;
    boolean any = sendRendered();
    if (!blocking && next <= windowEnd()) {
      if (!renderNow()) {
        return;
      }
      any |= sendRendered();
    }
    if (any) {
      // Only blocks that were never sent before tell how long a round trip takes (Karn).
      sent(highestSent > before);
    }
    if (blocking) {
      readAhead();
      if (waitsForContent()) {
        deadline = clock.getAsLong() + readTimeoutNanos;
        armed = true;
      }
    }
  }

  private long windowEnd() {
    return Math.min(acked + negotiation.windowSize(), lastBlock);
  }

  private void sent(boolean first) {
    if (timer.sends() == 0) {
      timer.restart();
    }
    sentAt = clock.getAsLong();
    timing = first;
    deadline = sentAt + timer.waitNanos();
    armed = true;
  }

  /** Sends what is rendered and within the window. */
  private boolean sendRendered() {
    long end = windowEnd();
    int packetBytes = negotiation.blockSize() + HEADER_BYTES;
    boolean any = false;
    for (Run run : runs) {
      if (next > end) {
        break;
      }
      if (run.last() < next) {
        continue;
      }
      int from = (int) (next - run.first());
      int to = (int) (Math.min(end, run.last()) - run.first()) + 1;
      int start = from * packetBytes;
      int length = Math.min(to * packetBytes, run.packets().readableBytes()) - start;
      sink.send(run.packets().retainedSlice(start, length), packetBytes);
      next = run.first() + to;
      highestSent = Math.max(highestSent, next - 1);
      any = true;
    }
    return any;
  }

  /** Renders what is missing in the window from a source that does not block. */
  private boolean renderNow() {
    try {
      while (rendered < windowEnd()) {
        if (!(source instanceof ByteSources.OfBytes inMemory) || !takeShared(inMemory)) {
          int blocks = (int) (windowEnd() - rendered);
          if (source instanceof ByteSources.OfBytes inMemory) {
            inMemory.seek(rendered * negotiation.blockSize());
            // No further than to where the next shared run begins.
            blocks = Math.min(blocks, sharedBlocks() - (int) (rendered % sharedBlocks()));
          }
          int bytes = blocks * negotiation.blockSize();
          render(source.read(bytes), bytes);
        }
      }
      return true;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      fail(e);
      return false;
    }
  }

  private int sharedBlocks() {
    return RunCache.blocks(negotiation.blockSize());
  }

  /**
   * Takes the next run from those that all transfers share, if it begins here and there is room.
   */
  private boolean takeShared(ByteSources.OfBytes inMemory) {
    byte[] octets = inMemory.octets();
    if (octets.length < RunCache.MIN_CONTENT_BYTES || rendered % sharedBlocks() != 0) {
      return false;
    }
    int blockSize = negotiation.blockSize();
    ByteBuf packets = cache.get(octets, blockSize, rendered + 1);
    if (packets == null) {
      return false;
    }
    int wanted = sharedBlocks() * blockSize;
    int length = (int) Math.min(wanted, octets.length - rendered * blockSize);
    add(packets, length, wanted);
    return true;
  }

  /** Has the worker read the next run, so that there is one beside the one that is sent. */
  private void readAhead() {
    if (!blocking || closed || reading || rendered >= lastBlock || runs.size() > 1) {
      return;
    }
    int bytes = runBlocks(negotiation) * negotiation.blockSize();
    reading = true;
    try {
      worker.execute(() -> read(bytes));
    } catch (RejectedExecutionException e) {
      reading = false;
      fail(e);
    }
  }

  /** Runs on a worker. */
  private void read(int bytes) {
    ByteBuf part = null;
    Throwable failure = null;
    try {
      part = source.read(bytes);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failure = e;
    }
    ByteBuf got = part;
    Throwable problem = failure;
    try {
      loop.execute(() -> arrived(got, bytes, problem));
    } catch (RejectedExecutionException e) {
      // The event loop is gone, and with it the transfer.
      if (part != null) {
        part.release();
      }
      TftpContent.closeOn(Runnable::run, source::close);
    }
  }

  private void arrived(@Nullable ByteBuf part, int asked, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      if (part != null) {
        part.release();
      }
      closeSource();
      return;
    }
    if (part == null) {
      fail(failure == null ? new IOException("no content") : failure);
      return;
    }
    try {
      render(part, asked);
    } catch (RuntimeException | OutOfMemoryError e) {
      fail(e);
      return;
    }
    if (!optionsPending) {
      pump();
      // Nothing was received just now, so nobody else flushes.
      sink.flush();
    } else {
      readAhead();
    }
  }

  private void fail(Throwable cause) {
    close();
    ending.contentFailed(cause);
  }

  private void render(ByteBuf part, int asked) {
    try {
      int length = part.readableBytes();
      int count = packets(length, asked, negotiation.blockSize());
      int size = length + count * HEADER_BYTES;
      ByteBuf packets = ByteBufAllocator.DEFAULT.directBuffer(size, size);
      render(part, asked, negotiation.blockSize(), rendered + 1, packets);
      add(packets, length, asked);
    } finally {
      part.release();
    }
  }

  private void add(ByteBuf packets, int length, int asked) {
    int count = packets(length, asked, negotiation.blockSize());
    runs.addLast(new Run(packets, rendered + 1, count));
    rendered += count;
    if (length < asked) {
      lastBlock = rendered;
      lastBlockBytes = length % negotiation.blockSize();
    }
  }

  /**
   * Returns how many packets a part of the content takes. A short block ends the file; if the file
   * fits exactly, that is an empty one (RFC 1350 §6).
   *
   * @param length the octets in the part
   * @param asked how many would have been taken, a multiple of the block size; more than the length
   *     at the end of the file
   */
  static int packets(int length, int asked, int blockSize) {
    return length / blockSize + (length < asked ? 1 : 0);
  }

  /** Writes the packets of a part of the content, one behind the other. */
  static void render(ByteBuf part, int asked, int blockSize, long first, ByteBuf packets) {
    int count = packets(part.readableBytes(), asked, blockSize);
    for (int i = 0; i < count; i++) {
      packets.writeShort(TftpCodec.DATA).writeShort((int) (first + i));
      packets.writeBytes(part, Math.min(blockSize, part.readableBytes()));
    }
  }

  /** Releases everything. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    runs.forEach(run -> run.packets().release());
    runs.clear();
    if (!reading) {
      closeSource();
    }
  }

  private void closeSource() {
    TftpContent.closeOn(blocking ? worker : Runnable::run, source::close);
  }

  Negotiation negotiation() {
    return negotiation;
  }

  long ackedBytes() {
    return ackedBytes;
  }

  int retransmissions() {
    return retransmissions;
  }
}
