// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random and mutated octets always give a message. */
class SyslogParserFuzzTest {
  private static final InetSocketAddress SOURCE = new InetSocketAddress("192.0.2.1", 514);
  private static final Instant ARRIVAL = Instant.parse("2025-07-04T10:20:30Z");
  private static final List<String> SEEDS =
      SyslogParserGoldenTest.cases().map(arguments -> (String) arguments.get()[1]).toList();
  private static final String SPECIAL =
      "<>[]:\"\\= -.0123456789Z+T\0\r\n\t{}\u00ef\u00bb\u00bf\u00ff";

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 20260101})
  void everyDatagramGivesAMessage(long seed) {
    Random random = new Random(seed);
    int parsed = 0;
    int unparsed = 0;
    for (int round = 0; round < 40_000; round++) {
      byte[] bytes = random.nextInt(5) == 0 ? noise(random) : mutate(random);
      SyslogMessage message;
      try {
        message = SyslogParser.parse(bytes, SOURCE, ARRIVAL);
        assertThat(message.message().length()).isLessThanOrEqualTo(bytes.length);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("seed " + seed + ": " + HexFormat.of().formatHex(bytes), e);
      }
      if (message.isParsed()) {
        parsed++;
      } else {
        unparsed++;
      }
    }
    assertThat(parsed).isPositive();
    assertThat(unparsed).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<30>1 - - - - - [", "<30>1 - - - - - [a ", "<30>", "<30>a[", "<30>a "})
  void longestDatagramsAreReadInLinearTime(String begin) {
    for (String fill : List.of("[", "a=\"\" ", "\\\"", "x", ":", " ", "1")) {
      String text = (begin + fill.repeat(65_507)).substring(0, 65_507);
      long started = System.nanoTime();
      SyslogParser.parse(text.getBytes(StandardCharsets.ISO_8859_1), SOURCE, ARRIVAL);
      assertThat(System.nanoTime() - started).isLessThan(5_000_000_000L);
    }
  }

  private static byte[] noise(Random random) {
    byte[] bytes = new byte[random.nextInt(80)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] mutate(Random random) {
    byte[] bytes =
        SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.ISO_8859_1).clone();
    int edits = random.nextInt(5);
    for (int i = 0; i < edits && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) SPECIAL.charAt(random.nextInt(SPECIAL.length()));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes = Arrays.copyOf(bytes, at);
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          longer[at] = (byte) SPECIAL.charAt(random.nextInt(SPECIAL.length()));
          bytes = longer;
        }
      }
    }
    return bytes;
  }
}
