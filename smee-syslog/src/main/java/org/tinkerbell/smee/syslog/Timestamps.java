// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two forms of time in syslog messages. */
final class Timestamps {
  /** The length of {@code 2006-01-02T15:04:05.999999+07:00}. */
  private static final int MAX_LENGTH = 32;

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  /** A stamp that lies further ahead than this is one of last year. */
  private static final Duration FUTURE = Duration.ofDays(31);

  private static final Duration DAY = Duration.ofDays(1);

  /** Times of arrival beyond these come from a broken clock, and have no year to calculate with. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9998-12-31T23:59:59Z");

  private static final DateTimeFormatter DATE_AND_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /**
   * A stamp of RFC 3164, which has no year.
   *
   * @param month 1 to 12
   */
  record Stamp(int month, int day, int hour, int minute, int second) {

    /** Returns the time in the year that puts it near to its arrival, or null if it has none. */
    @Nullable Instant near(Instant arrival) {
      if (arrival.isBefore(FIRST) || arrival.isAfter(LAST)) {
        return null;
      }
      int year = arrival.atOffset(ZoneOffset.UTC).getYear();
      @Nullable Instant now = in(year);
      @Nullable Instant next = in(year + 1);
      if (next != null && Duration.between(arrival, next).compareTo(DAY) < 0) {
        return next;
      }
      if (now != null && Duration.between(arrival, now).compareTo(FUTURE) > 0) {
        return in(year - 1);
      }
      return now;
    }

    private @Nullable Instant in(int year) {
      try {
        return LocalDateTime.of(year, month, day, hour, minute, second).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        // 29 February of another year.
        return null;
      }
    }
  }

  /** Returns a time as {@code YYYY-MM-DD hh:mm:ss}, in UTC. */
  static String dateAndTime(Instant time) {
    return time.isBefore(FIRST) || time.isAfter(LAST) ? "" : DATE_AND_TIME.format(time);
  }

  /** Reads {@code Mmm dd hh:mm:ss}, 15 octets from an index on. Returns null if it is none. */
  static @Nullable Stamp stamp(Octets octets, int at) {
    int month = month(octets, at);
    int day = octets.at(at + 4) == ' ' ? digit(octets.at(at + 5)) : two(octets, at + 4);
    int hour = two(octets, at + 7);
    int minute = two(octets, at + 10);
    int second = two(octets, at + 13);
    boolean separated =
        octets.at(at + 3) == ' '
            && octets.at(at + 6) == ' '
            && octets.at(at + 9) == ':'
            && octets.at(at + 12) == ':';
    if (!separated || month < 0 || day < 1 || hour < 0 || minute < 0 || second < 0) {
      return null;
    }
    // In a leap year, so that 29 February is a date; others are judged when the year is known.
    if (hour > 23 || minute > 59 || second > 59 || day > Month.of(month).maxLength()) {
      return null;
    }
    return new Stamp(month, day, hour, minute, second);
  }

  private static int month(Octets octets, int at) {
    int first = octets.at(at) | 0x20;
    int second = octets.at(at + 1) | 0x20;
    int third = octets.at(at + 2) | 0x20;
    for (int i = 0; i < MONTHS.length(); i += 3) {
      if (MONTHS.charAt(i) == first
          && MONTHS.charAt(i + 1) == second
          && MONTHS.charAt(i + 2) == third) {
        return i / 3 + 1;
      }
    }
    return -1;
  }

  private static int two(Octets octets, int at) {
    int tens = digit(octets.at(at));
    int ones = digit(octets.at(at + 1));
    return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
  }

  private static int digit(int c) {
    return c >= '0' && c <= '9' ? c - '0' : -1;
  }

  /**
   * Reads {@code YYYY-MM-DDThh:mm:ss[.fraction](Z|+hh:mm)} (RFC 5424 §6.2.3), with {@code .} or
   * {@code ,}, and {@code T} and {@code Z} in upper case. Returns null if it is none.
   */
  static @Nullable Instant rfc3339(String text) {
    if (text.length() < 20 || text.length() > MAX_LENGTH) {
      return null;
    }
    int[] parts = new int[6];
    String separators = "--T::";
    int at = 0;
    for (int i = 0; i < parts.length; i++) {
      int digits = i == 0 ? 4 : 2;
      parts[i] = number(text, at, digits);
      at += digits;
      if (parts[i] < 0 || (i < 5 && text.charAt(at++) != separators.charAt(i))) {
        return null;
      }
    }
    int nanos = 0;
    char next = text.charAt(at);
    if (next == '.' || next == ',') {
      int begin = ++at;
      int unit = 100_000_000;
      while (at < text.length() && digit(text.charAt(at)) >= 0) {
        nanos += digit(text.charAt(at++)) * unit;
        unit /= 10;
      }
      if (at == begin) {
        return null;
      }
    }
    @Nullable ZoneOffset offset = offset(text, at);
    if (offset == null) {
      return null;
    }
    try {
      return LocalDateTime.of(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], nanos)
          .toInstant(offset);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable ZoneOffset offset(String text, int at) {
    if (text.length() == at + 1 && text.charAt(at) == 'Z') {
      return ZoneOffset.UTC;
    }
    if (text.length() != at + 6 || text.charAt(at + 3) != ':') {
      return null;
    }
    int hours = number(text, at + 1, 2);
    int minutes = number(text, at + 4, 2);
    char sign = text.charAt(at);
    if ((sign != '+' && sign != '-') || hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
      return null;
    }
    int seconds = (hours * 60 + minutes) * 60;
    if (seconds > ZoneOffset.MAX.getTotalSeconds()) {
      return null;
    }
    return ZoneOffset.ofTotalSeconds(sign == '-' ? -seconds : seconds);
  }

  private static int number(String text, int at, int digits) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = i < text.length() ? digit(text.charAt(i)) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
