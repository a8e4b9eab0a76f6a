// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes messages of datagrams, whatever is in them.
 *
 * <p>Understood are RFC 5424 version 1, and everything else that begins with a priority as RFC 3164
 * in the forms that devices send:
 *
 * <pre>
 * &lt;PRI&gt;1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]
 * &lt;PRI&gt;[Mmm dd hh:mm:ss |RFC 3339 time ][HOST ]TAG[PID]: MSG
 * &lt;PRI&gt;MSG
 * </pre>
 *
 * <p>PRI is 0 to 191 in up to three digits. What has none, or another version's or a broken RFC
 * 5424 header, becomes a message that says {@link SyslogMessage#isParsed()} {@code false}.
 *
 * <p>Has no state; may be called by any thread.
 */
public final class SyslogParser {

  private SyslogParser() {}

  /**
   * Makes a message of a datagram. Never fails on its content.
   *
   * @param datagram the bytes; copied
   * @param source who sent them
   * @param receivedAt when they came in; gives the year to stamps without one
   * @return the message
   */
  public static SyslogMessage parse(byte[] datagram, InetSocketAddress source, Instant receivedAt) {
    return parseOwned(datagram.clone(), source, receivedAt);
  }

  /** Makes a message of bytes that nobody changes any more. */
  static SyslogMessage parseOwned(byte[] raw, InetSocketAddress source, Instant receivedAt) {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(receivedAt, "receivedAt");
    SyslogMessage.Parts parts = new SyslogMessage.Parts(raw, source, receivedAt);
    Octets octets = new Octets(raw);
    int content = priority(octets, parts);
    if (content < 0) {
      return parts.unparsed();
    }
    if (octets.startsWith(content, "1 ")) {
      return header(octets, content + 2, parts) ? parts.parsed() : parts.unparsed();
    }
    new LegacyText(octets, parts, receivedAt).read(content);
    return parts.parsed();
  }

  /** Reads {@code <PRI>}. Returns where the rest begins, or -1. */
  private static int priority(Octets octets, SyslogMessage.Parts parts) {
    if (octets.at(0) != '<') {
      return -1;
    }
    int value = 0;
    for (int i = 1; i <= 4; i++) {
      int c = octets.at(i);
      if (c == '>' && i > 1 && value <= 191) {
        parts.facility = Facility.of(value / 8);
        parts.severity = Severity.of(value % 8);
        return i + 1;
      }
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return -1;
  }

  /** Reads what follows the version of RFC 5424 (§6). Returns false if it is broken. */
  private static boolean header(Octets octets, int begin, SyslogMessage.Parts parts) {
    @Nullable String[] fields = new @Nullable String[5];
    int at = begin;
    for (int i = 0; i < fields.length; i++) {
      int blank = octets.indexOf(' ', at);
      if (blank <= at) {
        return false;
      }
      boolean isNil = blank == at + 1 && octets.at(at) == '-';
      fields[i] = isNil ? null : octets.text(at, blank);
      at = blank + 1;
    }
    @Nullable String timestamp = fields[0];
    if (timestamp != null) {
      @Nullable Instant time = Timestamps.rfc3339(timestamp);
      if (time == null) {
        return false;
      }
      parts.timestamp = time;
    }
    parts.hostname = fields[1];
    parts.appName = fields[2];
    parts.procid = fields[3];
    parts.msgid = fields[4];
    int end = StructuredData.read(octets, at, parts);
    if (end < 0 || (end < octets.end() && octets.at(end) != ' ')) {
      return false;
    }
    int text = Math.min(end + 1, octets.end());
    // RFC 5424 §6.4: a byte order mark says that the text is UTF-8; it is not part of it.
    if (octets.at(text) == 0xef && octets.at(text + 1) == 0xbb && octets.at(text + 2) == 0xbf) {
      text += 3;
    }
    parts.message = octets.text(text, octets.end());
    return true;
  }
}
