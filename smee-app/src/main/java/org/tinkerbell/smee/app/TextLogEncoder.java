// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** Writes an event as one line for a person at a terminal. */
final class TextLogEncoder extends LineEncoder {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  private final ZoneId zone = ZoneId.systemDefault();

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(128);
    line.append(TIME.format(event.getInstant().atZone(zone)));
    line.append(
        String.format(
            Locale.ROOT, " %-5s %-8s ", event.getLevel(), subject(event.getLoggerName())));
    appendPrintable(line, event.getFormattedMessage(), false);
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        appendPair(line, pair.key, pair.value);
      }
    }
    line.append('\n');
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Writes the entries of a map, which JSON nests, one by one. */
  private static void appendPair(StringBuilder line, String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, each) -> appendPair(line, String.valueOf(name), each));
    } else {
      line.append(' ');
      appendPrintable(line, key, false);
      line.append('=');
      appendPrintable(line, String.valueOf(value), true);
    }
  }

  /** Values come from the network: what could move the cursor is written as an escape. */
  private static void appendPrintable(StringBuilder line, String value, boolean quoteBlanks) {
    boolean quote = quoteBlanks && (value.isEmpty() || value.indexOf(' ') >= 0);
    if (quote) {
      line.append('"');
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (quote && c == '"') {
        line.append("\\\"");
      } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        line.append(c);
      }
    }
    if (quote) {
      line.append('"');
    }
  }
}
