// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Writes an event as one line of JSON: time, level, logger, msg, then the event's own keys. Used by
 * one thread.
 */
final class JsonLogEncoder extends LineEncoder {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

  /** The keys of every line. */
  private static final Set<String> FIRST = Set.of("time", "level", "logger", "msg");

  private final JsonFactory factory = new JsonFactory();
  private final ZoneId zone = ZoneId.systemDefault();
  private long second = Long.MIN_VALUE;
  private String beforeFraction = "";
  private String afterFraction = "";

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = factory.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", time(event.getInstant()));
      json.writeStringField("level", String.valueOf(event.getLevel()));
      json.writeStringField("logger", subject(event.getLoggerName()));
      json.writeStringField("msg", event.getFormattedMessage());
      @Nullable List<KeyValuePair> pairs = event.getKeyValuePairs();
      int count = pairs == null ? 0 : pairs.size();
      for (int i = 0; i < count; i++) {
        KeyValuePair pair = pairs.get(i);
        // A strict reader keeps only one of two equal keys.
        if (!FIRST.contains(pair.key) && !hasKey(pairs, i, pair.key)) {
          json.writeFieldName(pair.key);
          write(json, pair.value);
        }
      }
      IThrowableProxy thrown = event.getThrowableProxy();
      if (thrown != null && !(pairs != null && hasKey(pairs, count, "stack"))) {
        json.writeStringField("stack", ThrowableProxyUtil.asString(thrown));
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return line.toByteArray();
  }

  private static boolean hasKey(List<KeyValuePair> pairs, int before, String key) {
    for (int i = 0; i < before; i++) {
      if (pairs.get(i).key.equals(key)) {
        return true;
      }
    }
    return false;
  }

  /** Formats all but the fraction once a second only. */
  private String time(Instant time) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      ZonedDateTime whole = Instant.ofEpochSecond(second).atZone(zone);
      String text = TIME.format(whole);
      int offset = text.length() - whole.getOffset().getId().length();
      beforeFraction = text.substring(0, offset);
      afterFraction = text.substring(offset);
    }
    if (time.getNano() == 0) {
      return beforeFraction + afterFraction;
    }
    String digits = Integer.toString(1_000_000_000 + time.getNano());
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return beforeFraction + '.' + digits.substring(1, end) + afterFraction;
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value instanceof JsonText object) {
      object.writeTo(json);
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      json.writeStartArray();
      for (Object each : list) {
        write(json, each);
      }
      json.writeEndArray();
    } else if (value instanceof Boolean bool) {
      json.writeBoolean(bool);
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value.toString());
    }
  }
}
