// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DATA packets of octets in memory, rendered once for all clients. For one block size they are the
 * same for everybody, so that a block or a window is a slice of what lies ready, without a copy.
 * Used on the event loop only.
 *
 * <p>They are rendered as they are needed, in runs of some blocks; those that were not used for the
 * longest time make room for others. What a transfer still sends from cannot be given up: if that
 * is all there is, there is no room, and the transfer renders for itself.
 */
final class RunCache {

  /** So much that few windows reach over its end, and so little that rendering takes no time. */
  private static final int RUN_BYTES = 256 << 10;

  /** Less is not worth it: small texts are often made for one request. */
  static final int MIN_CONTENT_BYTES = 16 << 10;

  /** Tells octets apart without keeping them in memory. */
  private static final class Key extends WeakReference<byte[]> {

    private final int blockSize;
    private final long first;
    private final int hash;

    Key(byte[] octets, int blockSize, long first, @Nullable ReferenceQueue<byte[]> gone) {
      super(octets, gone);
      this.blockSize = blockSize;
      this.first = first;
      this.hash = (System.identityHashCode(octets) * 31 + blockSize) * 31 + Long.hashCode(first);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      if (!(other instanceof Key key) || key.blockSize != blockSize || key.first != first) {
        return false;
      }
      byte[] octets = get();
      return octets != null && key.refersTo(octets);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final long maxBytes;
  private final Map<Key, ByteBuf> runs = new LinkedHashMap<>(16, 0.75f, true);
  private final ReferenceQueue<byte[]> gone = new ReferenceQueue<>();
  private long bytes;

  RunCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns how many blocks lie in a run, but for the last one. */
  static int blocks(int blockSize) {
    return Math.max(1, RUN_BYTES / (blockSize + SendTransfer.HEADER_BYTES));
  }

  /**
   * Returns a run.
   *
   * @param octets the whole content
   * @param first the first block, 1 or a multiple of {@link #blocks} more
   * @return the packets, to be released by the caller; null if there is no room for them
   */
  @Nullable ByteBuf get(byte[] octets, int blockSize, long first) {
    ByteBuf run = runs.get(new Key(octets, blockSize, first, null));
    if (run == null) {
      run = add(octets, blockSize, first);
    }
    return run == null ? null : run.retainedDuplicate();
  }

  private @Nullable ByteBuf add(byte[] octets, int blockSize, long first) {
    forgetUnreachable();
    int start = (int) Math.min(octets.length, (first - 1) * blockSize);
    int wanted = blocks(blockSize) * blockSize;
    int length = Math.min(wanted, octets.length - start);
    int size = length + SendTransfer.packets(length, wanted, blockSize) * SendTransfer.HEADER_BYTES;
    if (!makeRoom(size)) {
      return null;
    }
    // Not from a pool: it stays, and would pin whatever was next to it.
    ByteBuf run = ByteBufAllocator.DEFAULT.directBuffer(size, size);
    SendTransfer.render(
        Unpooled.wrappedBuffer(octets, start, length), wanted, blockSize, first, run);
    runs.put(new Key(octets, blockSize, first, gone), run);
    bytes += run.capacity();
    return run;
  }

  private boolean makeRoom(int size) {
    if (bytes + size <= maxBytes) {
      return true;
    }
    Iterator<ByteBuf> eldestFirst = runs.values().iterator();
    while (eldestFirst.hasNext() && bytes + size > maxBytes) {
      ByteBuf run = eldestFirst.next();
      if (run.refCnt() == 1) {
        eldestFirst.remove();
        drop(run);
      }
    }
    return bytes + size <= maxBytes;
  }

  private void forgetUnreachable() {
    for (Reference<?> key = gone.poll(); key != null; key = gone.poll()) {
      ByteBuf run = runs.remove(key);
      if (run != null) {
        drop(run);
      }
    }
  }

  private void drop(ByteBuf run) {
    bytes -= run.capacity();
    run.release();
  }

  /** Returns how much memory is used. */
  long bytes() {
    return bytes;
  }

  /** Gives up everything. */
  void close() {
    runs.values().forEach(this::drop);
    runs.clear();
  }
}
