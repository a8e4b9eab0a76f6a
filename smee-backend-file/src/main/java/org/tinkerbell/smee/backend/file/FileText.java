// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * The text of a hardware file, in the encoding that its first bytes tell.
 *
 * <p>It is decoded as it is read, so that a large file stands in memory once.
 */
final class FileText {
  private final byte[] bytes;
  private final int begin;
  private final Charset charset;

  private FileText(byte[] bytes, int begin, Charset charset) {
    this.bytes = bytes;
    this.begin = begin;
    this.charset = charset;
  }

  /**
   * Makes the text of a file.
   *
   * @param bytes UTF-8, or UTF-16 with a byte order mark; not copied
   */
  static FileText of(byte[] bytes) {
    if (startsWith(bytes, 0xef, 0xbb, 0xbf)) {
      return new FileText(bytes, 3, StandardCharsets.UTF_8);
    }
    if (startsWith(bytes, 0xfe, 0xff)) {
      return new FileText(bytes, 2, StandardCharsets.UTF_16BE);
    }
    if (startsWith(bytes, 0xff, 0xfe)) {
      return new FileText(bytes, 2, StandardCharsets.UTF_16LE);
    }
    return new FileText(bytes, 0, StandardCharsets.UTF_8);
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if ((bytes[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private int length() {
    return bytes.length - begin;
  }

  /** Returns a reader that fails at what is no text. */
  Reader open() {
    return new InputStreamReader(new ByteArrayInputStream(bytes, begin, length()), decoder());
  }

  private CharsetDecoder decoder() {
    return charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /** Returns the fault at the first bytes that are no text. */
  BadFileException encodingFault() {
    ByteBuffer in = ByteBuffer.wrap(bytes, begin, length());
    CharsetDecoder decoder = decoder();
    CharBuffer out = CharBuffer.allocate(8192);
    int line = 1;
    int column = 1;
    CoderResult result;
    do {
      result = decoder.decode(in, out, true);
      out.flip();
      while (out.hasRemaining()) {
        boolean newLine = out.get() == '\n';
        line += newLine ? 1 : 0;
        column = newLine ? 1 : column + 1;
      }
      out.clear();
    } while (result.isOverflow());
    return new BadFileException(line, column, "the text is not valid " + charset.name());
  }

  /**
   * Returns the fault at a character.
   *
   * @param position the number of characters (code points) before it
   */
  BadFileException faultAt(int position, String reason) {
    String text = new String(bytes, begin, length(), charset);
    int line = 1;
    int column = 1;
    int length = text.codePointCount(0, text.length());
    int stop = text.offsetByCodePoints(0, Math.min(position, length));
    for (int i = 0; i < stop; i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line++;
        column = 1;
      } else if (!Character.isLowSurrogate(c)) {
        column++;
      }
    }
    return new BadFileException(line, column, reason);
  }
}
