// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One syslog message, or the bytes of something that is none. Immutable.
 *
 * <p>All texts are UTF-8 with invalid bytes as U+FFFD. They may hold control characters and
 * terminal sequences, since anybody can send anything: escape them before they are shown.
 */
public final class SyslogMessage {
  private final byte[] raw;
  private final InetSocketAddress source;
  private final Instant receivedAt;
  private final boolean parsed;
  private final Facility facility;
  private final Severity severity;
  private final @Nullable Instant timestamp;
  private final Timestamps.@Nullable Stamp stamp;
  private final Optional<String> hostname;
  private final Optional<String> appName;
  private final Optional<String> procid;
  private final Optional<String> msgid;
  private final Map<String, Map<String, String>> structuredData;
  private final String message;

  private SyslogMessage(Parts parts, boolean parsed) {
    this.raw = parts.raw;
    this.source = parts.source;
    this.receivedAt = parts.receivedAt;
    this.parsed = parsed;
    this.facility = parts.facility;
    this.severity = parts.severity;
    this.timestamp = parts.timestamp;
    this.stamp = parts.stamp;
    this.hostname = text(parts.hostname);
    this.appName = text(parts.appName);
    this.procid = text(parts.procid);
    this.msgid = text(parts.msgid);
    this.structuredData = parts.structuredData;
    this.message = parts.message;
  }

  private static Optional<String> text(@Nullable String value) {
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /**
   * Tells whether the bytes were understood as a message.
   *
   * @return if false, there is nothing but source, time and raw bytes; facility and severity are
   *     then those that RFC 3164 §4.3.3 gives to such messages
   */
  public boolean isParsed() {
    return parsed;
  }

  /**
   * Returns what kind of program sent the message.
   *
   * @return {@link Facility#USER} if the message was not parsed
   */
  public Facility facility() {
    return facility;
  }

  /**
   * Returns how grave the message is.
   *
   * @return {@link Severity#NOTICE} if the message was not parsed
   */
  public Severity severity() {
    return severity;
  }

  /**
   * Returns the time that the sender gave.
   *
   * @return the time; empty if there is none or it is no valid date. A stamp without a year (RFC
   *     3164) is taken as UTC, in the year that puts it near to {@link #receivedAt()}
   */
  public Optional<Instant> timestamp() {
    // Worked out when it is asked for, which is seldom.
    return Optional.ofNullable(stamp == null ? timestamp : stamp.near(receivedAt));
  }

  /**
   * Returns the host name in the message, which need not be that of the {@link #source()}.
   *
   * @return the name, never empty text
   */
  public Optional<String> hostname() {
    return hostname;
  }

  /**
   * Returns the program: APP-NAME of RFC 5424, the tag of RFC 3164.
   *
   * @return the name, never empty text
   */
  public Optional<String> appName() {
    return appName;
  }

  /**
   * Returns the process: PROCID of RFC 5424, what stands in brackets after the tag in RFC 3164.
   *
   * @return mostly a number, never empty text
   */
  public Optional<String> procid() {
    return procid;
  }

  /**
   * Returns the kind of message: MSGID of RFC 5424.
   *
   * @return the id, never empty text
   */
  public Optional<String> msgid() {
    return msgid;
  }

  /**
   * Returns the structured data (RFC 5424 §6.3), in the order of the message.
   *
   * @return parameters by element id, immutable; the values of a parameter that occurs several
   *     times are joined by commas
   */
  public Map<String, Map<String, String>> structuredData() {
    return structuredData;
  }

  /**
   * Returns the text of the message.
   *
   * @return the text without byte order mark and without NUL, CR and LF at its end; may be empty
   */
  public String message() {
    return message;
  }

  /**
   * Returns the datagram.
   *
   * @return a copy
   */
  public byte[] raw() {
    return raw.clone();
  }

  /**
   * Returns the datagram as text.
   *
   * @return everything in it, with invalid UTF-8 as U+FFFD
   */
  public String rawText() {
    return new String(raw, StandardCharsets.UTF_8);
  }

  /**
   * Returns who sent the datagram. UDP sources can be forged.
   *
   * @return address and port
   */
  public InetSocketAddress source() {
    return source;
  }

  /**
   * Returns when the datagram was received.
   *
   * @return the time of this machine
   */
  public Instant receivedAt() {
    return receivedAt;
  }

  /** Returns the header fields without the text, which may hold anything. */
  @Override
  public String toString() {
    return parsed
        ? "SyslogMessage[" + source + " " + facility + "." + severity + "]"
        : "SyslogMessage[" + source + " unparsed, " + raw.length + " bytes]";
  }

  /** What a parser collects. */
  static final class Parts {
    private final byte[] raw;
    private final InetSocketAddress source;
    private final Instant receivedAt;
    Facility facility = Facility.USER;
    Severity severity = Severity.NOTICE;
    @Nullable Instant timestamp;
    Timestamps.@Nullable Stamp stamp;
    @Nullable String hostname;
    @Nullable String appName;
    @Nullable String procid;
    @Nullable String msgid;
    Map<String, Map<String, String>> structuredData = Map.of();
    String message = "";

    /**
     * Begins a message.
     *
     * @param raw not copied
     */
    Parts(byte[] raw, InetSocketAddress source, Instant receivedAt) {
      this.raw = raw;
      this.source = source;
      this.receivedAt = receivedAt;
    }

    SyslogMessage parsed() {
      return new SyslogMessage(this, true);
    }

    SyslogMessage unparsed() {
      return new SyslogMessage(new Parts(raw, source, receivedAt), false);
    }
  }
}
