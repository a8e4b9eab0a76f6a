// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How many datagrams are asked for at once: as many as came lately. Room for many costs time even
 * if one comes, which is what a client that goes block by block waits for; asking for one at a time
 * costs time when many come.
 */
final class Batches implements RecvByteBufAllocator {

  private static final int PATIENCE = 8;

  private final int datagramBytes;
  private final int most;

  /**
   * Makes an allocator for a channel.
   *
   * @param datagramBytes room for one datagram
   * @param most how many datagrams at once; not so many that one flood keeps other work waiting
   */
  Batches(int datagramBytes, int most) {
    this.datagramBytes = datagramBytes;
    this.most = most;
  }

  @Override
  public ExtendedHandle newHandle() {
    return new OneRead();
  }

  /** Reads once for each time that the loop wakes up. */
  private final class OneRead implements ExtendedHandle {

    private int batch = 1;
    private int full;
    private int read;
    private int attempted;
    private int lastBytes;

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess(), guess());
    }

    @Override
    public int guess() {
      return batch * datagramBytes;
    }

    @Override
    public void reset(ChannelConfig config) {
      read = 0;
    }

    @Override
    public void incMessagesRead(int count) {
      read += count;
    }

    @Override
    public void lastBytesRead(int bytes) {
      lastBytes = bytes;
    }

    @Override
    public int lastBytesRead() {
      return lastBytes;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
      return attempted;
    }

    @Override
    public boolean continueReading() {
      return false;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return false;
    }

    @Override
    public void readComplete() {
      if (read < batch) {
        full = 0;
        if (read <= batch / 2) {
          batch = Math.max(1, batch / 2);
        }
      } else if (batch > 1 || ++full == PATIENCE) {
        // With room for one, nothing tells whether there are more: tried now and then.
        full = 0;
        batch = Math.min(2 * batch, most);
      }
    }
  }
}
