// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams of all sorts, cut anywhere. The seed of a failure is in its message. */
class FrameSplitterFuzzTest {
  private static final int MAX = 2048;
  private static final int STREAMS = 300;
  private static final String[] PIECES = {
    "<30>",
    "<13>1 - - - - - - ",
    "\n",
    "\0",
    "\r\n",
    " ",
    "12 ",
    "5 <",
    "999999999 ",
    "1",
    "0",
    "[",
    "x"
  };

  private static List<String> split(byte[] stream, Random random, int most) {
    FrameSplitter splitter = new FrameSplitter(MAX);
    List<String> messages = new ArrayList<>();
    int at = 0;
    while (at < stream.length) {
      int size = Math.min(stream.length - at, 1 + random.nextInt(most));
      ByteBuf in = Unpooled.wrappedBuffer(stream, at, size);
      at += size;
      for (byte[] each = splitter.next(in); each != null; each = splitter.next(in)) {
        messages.add(text(splitter, each));
      }
      assertThat(in.isReadable()).isFalse();
    }
    byte[] rest = splitter.end();
    if (rest != null) {
      messages.add(text(splitter, rest));
    }
    return messages;
  }

  private static String text(FrameSplitter splitter, byte[] message) {
    assertThat(message.length).isBetween(1, MAX);
    return (splitter.lastWasCut() ? "cut " : "") + new String(message, ISO_8859_1);
  }

  /** Bytes of all kinds, and of those that mean something most. */
  private static byte[] stream(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int pieces = random.nextInt(60);
    for (int i = 0; i < pieces; i++) {
      switch (random.nextInt(4)) {
        case 0 -> out.write(random.nextInt(256));
        case 1 -> out.writeBytes(new byte[random.nextInt(8) == 0 ? 3000 : 2]);
        case 2 -> {
          byte[] text = new byte[random.nextInt(random.nextInt(10) == 0 ? 4000 : 40)];
          Arrays.fill(text, (byte) ('a' + random.nextInt(26)));
          out.writeBytes(text);
        }
        default -> out.writeBytes(PIECES[random.nextInt(PIECES.length)].getBytes(ISO_8859_1));
      }
    }
    return out.toByteArray();
  }

  @Test
  void anyChunkingOfAnyStreamGivesTheSameMessages() {
    long first = System.nanoTime();
    System.out.println("first seed: " + first);
    for (long seed = first; seed < first + STREAMS; seed++) {
      Random random = new Random(seed);
      byte[] stream = stream(random);
      List<String> whole = split(stream, random, Math.max(1, stream.length));
      for (int most : new int[] {1, 3, 50, 5000}) {
        assertThat(split(stream, random, most))
            .as("seed %d, pieces of up to %d", seed, most)
            .isEqualTo(whole);
      }
    }
  }

  @Test
  void whatIsFramedComesOutAsItWasInWhateverFraming() {
    long first = System.nanoTime();
    System.out.println("first seed: " + first);
    for (long seed = first; seed < first + 2000; seed++) {
      Random random = new Random(seed);
      List<String> messages = new ArrayList<>();
      StringBuilder stream = new StringBuilder();
      int count = random.nextInt(20);
      for (int i = 0; i < count; i++) {
        boolean counted = random.nextBoolean();
        String inside = counted ? "\n\0 5 <30>x" : "5 <30>x";
        String message = "<" + random.nextInt(192) + ">" + i + inside.repeat(random.nextInt(100));
        message += counted ? random.nextInt(10) : "end";
        messages.add(message);
        stream.append(
            counted
                ? message.length() + " " + message
                : message + (random.nextBoolean() ? "\n" : "\0"));
      }
      byte[] bytes = stream.toString().getBytes(ISO_8859_1);
      assertThat(split(bytes, random, 1 + random.nextInt(300)))
          .as("seed %d", seed)
          .isEqualTo(messages);
    }
  }
}
