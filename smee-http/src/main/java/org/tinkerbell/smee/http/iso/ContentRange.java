// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of the whole a response holds (RFC 9110 §14.4).
 *
 * @param first the first byte
 * @param last the last byte, inclusive
 * @param total the length of the whole; -1 if it is not told
 */
record ContentRange(long first, long last, long total) {
  private static final Pattern FORM =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

  static Optional<ContentRange> parse(String field) {
    Matcher matcher = FORM.matcher(field.trim());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String total = matcher.group(3);
    ContentRange range =
        new ContentRange(
            Long.parseLong(matcher.group(1)),
            Long.parseLong(matcher.group(2)),
            total.equals("*") ? -1 : Long.parseLong(total));
    boolean sound = range.first <= range.last && (range.total < 0 || range.last < range.total);
    return sound ? Optional.of(range) : Optional.empty();
  }

  long length() {
    return last - first + 1;
  }

  /**
   * Returns what of this answers a client's range, if a margin on both sides is there too, as far
   * as the whole reaches. The length of the part is zero if the range begins behind the whole.
   */
  Optional<ContentRange> partFor(AskedRange asked, int margin) {
    long from = asked.first();
    if (asked.isSuffix()) {
      if (total < 0) {
        return Optional.empty();
      }
      from = Math.max(0, total - asked.last());
    }
    long to = asked.isSuffix() || asked.last() < 0 ? last : Math.min(asked.last(), last);
    if (total >= 0 && from >= total) {
      return Optional.of(new ContentRange(from, from - 1, total));
    }
    boolean open = asked.isSuffix() || asked.last() < 0;
    long wantedEnd = open ? Long.MAX_VALUE : asked.last() + margin;
    boolean reaches = total < 0 || last >= Math.min(wantedEnd, total - 1);
    boolean begins = first <= Math.max(0, from - margin);
    return begins && reaches && to >= from
        ? Optional.of(new ContentRange(from, to, total))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "bytes " + first + "-" + last + "/" + (total < 0 ? "*" : Long.toString(total));
  }
}
