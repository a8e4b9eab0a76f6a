// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The DATA packets of one transfer, in runs: buffers of whole packets one behind the other, so that
 * a window is one or two slices and can leave in one system call. Used on the event loop only.
 *
 * <p>Runs of content that can be read at any position are shared by all transfers of it, and where
 * there is no room to share they are small. Nothing of it is kept once it was sent: it can be had
 * again. Of a stream, what is not acknowledged has to be kept.
 */
final class PacketRuns {

  static final int HEADER_BYTES = 4;

  /** How much is rendered at once of what is not shared, so that not each block costs a detour. */
  private static final int PART_BYTES = 16 * 1024;

  /**
   * Packets that lie one behind the other.
   *
   * @param first the number of the first block, counted from 1 without an end
   */
  record Run(ByteBuf packets, long first, int count) {
    long last() {
      return first + count - 1;
    }
  }

  /** Who is told when packets are there that had to be waited for. */
  interface Reader {
    void arrived();

    void failed(Throwable cause);
  }

  private final ByteSource source;

  /** The source, if it can be read at any position. */
  private final @Nullable PositionalSource positional;

  private final @Nullable Object shared;
  private final boolean blocking;
  private final int blockSize;
  private final int windowSize;
  private final RunCache cache;
  private final Executor loop;
  private final Executor worker;
  private final Deque<Run> runs = new ArrayDeque<>();

  private @Nullable Reader reader;
  private long rendered;
  private long lastBlock = Long.MAX_VALUE;
  private int lastBlockBytes;
  private boolean reading;
  private boolean closed;

  PacketRuns(
      ByteSource source,
      boolean blocking,
      Negotiation negotiation,
      RunCache cache,
      Executor loop,
      Executor worker) {
    this.source = source;
    this.blocking = blocking;
    this.blockSize = negotiation.blockSize();
    this.windowSize = negotiation.windowSize();
    this.cache = cache;
    this.loop = loop;
    this.worker = worker;
    if (source instanceof PositionalSource inPlace) {
      this.positional = inPlace;
      this.shared = inPlace.size() < RunCache.MIN_CONTENT_BYTES ? null : inPlace.identity();
      this.lastBlock = inPlace.size() / blockSize + 1;
      this.lastBlockBytes = (int) (inPlace.size() % blockSize);
    } else {
      this.positional = null;
      this.shared = null;
    }
  }

  /** Returns the most memory that the packets of one transfer take besides what is shared. */
  static long bufferBytes(ByteSource source, boolean blocking, Negotiation negotiation) {
    long packet = (long) negotiation.blockSize() + HEADER_BYTES;
    if (source instanceof PositionalSource inPlace) {
      long all = (inPlace.size() / negotiation.blockSize() + 1) * packet;
      long part = partBlocks(negotiation.blockSize()) * packet;
      // Twice: what is sent, and what is read ahead.
      return Math.min(all, blocking ? 2 * part : part);
    }
    // Twice: what is sent, and what is read ahead or lies behind a partly acknowledged run.
    return 2 * packet * windowBlocks(negotiation.blockSize(), negotiation.windowSize());
  }

  private static int partBlocks(int blockSize) {
    return Math.max(1, PART_BYTES / blockSize);
  }

  private static int windowBlocks(int blockSize, int windowSize) {
    return Math.max(windowSize, partBlocks(blockSize));
  }

  /** Sets who is told of what had to be waited for. */
  void reader(Reader reader) {
    this.reader = reader;
  }

  /** Returns the number of the last block; as long as it is not known, a very high one. */
  long lastBlock() {
    return lastBlock;
  }

  /** Returns how long the last block is, which is known together with its number. */
  int lastBlockBytes() {
    return lastBlockBytes;
  }

  /** Tells whether something is being read. */
  boolean isReading() {
    return reading;
  }

  /** Tells whether the packets have to be waited for in general. */
  boolean isBlocking() {
    return blocking;
  }

  /**
   * Returns the run that holds a block. What lies before it is given up if it can be had again.
   *
   * @param block no later than the one behind the latest that was asked for
   * @return null if it is being read; the reader is told when it is there
   */
  @Nullable Run at(long block) throws IOException {
    if (positional != null) {
      rewind(block);
    }
    for (Run run : runs) {
      if (run.last() >= block) {
        return run;
      }
    }
    if (block <= rendered || rendered >= lastBlock || reading) {
      return null;
    }
    return next();
  }

  private void rewind(long block) {
    while (!runs.isEmpty() && runs.getFirst().last() < block) {
      runs.removeFirst().packets().release();
    }
    if (!runs.isEmpty() && runs.getFirst().first() > block) {
      releaseAll();
    }
    if (runs.isEmpty()) {
      rendered = block - 1;
    }
  }

  /** Has the next run read, so that there is one beside the one that is sent. */
  void readAhead() throws IOException {
    if (blocking && !closed && !reading && rendered < lastBlock && runs.size() < 2) {
      next();
    }
  }

  /** Everything up to a block is there at the other end. */
  void acknowledged(long block) {
    while (!runs.isEmpty() && runs.getFirst().last() <= block) {
      runs.removeFirst().packets().release();
    }
  }

