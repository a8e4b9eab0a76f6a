// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The date formats of RFC 9110 §5.6.7. */
final class HttpDates {
  private static final DateTimeFormatter IMF =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final List<DateTimeFormatter> ACCEPTED =
      List.of(
          IMF,
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.US)
              .withZone(ZoneOffset.UTC),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US)
              .withZone(ZoneOffset.UTC));

  private volatile @Nullable Second latest;

  /** Returns the text of a moment; formats once a second only. */
  String text(Instant now) {
    Second known = latest;
    if (known == null || known.epochSecond != now.getEpochSecond()) {
      known = new Second(now.getEpochSecond(), format(now));
      latest = known;
    }
    return known.text;
  }

  static String format(Instant instant) {
    return IMF.format(instant);
  }

  static Optional<Instant> parse(String text) {
    for (DateTimeFormatter format : ACCEPTED) {
      ParsePosition position = new ParsePosition(0);
      TemporalAccessor parsed = format.parseUnresolved(text, position);
      if (parsed != null && position.getErrorIndex() < 0 && position.getIndex() == text.length()) {
        return resolve(format, text);
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> resolve(DateTimeFormatter format, String text) {
    try {
      return Optional.of(Instant.from(format.parse(text)));
    } catch (DateTimeException e) {
      // A date that does not exist counts as absent (RFC 9110 §13.1.3).
      return Optional.empty();
    }
  }

  private record Second(long epochSecond, String text) {}
}
