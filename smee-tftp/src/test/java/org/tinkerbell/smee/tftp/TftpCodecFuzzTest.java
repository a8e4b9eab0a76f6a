// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TftpCodecFuzzTest {

  private static final long SEED = 20_261_121;
  private static final int ROUNDS = 100_000;

  @Test
  void whateverComesIsAPacketOrADecodeException() {
    Random random = new Random(SEED);
    List<byte[]> seeds = TftpCodecTest.packets().map(TftpCodec::encode).toList();
    int packets = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] datagram = mutate(seeds.get(random.nextInt(seeds.size())), random);
      try {
        TftpPacket packet = TftpCodec.decode(datagram);
        packets++;
        if (!TftpCodec.decode(TftpCodec.encode(packet)).equals(packet)) {
          throw new AssertionError("seed " + SEED + " round " + round + ": " + packet);
        }
      } catch (TftpDecodeException e) {
        if (e.offset() < 0 || e.offset() > datagram.length) {
          throw new AssertionError("seed " + SEED + " round " + round + ": " + e.offset());
        }
      }
    }
    assertThat(packets).as("seed %d", SEED).isBetween(ROUNDS / 10, ROUNDS);
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] copy = java.util.Arrays.copyOf(seed, Math.max(0, seed.length + random.nextInt(5) - 2));
    for (int i = random.nextInt(4); i > 0 && copy.length > 0; i--) {
      int at = random.nextInt(3) == 0 ? Math.min(1, copy.length - 1) : random.nextInt(copy.length);
      copy[at] = (byte) (at == 1 ? random.nextInt(9) : random.nextInt(256));
    }
    return copy;
  }
}
