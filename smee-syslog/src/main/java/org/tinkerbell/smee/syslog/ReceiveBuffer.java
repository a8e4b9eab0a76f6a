// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One buffer for all the reads of one channel, with room for many of the longest datagrams. Pages
 * that no datagram reaches are never touched, so it takes little memory.
 *
 * <p>Works where each read is handed on before the next begins, as with native epoll, and where who
 * takes it copies it. Used by the channel's event loop.
 */
final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
  private final int size;
  private @Nullable ByteBuf buffer;

  ReceiveBuffer(int size) {
    this.size = size;
  }

  /** Frees the buffer when the channel is closed. */
  void belongTo(Channel channel) {
    channel
        .closeFuture()
        .addListener(
            closed -> {
              @Nullable ByteBuf made = buffer;
              buffer = null;
              if (made != null) {
                made.release();
              }
            });
  }

  @Override
  @SuppressWarnings("deprecation") // the type of the method that is overridden
  public RecvByteBufAllocator.Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return size;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        @Nullable ByteBuf made = buffer;
        if (made == null) {
          made = Unpooled.directBuffer(size);
          buffer = made;
        }
        return made.clear().retain();
      }
    };
  }
}
