// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

class LogEncodersTest {

  private static LoggingEvent event(String message, KeyValuePair... pairs) {
    LoggingEvent event = new LoggingEvent();
    event.setLevel(Level.INFO);
    event.setLoggerName("smee.dhcp");
    event.setMessage(message);
    event.setInstant(Instant.parse("2026-11-01T10:20:30.123456789Z"));
    event.setKeyValuePairs(Arrays.asList(pairs));
    return event;
  }

  private static String json(LoggingEvent event) {
    return new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);
  }

  private static String text(LoggingEvent event) {
    return new String(new TextLogEncoder().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void jsonBeginsWithTimeLevelLoggerAndMessage() {
    String line = json(event("sent DHCP response", new KeyValuePair("mac", "02:00:00:00:00:01")));
    assertThat(line)
        .matches("\\{\"time\":\"2026-11-01T\\d\\d:20:30\\.123456789[Z+-].*\n")
        .contains("\"level\":\"INFO\",\"logger\":\"dhcp\",\"msg\":\"sent DHCP response\"")
        .endsWith("\"mac\":\"02:00:00:00:00:01\"}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-01T10:20:30Z",
        "2026-11-01T10:20:30.5Z",
        "2026-11-01T10:20:30.000001Z",
        "2026-11-01T10:20:31.120Z",
        "2026-11-01T10:20:30.999999999Z",
        "1969-12-31T23:59:59.25Z"
      })
  void theTimeIsAsTheStandardSays(String text) {
    JsonLogEncoder encoder = new JsonLogEncoder();
    for (String each : List.of("2026-11-01T10:20:30.1Z", text, text)) {
      LoggingEvent event = event("x");
      event.setInstant(Instant.parse(each));
      String expected =
          DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
              Instant.parse(each).atZone(ZoneId.systemDefault()));
      assertThat(new String(encoder.encode(event), StandardCharsets.UTF_8))
          .startsWith("{\"time\":\"" + expected + "\",");
    }
  }

  @Test
  void aKeyStandsOnce() {
    String line =
        json(
            event(
                "x",
                new KeyValuePair("msg", "second"),
                new KeyValuePair("a", 1),
                new KeyValuePair("a", 2)));
    assertThat(line).contains("\"msg\":\"x\"").doesNotContain("second").contains("\"a\":1}");
  }

  @Test
  void valuesKeepTheirTypes() {
    String line =
        json(
            event(
                "x",
                new KeyValuePair("n", 7L),
                new KeyValuePair("b", true),
                new KeyValuePair("list", List.of("p", 1)),
                new KeyValuePair("map", Map.of("k", "v"))));
    assertThat(line).contains("\"n\":7,\"b\":true,\"list\":[\"p\",1],\"map\":{\"k\":\"v\"}");
  }

  @Test
  void objectsPassThroughWithTheirNumbersOnOneLine() {
    JsonText object =
        JsonText.parse("{\"a\": 12345678901234567890123,\n \"b\": {\"c\": [1, 2.50]}}")
            .orElseThrow();
    String line = json(event("x", new KeyValuePair("o", object)));
    assertThat(line).endsWith("\"o\":{\"a\":12345678901234567890123,\"b\":{\"c\":[1,2.50]}}}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1]", "{\"a\":1", "{\"a\":1} trailing", "{a:1}", "1", "null"})
  void otherTextIsNoObject(String text) {
    assertThat(JsonText.parse(text)).isEmpty();
  }

  @Test
  void depthIsBounded() {
    assertThat(JsonText.parse("{\"a\":".repeat(31) + "1" + "}".repeat(31))).isPresent();
    assertThat(JsonText.parse("{\"a\":".repeat(5000) + "1" + "}".repeat(5000))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "\u001b[2J", "\u0000", "\u2028", "\"", "\\", "\ud800", "é"})
  void whateverComesFromTheNetworkStaysOneLineOfValidJson(String value) throws Exception {
    String line = json(event("x", new KeyValuePair("v", value)));
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line.chars().filter(c -> c < ' ' && c != '\n')).isEmpty();
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      while (parser.nextToken() != null) {
        assertThat(parser.currentToken()).isNotNull();
      }
    }
  }

  @Test
  void textIsForPeople() {
    assertThat(text(event("sent", new KeyValuePair("mac", "02"), new KeyValuePair("why", "a b"))))
        .matches("\\d\\d:20:30\\.123 INFO  dhcp     sent mac=02 why=\"a b\"\n");
  }

  @Test
  void textSpreadsWhatJsonNests() {
    assertThat(text(event("x", new KeyValuePair("o", Map.of("a", Map.of("b", "c d"))))))
        .endsWith(" x b=\"c d\"\n");
  }

  @Test
  void textCannotMoveTheCursor() {
    assertThat(text(event("x", new KeyValuePair("v", "\u001b[2J\r\nfoo"))))
        .contains("v=\\u001b[2J\\u000d\\u000afoo")
        .doesNotContain("\u001b");
  }
}