  private @Nullable Run next() throws IOException {
    PositionalSource inPlace = positional;
    if (inPlace == null) {
      int bytes = windowBlocks(blockSize, windowSize) * blockSize;
      return blocking ? read(() -> source.read(bytes), bytes) : add(source.read(bytes), bytes);
    }
    Object content = shared;
    if (content != null) {
      long first = RunCache.first(rendered + 1, blockSize);
      ByteBuf ready = cache.get(content, blockSize, first);
      if (ready == null && !blocking) {
        ready =
            cache.add(content, blockSize, first, () -> shared(inPlace, first), sharedBytes(first));
      }
      if (ready != null) {
        return add(ready, first, sharedBlocks(first));
      }
      if (blocking && load(content, inPlace, first)) {
        return null;
      }
    }
    long position = rendered * blockSize;
    int bytes = partBlocks(blockSize) * blockSize;
    return blocking
        ? read(() -> inPlace.readAt(position, bytes), bytes)
        : add(inPlace.readAt(position, bytes), bytes);
  }

  private int sharedBlocks(long first) {
    return (int) Math.min(RunCache.blocks(blockSize), lastBlock - first + 1);
  }

  private int sharedBytes(long first) {
    int count = sharedBlocks(first);
    boolean last = first + count > lastBlock;
    return count * (blockSize + HEADER_BYTES) - (last ? blockSize - lastBlockBytes : 0);
  }

  /** Renders a run for all transfers; on any thread. */
  private ByteBuf shared(PositionalSource inPlace, long first) throws IOException {
    int wanted = RunCache.blocks(blockSize) * blockSize;
    ByteBuf part = inPlace.readAt((first - 1) * blockSize, wanted);
    try {
      ByteBuf packets = RunCache.allocate(sharedBytes(first));
      render(part, wanted, blockSize, first, packets);
      return packets;
    } finally {
      part.release();
    }
  }

  private boolean load(Object content, PositionalSource inPlace, long first) {
    reading = true;
    boolean started =
        cache.load(
            content,
            blockSize,
            first,
            () -> shared(inPlace, first),
            sharedBytes(first),
            worker,
            loop,
            (packets, failure) -> loaded(packets, first, failure));
    reading &= started;
    return started;
  }

  private void loaded(@Nullable ByteBuf packets, long first, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      if (packets != null) {
        packets.release();
      }
      closeSource();
    } else if (packets == null) {
      tell(failure == null ? new IOException("no content") : failure);
    } else {
      if (RunCache.first(rendered + 1, blockSize) == first) {
        add(packets, first, sharedBlocks(first));
      } else {
        // The client went back meanwhile.
        packets.release();
      }
      tell(null);
    }
  }

  private interface Reading {
    ByteBuf read() throws IOException;
  }

  /** Has a part read for this transfer alone. */
  private @Nullable Run read(Reading what, int asked) {
    long position = rendered;
    reading = true;
    try {
      worker.execute(
          () -> {
            ByteBuf part = null;
            Throwable failure = null;
            try {
              part = what.read();
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
              failure = e;
            }
            handOver(part, asked, position, failure);
          });
    } catch (RejectedExecutionException e) {
      reading = false;
      throw e;
    }
    return null;
  }

  /** Runs on a worker. */
  private void handOver(
      @Nullable ByteBuf part, int asked, long position, @Nullable Throwable failure) {
    try {
      loop.execute(() -> arrived(part, asked, position, failure));
    } catch (RejectedExecutionException e) {
      // The event loop is gone, and with it the transfer.
      if (part != null) {
        part.release();
      }
      TftpContent.closeOn(Runnable::run, source::close);
    }
  }

  private void arrived(
      @Nullable ByteBuf part, int asked, long position, @Nullable Throwable failure) {
    reading = false;
    if (closed) {
      if (part != null) {
        part.release();
      }
      closeSource();
    } else if (part == null) {
      tell(failure == null ? new IOException("no content") : failure);
    } else {
      try {
        if (rendered == position) {
          add(part, asked);
        } else {
          // The client went back meanwhile.
          part.release();
        }
      } catch (RuntimeException | OutOfMemoryError e) {
        tell(e);
        return;
      }
      tell(null);
    }
  }

  private void tell(@Nullable Throwable failure) {
    Reader told = reader;
    if (told == null) {
      return;
    }
    if (failure == null) {
      told.arrived();
    } else {
      told.failed(failure);
    }
  }

  /** Renders a part of the content; releases it. */
  private Run add(ByteBuf part, int asked) {
    try {
      int length = part.readableBytes();
      int count = packets(length, asked, blockSize);
      int size = length + count * HEADER_BYTES;
      ByteBuf packets = ByteBufAllocator.DEFAULT.directBuffer(size, size);
      render(part, asked, blockSize, rendered + 1, packets);
      if (length < asked) {
        lastBlock = rendered + count;
        lastBlockBytes = length % blockSize;
      }
      return add(packets, rendered + 1, count);
    } finally {
      part.release();
    }
  }

  private Run add(ByteBuf packets, long first, int count) {
    Run run = new Run(packets, first, count);
    runs.addLast(run);
    rendered = run.last();
    return run;
  }

  /**
   * Returns how many packets a part of the content takes. A short block ends the file; if the file
   * fits exactly, that is an empty one (RFC 1350 §6).
   *
   * @param length the octets in the part
   * @param asked how many would have been taken, a multiple of the block size; more than the length
   *     at the end of the file
   */
  private static int packets(int length, int asked, int blockSize) {
    return length / blockSize + (length < asked ? 1 : 0);
  }

  /** Writes the packets of a part of the content, one behind the other. */
  private static void render(ByteBuf part, int asked, int blockSize, long first, ByteBuf packets) {
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
    releaseAll();
    if (!reading) {
      closeSource();
    }
  }

  private void releaseAll() {
    runs.forEach(run -> run.packets().release());
    runs.clear();
  }

  private void closeSource() {
    TftpContent.closeOn(blocking ? worker : Runnable::run, source::close);
  }
}
