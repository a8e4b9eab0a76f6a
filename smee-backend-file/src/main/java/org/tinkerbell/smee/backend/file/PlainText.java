// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import org.jspecify.annotations.Nullable;

/** A text with a position in it that knows its line and column. */
final class PlainText {
  /** What a character is that cannot be read since the text is over. */
  static final char END = 0;

  /** A power of two. */
  private static final int KNOWN = 1024;

  private static final int LONGEST_KNOWN = 48;

  private final String text;
  private final @Nullable String[] known = new @Nullable String[KNOWN];
  private int position;
  private int lineStart;
  private int line = 1;

  PlainText(String text) {
    this.text = text;
  }

  /**
   * Finds what is not a visible ASCII character, a line feed or a letter of the basic plane: of
   * these a column is one, and no reader takes any of them for the end of a line.
   *
   * @return its index, or -1
   */
  int firstUnusual() {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean usual = c < 0x7f ? c >= ' ' || c == '\n' : c >= 0xa0 && isLetterLike(c);
      if (!usual) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isLetterLike(char c) {
    return c < 0xfffe && c != '\u2028' && c != '\u2029' && c != '\ufeff' && !isSurrogate(c);
  }

  private static boolean isSurrogate(char c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  /** Returns the character here. */
  char here() {
    return at(0);
  }

  /** Returns the character this far from here, or {@link #END}. */
  char at(int distance) {
    int index = position + distance;
    return index >= 0 && index < text.length() ? text.charAt(index) : END;
  }

  boolean atEnd() {
    return position >= text.length();
  }

  int line() {
    return line;
  }

  /** Returns the column, counted from 0 as indents are. */
  int column() {
    return position - lineStart;
  }

  int position() {
    return position;
  }

  /** Goes on by some characters, none of which ends a line. */
  void skip(int characters) {
    position += characters;
  }

  /** Goes back to a position in this line. */
  void back(int to) {
    position = to;
  }

  void skipBlanks() {
    while (here() == ' ') {
      position++;
    }
  }

  /** Goes to the end of this line. */
  void skipToLineEnd() {
    int end = text.indexOf('\n', position);
    position = end < 0 ? text.length() : end;
  }

  /** Goes over the line feed here. */
  void nextLine() {
    position++;
    line++;
    lineStart = position;
  }

  /** Tells whether nothing or a line feed is here. */
  boolean atLineEnd() {
    return atEnd() || here() == '\n';
  }

  /** Tells whether a character is a blank, a line feed or {@link #END}. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == END;
  }

  /**
   * Returns what stands from a position to here. Short texts are the same object when they come
   * again: a file of many machines has few names and many equal values.
   */
  String from(int begin) {
    return between(begin, position);
  }

  /** Returns what stands between two positions. */
  String between(int begin, int end) {
    int length = end - begin;
    if (length > LONGEST_KNOWN) {
      return text.substring(begin, end);
    }
    int hash = length;
    for (int i = begin; i < end; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int slot = (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (KNOWN - 1);
    @Nullable String same = known[slot];
    if (same != null && same.length() == length && text.startsWith(same, begin)) {
      return same;
    }
    String fresh = text.substring(begin, end);
    known[slot] = fresh;
    return fresh;
  }
}
