// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutates messages of real clients; run with another {@code -Dfuzz.seed} for other mutations. */
class DhcpCodecFuzzTest {

  private static final long SEED = Long.getLong("fuzz.seed", 20261121);
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 200_000);

  private final Random random = new Random(SEED);

  @Test
  void noBytesCauseAnotherExceptionAndWhatIsReadCanBeWrittenAgain() throws Exception {
    List<byte[]> seeds = Packets.captured().stream().map(Packets.Captured::bytes).toList();
    int read = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] datagram = mutated(seeds.get(random.nextInt(seeds.size())));
      DecodeOptions options =
          random.nextBoolean() ? DecodeOptions.strict() : DecodeOptions.lenient();
      try {
        DhcpMessage message = DhcpCodec.decode(datagram, options);
        read++;
        if (round % 8 == 0) {
          useEverything(message);
        }
      } catch (DhcpDecodeException e) {
        refused++;
        assertThat(e.offset()).isBetween(0, datagram.length);
      } catch (Throwable e) {
        fail("seed " + SEED + " round " + round + ": " + HexFormat.of().formatHex(datagram), e);
      }
    }
    // Both ways must have been taken often, or the mutations test nothing.
    assertThat(read).as("read, seed %d", SEED).isGreaterThan(ROUNDS / 10);
    assertThat(refused).as("refused, seed %d", SEED).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void readingAllocatesInProportionToTheDatagram() throws Exception {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] datagram = new byte[65_507];
    System.arraycopy(Packets.base(""), 0, datagram, 0, 240);
    // As many parts of as few options as fit: the worst for joining.
    for (int at = 240; at + 3 < datagram.length; at += 3) {
      datagram[at] = (byte) (1 + at % 4);
      datagram[at + 1] = 1;
    }
    datagram[datagram.length - 1] = (byte) 255;
    DhcpCodec.decode(datagram, DecodeOptions.lenient());

    long before = threads.getCurrentThreadAllocatedBytes();
    DhcpCodec.decode(datagram, DecodeOptions.lenient());
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isLessThan(32L * datagram.length);
  }

  private void useEverything(DhcpMessage message) throws DhcpDecodeException {
    message.toText();
    for (int code : message.optionCodes()) {
      DhcpOptions.byCode(code).ifPresent(message::get);
    }
    if (message.fileBytes().length > 127 || message.snameBytes().length > 63) {
      return;
    }
    DhcpMessage again = DhcpCodec.decode(DhcpCodec.encode(message.toBuilder().remove(52).build()));
    assertThat(again.optionCodes())
        .hasSameElementsAs(message.optionCodes().stream().filter(code -> code != 52).toList());
    assertThat(again.fileBytes()).isEqualTo(message.fileBytes());
  }

  private byte[] mutated(byte[] seed) {
    byte[] datagram = seed.clone();
    int mutations = 1 + random.nextInt(4);
    for (int i = 0; i < mutations; i++) {
      datagram = mutatedOnce(datagram);
    }
    return datagram;
  }

  private byte[] mutatedOnce(byte[] datagram) {
    if (datagram.length == 0) {
      return datagram;
    }
    // Most of what matters is in the options.
    int at =
        datagram.length > 240 && random.nextInt(4) != 0
            ? 240 + random.nextInt(datagram.length - 240)
            : random.nextInt(datagram.length);
    switch (random.nextInt(6)) {
      case 0 -> datagram[at] = (byte) random.nextInt(256);
      case 1 -> datagram[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        return Arrays.copyOf(datagram, at);
      }
      case 3 -> {
        return Arrays.copyOf(datagram, datagram.length + random.nextInt(64));
      }
      case 4 -> {
        int length = random.nextInt(Math.min(64, datagram.length - at));
        System.arraycopy(datagram, at, datagram, random.nextInt(datagram.length - length), length);
      }
      default -> {
        // An overload option where pads or other options were.
        if (at + 3 <= datagram.length) {
          datagram[at] = 52;
          datagram[at + 1] = 1;
          datagram[at + 2] = (byte) random.nextInt(5);
        }
      }
    }
    return datagram;
  }
}
