// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** The text in an ISO that is to be replaced, prepared for a search. Immutable. */
final class Placeholder {
  private static final Placeholder HOOKOS = new Placeholder(load());

  private final byte[] text;

  /** How far the search may move on, by the byte that stands at the text's last place. */
  private final int[] skips = new int[256];

  /** For each number of matching bytes, the next smaller number that may still match. */
  private final int[] borders;

  private Placeholder(byte[] text) {
    this.text = text;
    Arrays.fill(skips, text.length);
    for (int i = 0; i < text.length - 1; i++) {
      skips[text[i] & 0xff] = text.length - 1 - i;
    }
    borders = new int[text.length + 1];
    int border = 0;
    for (int i = 1; i < text.length; i++) {
      while (border > 0 && text[i] != text[border]) {
        border = borders[border];
      }
      if (text[i] == text[border]) {
        border++;
      }
      borders[i + 1] = border;
    }
  }

  /** Returns the one that every HookOS image has for its kernel command line. */
  static Placeholder hookOs() {
    return HOOKOS;
  }

  /** Returns another one, not empty. */
  static Placeholder of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("magicString: empty (expected: one character or more)");
    }
    return new Placeholder(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] load() {
    try (InputStream in = Placeholder.class.getResourceAsStream("hookos-placeholder.txt")) {
      if (in == null) {
        throw new IllegalStateException("hookos-placeholder.txt is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .replaceAll("\\s", "")
          .getBytes(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int length() {
    return text.length;
  }

  /** Returns the first bytes of the text. */
  ByteBuffer start(int count) {
    return ByteBuffer.wrap(text, 0, count).slice().asReadOnlyBuffer();
  }

  /** After that many matching bytes and a mismatch: how many of the last ones may begin a match. */
  int border(int matched) {
    return borders[matched];
  }

  /** Tells whether these bytes of a buffer are those of the text from a place on. */
  boolean matches(ByteBuffer in, int at, int from, int count) {
    for (int i = 0; i < count; i++) {
      if (in.get(at + i) != text[from + i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns where the text is in a buffer, the first place; -1 for nowhere (Horspool's search). */
  int find(ByteBuffer in, int from, int to) {
    int last = text.length - 1;
    int at = from;
    while (at <= to - text.length) {
      byte end = in.get(at + last);
      if (end == text[last] && matches(in, at, 0, last)) {
        return at;
      }
      at += skips[end & 0xff];
    }
    return -1;
  }

  /** Returns where the longest beginning of the text is that the buffer ends with. */
  int beginning(ByteBuffer in, int from, int to) {
    int at = Math.max(from, to - text.length + 1);
    while (at < to && !(in.get(at) == text[0] && matches(in, at, 0, to - at))) {
      at++;
    }
    return at;
  }

  /** Gives a body's bytes on with every placeholder replaced, whatever pieces they come in. */
  final class Replacing {
    private final byte[] replacement;
    private int held;
    private int count;

    /**
     * Begins at the beginning of a body.
     *
     * @param replacement as long as the placeholder
     */
    Replacing(byte[] replacement) {
      if (replacement.length != text.length) {
        throw new IllegalArgumentException(
            "replacement: " + replacement.length + " (expected: " + text.length + ")");
      }
      this.replacement = replacement;
    }

    /** Returns how many placeholders were replaced. */
    int count() {
      return count;
    }

    /** Takes the next bytes; those at the end that may be the beginning of one stay here. */
    void take(ByteBuffer in, Consumer<ByteBuffer> out) {
      int at = in.position();
      int end = in.limit();
      // What was held is the beginning of the text, so its length is all there is to remember.
      while (held > 0) {
        int more = Math.min(text.length - held, end - at);
        if (!matches(in, at, held, more)) {
          int keep = borders[held];
          out.accept(start(held - keep));
          held = keep;
        } else if (held + more < text.length) {
          held += more;
          return;
        } else {
          held = 0;
          at += more;
          replace(out);
        }
      }
      for (int hit = find(in, at, end); hit >= 0; hit = find(in, at, end)) {
        pass(in, at, hit, out);
        replace(out);
        at = hit + text.length;
      }
      int tail = beginning(in, at, end);
      pass(in, at, tail, out);
      held = end - tail;
    }

    /** Gives out what was held: there is no more. */
    void end(Consumer<ByteBuffer> out) {
      if (held > 0) {
        out.accept(start(held));
        held = 0;
      }
    }

    private void replace(Consumer<ByteBuffer> out) {
      count++;
      out.accept(ByteBuffer.wrap(replacement).asReadOnlyBuffer());
    }

    private static void pass(ByteBuffer in, int from, int to, Consumer<ByteBuffer> out) {
      if (from < to) {
        out.accept(in.duplicate().position(from).limit(to).slice());
      }
    }
  }
}
