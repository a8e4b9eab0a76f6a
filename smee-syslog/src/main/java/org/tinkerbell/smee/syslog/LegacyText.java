// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads what follows the priority in messages that are not RFC 5424. There is no text that cannot
 * be read: what is not recognised belongs to the message.
 */
final class LegacyText {
  private static final int STAMP_LENGTH = 15;
  private static final int MAX_HOST_LENGTH = 255;
  private static final int MAX_TIME_LENGTH = 32;
  private final Octets octets;
  private final SyslogMessage.Parts parts;
  private final Instant receivedAt;

  LegacyText(Octets octets, SyslogMessage.Parts parts, Instant receivedAt) {
    this.octets = octets;
    this.parts = parts;
    this.receivedAt = receivedAt;
  }

  /** Reads from an index on. */
  void read(int begin) {
    int at = afterTime(begin);
    int blank = endOfHost(at);
    if (blank > 0) {
      parts.hostname = octets.text(at, blank);
      at = blank + 1;
    }
    at = afterTag(at);
    at = afterRepetitions(at);
    parts.message = octets.text(at, octets.end());
  }

  private int afterTime(int at) {
    if (octets.at(at + STAMP_LENGTH) == ' ') {
      Timestamps.@Nullable Stamp stamp = Timestamps.stamp(octets, at);
      if (stamp != null) {
        parts.stamp = stamp;
        return at + STAMP_LENGTH + 1;
      }
    }
    int blank = isDigit(octets.at(at)) ? octets.indexOf(' ', at) : -1;
    if (blank > at && blank - at <= MAX_TIME_LENGTH) {
      @Nullable Instant time = Timestamps.rfc3339(octets.text(at, blank));
      if (time != null) {
        parts.timestamp = time;
        return blank + 1;
      }
    }
    return at;
  }

  /** Returns where the blank after a host name is, or -1 if what follows is not a tag. */
  private int endOfHost(int begin) {
    int blank = begin;
    while (isHost(octets.at(blank))) {
      blank++;
    }
    int length = blank - begin;
    if (length < 1 || length > MAX_HOST_LENGTH || octets.at(blank) != ' ') {
      return -1;
    }
    // "ipxe: net0: ..." begins with a tag, not with a host.
    if (octets.at(blank - 1) == ':') {
      return -1;
    }
    int tag = blank + 1;
    int end = tag;
    boolean digits = true;
    while (isTag(octets.at(end))) {
      digits &= isDigit(octets.at(end));
      end++;
    }
    if (end == tag) {
      return -1;
    }
    if (octets.at(end) == '[') {
      int close = octets.indexOf(']', end);
      if (close < 0) {
        return -1;
      }
      end = close + 1;
    } else if (digits && isDigit(octets.at(end + 1))) {
      // "up 10:20:30 ..." has a time of day there.
      return -1;
    }
    return octets.at(end) == ':' ? blank : -1;
  }

  private int afterTag(int begin) {
    int at = begin;
    while (isTag(octets.at(at))) {
      at++;
    }
    if (at == octets.end()) {
      return begin;
    }
    parts.appName = octets.text(begin, at);
    if (octets.at(at) == '[') {
      int close = octets.indexOf(']', at);
      if (close > 0) {
        parts.procid = octets.text(at + 1, close);
        at = close + 1;
      }
    }
    return octets.startsWith(at, ": ") ? at + 2 : at;
  }

  /** Passes over what only repeats the header: severity, time; and over one CR. */
  private int afterRepetitions(int begin) {
    int at = begin;
    String severity = parts.severity.name();
    if (octets.startsWith(at, severity) && octets.startsWith(at + severity.length(), ": ")) {
      at += severity.length() + 2;
    }
    if (isDigit(octets.at(at))) {
      Instant time = time();
      String repeated = Timestamps.dateAndTime(time) + " ";
      if (octets.startsWith(at, repeated)) {
        at += repeated.length();
      }
    }
    return octets.at(at) == '\r' ? at + 1 : at;
  }

  /** Returns the message's time, or that of its arrival if it has none. */
  private Instant time() {
    @Nullable Instant time = parts.stamp == null ? parts.timestamp : parts.stamp.near(receivedAt);
    return time == null ? receivedAt : time;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetterOrDigit(int c) {
    return isDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static boolean isHost(int c) {
    return isLetterOrDigit(c) || c == '.' || c == '-' || c == '_' || c == ':';
  }

  private static boolean isTag(int c) {
    return isLetterOrDigit(c) || c == '-' || c == '_' || c == '/' || c == '.';
  }
}
