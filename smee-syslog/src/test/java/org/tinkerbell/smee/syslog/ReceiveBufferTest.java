// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReceiveBufferTest {
  private final ReceiveBuffer reads = new ReceiveBuffer(1000);
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @SuppressWarnings("deprecation") // the type that the allocator gives
  private final RecvByteBufAllocator.Handle handle = reads.newHandle();

  private ByteBuf read() {
    return handle.allocate(UnpooledByteBufAllocator.DEFAULT);
  }

  @Test
  void everyReadHasAllTheRoomOfTheSameBuffer() {
    reads.belongTo(channel);
    ByteBuf first = read();
    first.writeZero(1000).readByte();
    first.release();
    ByteBuf second = read();
    assertThat(second).isSameAs(first);
    assertThat(second.isDirect()).isTrue();
    assertThat(second.readableBytes()).isZero();
    assertThat(second.writableBytes()).isEqualTo(1000);
    second.release();
    channel.close();
  }

  @Test
  void theBufferIsFreedWithTheChannelButNotBelowARead() {
    reads.belongTo(channel);
    ByteBuf buffer = read();
    channel.close();
    assertThat(buffer.refCnt()).isEqualTo(1);
    buffer.release();
    assertThat(buffer.refCnt()).isZero();
  }

  @Test
  void aChannelThatReadNothingHasNothingToFree() {
    reads.belongTo(channel);
    assertThat(channel.close().isSuccess()).isTrue();
  }
}
