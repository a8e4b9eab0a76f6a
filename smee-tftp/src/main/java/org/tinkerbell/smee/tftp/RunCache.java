// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * DATA packets of octets in memory and of files, rendered once for all clients. For one block size
 * they are the same for everybody, so that a block or a window is a slice of what lies ready,
 * without a copy. Used on the event loop only.
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

  /** Makes a run. */
  interface Rendering {
    ByteBuf render() throws IOException;
  }

  /** A run of octets in memory, which are told apart without being kept there. */
  private static final class OctetsKey extends WeakReference<byte[]> {

    private final int blockSize;
    private final long first;
    private final int hash;

    OctetsKey(
        byte[] octets, int blockSize, long first, @Nullable ReferenceQueue<? super byte[]> gone) {
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
      if (!(other instanceof OctetsKey key) || key.blockSize != blockSize || key.first != first) {
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

  private record ValueKey(Object content, int blockSize, long first) {}

  private final long maxBytes;
  private final Map<Object, ByteBuf> runs = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Object, List<BiConsumer<@Nullable ByteBuf, @Nullable Throwable>>> loading =
      new HashMap<>();
  private final ReferenceQueue<byte[]> gone = new ReferenceQueue<>();
  private long bytes;
  private boolean closed;

  RunCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns how many blocks lie in a run, but for the last one. */
  static int blocks(int blockSize) {
    return Math.max(1, RUN_BYTES / (blockSize + PacketRuns.HEADER_BYTES));
  }

  /** Returns the first block of the run that a block lies in; both are counted from 1. */
  static long first(long block, int blockSize) {
    return block - (block - 1) % blocks(blockSize);
  }

  /** Returns room for a run. Not from a pool: it stays, and would pin whatever was next to it. */
  static ByteBuf allocate(int size) {
    return UnpooledByteBufAllocator.DEFAULT.directBuffer(size, size);
  }

  private Object key(Object content, int blockSize, long first, boolean kept) {
    return content instanceof byte[] octets
        ? new OctetsKey(octets, blockSize, first, kept ? gone : null)
        : new ValueKey(content, blockSize, first);
  }

  /**
   * Returns a run that is there.
   *
   * @param content octets, told apart by their identity, or a value that stands for the content
   * @param first the first block, as {@link #first} gives it
   * @return the packets, to be released by the caller; null if they are not there
   */
  @Nullable ByteBuf get(Object content, int blockSize, long first) {
    ByteBuf run = runs.get(key(content, blockSize, first, false));
    return run == null ? null : run.retainedDuplicate();
  }

  /**
   * Renders a run.
   *
   * @param size its length
   * @return the packets, to be released by the caller; null if there is no room for them
   */
  @Nullable ByteBuf add(Object content, int blockSize, long first, Rendering rendering, int size)
      throws IOException {
    if (!makeRoom(size)) {
      return null;
    }
    return keep(key(content, blockSize, first, true), rendering.render()).retainedDuplicate();
  }

  private ByteBuf keep(Object key, ByteBuf run) {
    runs.put(key, run);
    bytes += run.capacity();
    return run;
  }

  /**
   * Has a run rendered by a worker, once for all who want it meanwhile.
   *
   * @param size its length
   * @param done gets the packets, which it has to release, or why there are none; on the event loop
   * @return false if there is no room; then nothing is called
   */
  boolean load(
      Object content,
      int blockSize,
      long first,
      Rendering rendering,
      int size,
      Executor worker,
      Executor loop,
      BiConsumer<@Nullable ByteBuf, @Nullable Throwable> done) {
    Object key = key(content, blockSize, first, true);
    List<BiConsumer<@Nullable ByteBuf, @Nullable Throwable>> waiting = loading.get(key);
    if (waiting != null) {
      waiting.add(done);
      return true;
    }
    if (!makeRoom(size)) {
      return false;
    }
    bytes += size;
    loading.put(key, new ArrayList<>(List.of(done)));
    try {
      worker.execute(() -> load(key, rendering, size, loop));
    } catch (RejectedExecutionException e) {
      loading.remove(key);
      bytes -= size;
      return false;
    }
    return true;
  }

  /** Runs on a worker. */
  private void load(Object key, Rendering rendering, int size, Executor loop) {
    ByteBuf run = null;
    Throwable failure = null;
    try {
      run = rendering.render();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failure = e;
    }
    ByteBuf got = run;
    Throwable problem = failure;
    try {
      loop.execute(() -> loaded(key, size, got, problem));
    } catch (RejectedExecutionException e) {
      // The event loop is gone, so nobody else is here any more.
      loaded(key, size, got, problem);
    }
  }

  private void loaded(Object key, int size, @Nullable ByteBuf run, @Nullable Throwable failure) {
    bytes -= size;
    List<BiConsumer<@Nullable ByteBuf, @Nullable Throwable>> waiting = loading.remove(key);
    if (run != null) {
      keep(key, run);
    }
    if (waiting != null) {
      for (BiConsumer<@Nullable ByteBuf, @Nullable Throwable> done : waiting) {
        done.accept(run == null ? null : run.retainedDuplicate(), failure);
      }
    }
    if (closed) {
      dropAll();
    }
  }

  private boolean makeRoom(int size) {
    forgetUnreachable();
    if (closed) {
      return false;
    }
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

  /** Returns how much memory is used, with what is being loaded. */
  long bytes() {
    return bytes;
  }

  /** Gives up everything, what is still being loaded as soon as it is there. */
  void close() {
    closed = true;
    dropAll();
  }

  private void dropAll() {
    runs.values().forEach(this::drop);
    runs.clear();
  }
}
