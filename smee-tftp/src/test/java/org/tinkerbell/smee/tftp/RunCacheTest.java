// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCacheTest {

  private static final int RUN_BYTES = 256 << 10;

  private RunCache cache = new RunCache(10 << 20);
  private final List<ByteBuf> held = new ArrayList<>();

  private static PacketRuns transfer(
      ByteSource source, boolean blocking, int blockSize, RunCache cache, Executor worker) {
    Negotiation negotiation =
        Negotiation.of(
            TftpOptions.none().withBlksize(blockSize),
            source.length(),
            new Negotiation.Caps(65464, 1, 1 << 20));
    return new PacketRuns(source, blocking, negotiation, cache, Runnable::run, worker);
  }

  /** Returns a shared run, or null if there is no room for it. */
  private ByteBuf get(byte[] octets, int blockSize, long first) {
    PacketRuns packets =
        transfer(new ByteSources.OfBytes(octets), false, blockSize, cache, Runnable::run);
    try {
      packets.at(first);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuf run = cache.get(octets, blockSize, first);
    packets.close();
    if (run != null) {
      held.add(run);
    }
    return run;
  }

  private void release() {
    held.forEach(ByteBuf::release);
    held.clear();
  }

  @AfterEach
  void everythingIsReleased() {
    release();
    cache.close();
    assertThat(cache.bytes()).isZero();
  }

  @ParameterizedTest(name = "{0} octets in blocks of {1}")
  @CsvSource({
    "16384, 512",
    "16385, 512",
    "1000000, 1428",
    "300000, 65464",
    "262144, 65464",
    "600000, 8",
    "785688, 1428"
  })
  void allRunsTogetherAreTheFile(int size, int blockSize) {
    byte[] octets = TestFiles.random(size, 3);
    byte[] joined = new byte[size];
    int at = 0;
    long block = 1;
    int last = blockSize;
    while (last == blockSize) {
      ByteBuf run = get(octets, blockSize, block).duplicate();
      while (run.isReadable()) {
        assertThat(run.readUnsignedShort()).isEqualTo(TftpCodec.DATA);
        assertThat(run.readUnsignedShort()).isEqualTo((int) (block & 0xffff));
        last = Math.min(blockSize, run.readableBytes());
        run.readBytes(joined, at, last);
        at += last;
        block++;
      }
    }
    assertThat(at).isEqualTo(size);
    assertThat(Arrays.equals(joined, octets)).isTrue();
    assertThat(block - 1).isEqualTo(size / blockSize + 1);
  }

  @Test
  void whatIsThereIsSharedByAll() {
    byte[] octets = TestFiles.random(100_000, 1);
    ByteBuf first = get(octets, 512, 1);
    ByteBuf second = get(octets, 512, 1);
    assertThat(second.memoryAddress()).isEqualTo(first.memoryAddress());
    assertThat(cache.bytes()).isEqualTo(100_000 + 4 * (100_000 / 512 + 1));
    assertThat(get(octets, 1024, 1).memoryAddress()).isNotEqualTo(first.memoryAddress());
    assertThat(get(octets.clone(), 512, 1).memoryAddress()).isNotEqualTo(first.memoryAddress());
  }

  @Test
  void readersDoNotDisturbEachOther() {
    byte[] octets = TestFiles.random(20_000, 1);
    ByteBuf first = get(octets, 512, 1);
    byte[] before = ByteBufUtil.getBytes(first);
    first.skipBytes(600);
    assertThat(ByteBufUtil.getBytes(get(octets, 512, 1))).isEqualTo(before);
  }

  @Test
  void whatWasNotUsedForLongestMakesRoom() {
    cache = new RunCache(3 * RUN_BYTES);
    byte[] octets = TestFiles.random(4 * RUN_BYTES, 1);
    int blocks = RunCache.blocks(1020);
    get(octets, 1020, 1);
    get(octets, 1020, 1 + blocks);
    get(octets, 1020, 1 + 2L * blocks);
    release();
    long kept = get(octets, 1020, 1).memoryAddress();
    release();
    assertThat(get(octets, 1020, 1 + 3L * blocks)).isNotNull();
    assertThat(cache.bytes()).isLessThanOrEqualTo(3 * RUN_BYTES);
    assertThat(get(octets, 1020, 1).memoryAddress()).isEqualTo(kept);
  }

  @Test
  void whatIsBeingSentIsKeptAndThenThereIsNoRoom() {
    cache = new RunCache(2 * RUN_BYTES);
    byte[] octets = TestFiles.random(4 * RUN_BYTES, 1);
    int blocks = RunCache.blocks(1020);
    ByteBuf first = get(octets, 1020, 1);
    get(octets, 1020, 1 + blocks);
    assertThat(get(octets, 1020, 1 + 2L * blocks)).isNull();
    assertThat(first.getUnsignedShort(0)).isEqualTo(TftpCodec.DATA);
    assertThat(cache.bytes()).isLessThanOrEqualTo(2 * RUN_BYTES);
    release();
    assertThat(get(octets, 1020, 1 + 2L * blocks)).isNotNull();
  }

  @Test
  void withoutRoomNothingIsKept() {
    cache = new RunCache(0);
    assertThat(get(TestFiles.random(20_000, 1), 512, 1)).isNull();
  }
}
