// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range as a client asks for it, before the length of the whole is known.
 *
 * @param first the first byte; -1 for the last {@code last} bytes
 * @param last the last byte, inclusive; -1 for the end
 */
record AskedRange(long first, long last) {
  private static final Pattern SINGLE =
      Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*", Pattern.CASE_INSENSITIVE);

  /**
   * Reads the {@code Range} fields of a request. What is not one well-formed range is as good as
   * none (RFC 9110 §14.2): the answer is then the whole.
   */
  static Optional<AskedRange> parse(List<String> fields) {
    Matcher matcher = SINGLE.matcher(fields.size() == 1 ? fields.get(0) : "");
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty() && last.isEmpty()) {
      return Optional.empty();
    }
    AskedRange range =
        new AskedRange(
            first.isEmpty() ? -1 : Long.parseLong(first),
            last.isEmpty() ? -1 : Long.parseLong(last));
    boolean backwards = range.first >= 0 && range.last >= 0 && range.last < range.first;
    return backwards ? Optional.empty() : Optional.of(range);
  }

  boolean isSuffix() {
    return first < 0;
  }

  /** Returns the field that asks for this and for that many bytes more on both sides. */
  String widenedBy(int margin) {
    if (isSuffix()) {
      return "bytes=-" + (last + margin);
    }
    return "bytes=" + Math.max(0, first - margin) + "-" + (last < 0 ? "" : last + margin);
  }
}
