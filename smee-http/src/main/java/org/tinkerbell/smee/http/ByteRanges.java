// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code Range} header field (RFC 9110 §14.1.2 and §14.2). */
final class ByteRanges {
  /** The field is absent, broken, of another unit, or asks for more than it is worth: all of it. */
  static final ByteRanges WHOLE = new ByteRanges(List.of());

  /** No part of the body is in any of the ranges. */
  static final ByteRanges UNSATISFIABLE = new ByteRanges(List.of());

  private final List<Range> ranges;

  private ByteRanges(List<Range> ranges) {
    this.ranges = ranges;
  }

  List<Range> ranges() {
    return ranges;
  }

  /** A part of a body: where it begins and how long it is. */
  record Range(long offset, long length) {
    /** Returns the text of a Content-Range field for a body of this size. */
    String contentRange(long size) {
      return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
    }
  }

  /**
   * Reads the field.
   *
   * @param maxRanges how many ranges are served; a request for more gets the whole
   */
  static ByteRanges parse(String field, long size, int maxRanges) {
    String value = field.trim();
    if (!value.toLowerCase(Locale.ROOT).startsWith("bytes=")) {
      return WHOLE;
    }
    String[] specs = value.substring(6).split(",", maxRanges + 2);
    List<Range> ranges = new ArrayList<>();
    int asked = 0;
    for (String element : specs) {
      String spec = element.trim();
      if (spec.isEmpty()) {
        continue;
      }
      if (++asked > maxRanges) {
        return WHOLE;
      }
      Range range = range(spec, size);
      if (range == null) {
        return WHOLE;
      }
      if (range.length > 0) {
        ranges.add(range);
      }
    }
    if (asked == 0) {
      return WHOLE;
    }
    if (ranges.isEmpty()) {
      return UNSATISFIABLE;
    }
    // Overlapping ranges only serve to make a server send a body many times (RFC 9110 §14.2).
    return ranges.size() > 1 && ranges.stream().mapToLong(Range::length).sum() > size
        ? WHOLE
        : new ByteRanges(List.copyOf(ranges));
  }

  /** Reads one range; null if it is broken, of length zero if it is beyond the body. */
  private static @Nullable Range range(String spec, long size) {
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return null;
    }
    String firstText = spec.substring(0, dash).trim();
    String lastText = spec.substring(dash + 1).trim();
    long first = number(firstText);
    long last = number(lastText);
    if (firstText.isEmpty()) {
      if (last < 0) {
        return null;
      }
      long length = Math.min(last, size);
      return new Range(size - length, length);
    }
    if (first < 0 || (last < 0 && !lastText.isEmpty()) || (last >= 0 && last < first)) {
      return null;
    }
    if (first >= size) {
      return new Range(0, 0);
    }
    long end = last < 0 ? size - 1 : Math.min(last, size - 1);
    return new Range(first, end - first + 1);
  }

  /** Reads digits; more than fit count as the largest number, anything else is -1. */
  private static long number(String digits) {
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : value * 10 + (c - '0');
    }
    return digits.isEmpty() ? -1 : value;
  }
}
