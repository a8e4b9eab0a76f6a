// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholderTest {

  @Test
  void hookOsHasTheSpecifiedText() throws Exception {
    byte[] text = IsoMachines.placeholder().getBytes(StandardCharsets.US_ASCII);
    assertThat(text).hasSize(1024);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text)))
        .isEqualTo("252feaf619f32ca02d967c78c9fa1434c4c70c7774bf038e1de2fafbc5e88a78");
  }

  @Test
  void emptyTextIsNoPlaceholder() {
    assertThatThrownBy(() -> Placeholder.of("")).hasMessageContaining("magicString");
  }

  /** I20: a piece may end at each of the inner positions. */
  @Test
  void placeholderIsFoundWhereverAPieceEnds() {
    byte[] image = IsoMachines.image();
    byte[] expected = IsoMachines.imageForA();
    for (int cut = IsoMachines.AT - 2; cut <= IsoMachines.AT + 1026; cut++) {
      Sink sink = new Sink(Placeholder.hookOs(), IsoMachines.PATCH_A);
      sink.take(image, 0, cut);
      // Nothing but a beginning of the placeholder may be held back.
      assertThat(sink.size()).isGreaterThanOrEqualTo(Math.min(cut, IsoMachines.AT));
      sink.take(image, cut, image.length);
      assertThat(sink.end()).as("cut at %d", cut).isEqualTo(expected);
      assertThat(sink.replacing.count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 1023, 1024, 1025})
  void placeholderIsFoundInPiecesOfAnySize(int size) {
    byte[] image = IsoMachines.image();
    Sink sink = new Sink(Placeholder.hookOs(), IsoMachines.PATCH_A);
    for (int at = 0; at < image.length; at += size) {
      sink.take(image, at, Math.min(image.length, at + size));
    }
    assertThat(sink.end()).isEqualTo(IsoMachines.imageForA());
  }

  /** I21. */
  @ParameterizedTest(name = "{0} becomes {1}")
  @CsvSource({
    "xMAGICyMAGICz, x12345y12345z",
    "MAGICMAGIC, 1234512345",
    "MAGIMAGIC, MAGI12345",
    "MAMAGIC, MA12345",
    "MAGI, MAGI",
    "M, M",
    "GIC, GIC",
  })
  void everyOccurrenceIsReplacedAndNothingElse(String text, String expected) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    for (int cut = 0; cut <= bytes.length; cut++) {
      Sink sink = new Sink(Placeholder.of("MAGIC"), "12345");
      sink.take(bytes, 0, cut);
      sink.take(bytes, cut, bytes.length);
      assertThat(sink.end()).asString(StandardCharsets.US_ASCII).isEqualTo(expected);
    }
  }

  /** Few letters make beginnings, repetitions and near misses likely. */
  @Test
  void equalsASearchInTheWholeTextForRandomTextsAndPieces() {
    long seed = System.nanoTime();
    System.out.println("PlaceholderTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      String magic = letters(random, 1 + random.nextInt(6));
      String text = letters(random, random.nextInt(60));
      String replacement = "#".repeat(magic.length());
      Sink sink = new Sink(Placeholder.of(magic), replacement);
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      int at = 0;
      while (at < bytes.length) {
        int to = Math.min(bytes.length, at + random.nextInt(8));
        sink.take(bytes, at, to);
        at = to;
      }
      assertThat(sink.end())
          .as("%s in %s", magic, text)
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo(text.replace(magic, replacement));
    }
  }

  private static String letters(SplittableRandom random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }

  private static final class Sink {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Placeholder.Replacing replacing;

    Sink(Placeholder placeholder, String text) {
      String padded = IsoMachines.padded(text, placeholder.length());
      replacing = placeholder.new Replacing(padded.getBytes(StandardCharsets.US_ASCII));
    }

    void take(byte[] bytes, int from, int to) {
      // As java.net.http gives them: read-only, and not from the start of an array.
      replacing.take(ByteBuffer.wrap(bytes, from, to - from).asReadOnlyBuffer(), this::add);
    }

    private void add(ByteBuffer piece) {
      byte[] bytes = new byte[piece.remaining()];
      piece.get(bytes);
      out.writeBytes(bytes);
    }

    int size() {
      return out.size();
    }

    byte[] end() {
      replacing.end(this::add);
      return out.toByteArray();
    }
  }
}
