// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FrameSplitterTest {
  private static final int MAX = 2048;

  /** Reads a stream that arrives in pieces of a size, to its end. */
  private static List<String> split(String stream, int piece) {
    FrameSplitter splitter = new FrameSplitter(MAX);
    List<String> messages = new ArrayList<>();
    for (int i = 0; i < stream.length(); i += piece) {
      String part = stream.substring(i, Math.min(stream.length(), i + piece));
      ByteBuf in = Unpooled.copiedBuffer(part, ISO_8859_1);
      for (byte[] each = splitter.next(in); each != null; each = splitter.next(in)) {
        messages.add(new String(each, ISO_8859_1));
      }
      assertThat(in.isReadable()).isFalse();
    }
    byte[] rest = splitter.end();
    if (rest != null) {
      messages.add(new String(rest, ISO_8859_1));
    }
    return messages;
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        Arguments.of("lines", "<30>a\n<30>b\n", List.of("<30>a", "<30>b")),
        Arguments.of("NUL as trailer", "<30>a\0<30>b\0", List.of("<30>a", "<30>b")),
        Arguments.of("CRLF as trailer", "<30>a\r\n<30>b\r\n", List.of("<30>a\r", "<30>b\r")),
        Arguments.of("LF and NUL as trailer", "<30>a\n\0<30>b\n\0", List.of("<30>a", "<30>b")),
        Arguments.of("empty lines", "\n\r\n\0\n<30>a\n\n\n", List.of("<30>a")),
        Arguments.of("no trailer at the end", "<30>a\n<30>b", List.of("<30>a", "<30>b")),
        Arguments.of("counts", "5 <30>a6 <30>bc", List.of("<30>a", "<30>bc")),
        Arguments.of("counted, with LF and NUL inside", "9 <30>a\nb\0c", List.of("<30>a\nb\0c")),
        Arguments.of(
            "counted, and a LF that is not", "5 <30>a\n5 <30>b\n", List.of("<30>a", "<30>b")),
        Arguments.of(
            "counts and lines in turn",
            "5 <30>a<30>b\n5 <30>c<30>d\0",
            List.of("<30>a", "<30>b", "<30>c", "<30>d")),
        Arguments.of("a number that is no count", "12 monkeys\n", List.of("12 monkeys")),
        Arguments.of(
            "after a count another one",
            "5 <30>a13 <x>12 monkeys",
            List.of("<30>a", "<x>12 monkeys")),
        Arguments.of("counted text without priority", "5 <30>a3 abc", List.of("<30>a", "abc")),
        Arguments.of("a time", "2025-07-04T10:20:30Z a b\n", List.of("2025-07-04T10:20:30Z a b")),
        Arguments.of("a number alone", "1234\n", List.of("1234")),
        Arguments.of("a number and a blank alone", "12 \n<30>a\n", List.of("12 ", "<30>a")),
        Arguments.of("a count beginning with 0", "05 <30>a\n", List.of("05 <30>a")),
        Arguments.of("a count of ten digits", "1000000000 <30>a\n", List.of("1000000000 <30>a")),
        Arguments.of("the end within a count", "12", List.of("12")),
        Arguments.of("the end behind a count", "12 ", List.of("12 ")),
        Arguments.of("the end within a counted message", "99 <30>a", List.of("<30>a")),
        Arguments.of(
            "a count that is too small", "5 <30>abc\n<30>d\n", List.of("<30>a", "bc", "<30>d")),
        Arguments.of("nothing", "", List.of()),
        Arguments.of("blanks", "  \n", List.of("  ")),
        Arguments.of("all kinds of octets", "\u00ff\u0001\u007f\n", List.of("\u00ff\u0001\u007f")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("streams")
  void messagesAreTheSameHoweverTheStreamIsCut(String name, String stream, List<String> expected) {
    for (int piece = 1; piece <= Math.max(1, stream.length()); piece++) {
      assertThat(split(stream, piece)).as("in pieces of %d", piece).isEqualTo(expected);
    }
  }

  @Test
  void longerMessageIsCutAndTheNextIsWhole() {
    String line = "<30>" + "x".repeat(3000);
    String counted = (line.length()) + " " + line;
    for (int piece : new int[] {1, 7, 2048, 2049, 10_000}) {
      assertThat(split(line + "\n<30>a\n" + counted + "5 <30>b", piece))
          .containsExactly(line.substring(0, MAX), "<30>a", line.substring(0, MAX), "<30>b");
    }
  }

  @Test
  void cutIsToldOfOnce() {
    FrameSplitter splitter = new FrameSplitter(MAX);
    ByteBuf in = Unpooled.copiedBuffer("x".repeat(3000) + "\n<30>a\n", ISO_8859_1);
    assertThat(splitter.next(in)).hasSize(MAX);
    assertThat(splitter.lastWasCut()).isTrue();
    assertThat(splitter.next(in)).hasSize(5);
    assertThat(splitter.lastWasCut()).isFalse();
  }

  @Test
  void exactlyTheLongestIsNotCut() {
    FrameSplitter splitter = new FrameSplitter(MAX);
    ByteBuf in = Unpooled.copiedBuffer("x".repeat(MAX) + "\n", ISO_8859_1);
    assertThat(splitter.next(in)).hasSize(MAX);
    assertThat(splitter.lastWasCut()).isFalse();
  }

  @Test
  void endWithinACountedMessageIsKnown() {
    FrameSplitter splitter = new FrameSplitter(MAX);
    assertThat(splitter.next(Unpooled.copiedBuffer("99 <30>a", ISO_8859_1))).isNull();
    assertThat(splitter.isWithinCounted()).isTrue();
    assertThat(splitter.end()).hasSize(5);
    assertThat(splitter.isWithinCounted()).isFalse();
    assertThat(splitter.end()).isNull();
  }
}
