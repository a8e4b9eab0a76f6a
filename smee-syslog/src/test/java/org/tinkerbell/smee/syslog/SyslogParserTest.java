// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyslogParserTest {
  private static final InetSocketAddress SOURCE = new InetSocketAddress("192.0.2.1", 514);

  private static SyslogMessage parse(String text, String arrival) {
    return SyslogParser.parse(
        text.getBytes(StandardCharsets.UTF_8), SOURCE, Instant.parse(arrival));
  }

  private static SyslogMessage parse(String text) {
    return parse(text, "2025-07-04T10:20:30Z");
  }

  @ParameterizedTest
  @CsvSource({
    "Jul  4 10:20:30, 2025-07-04T10:20:31Z, 2025-07-04T10:20:30Z",
    "Dec 31 23:59:59, 2026-01-01T00:00:01Z, 2025-12-31T23:59:59Z",
    "Jan  1 00:00:05, 2025-12-31T23:59:59Z, 2026-01-01T00:00:05Z",
    "Jan  1 00:00:05, 2025-07-04T10:20:30Z, 2025-01-01T00:00:05Z",
    "Feb 29 12:00:00, 2024-02-29T12:00:01Z, 2024-02-29T12:00:00Z"
  })
  void stampWithoutYearGetsTheNearOne(String stamp, String arrival, String expected) {
    SyslogMessage message = parse("<30>" + stamp + " app: x", arrival);
    assertThat(message.timestamp()).contains(Instant.parse(expected));
    assertThat(message.message()).isEqualTo("x");
  }

  @Test
  void leapDayOfAnotherYearIsPassedOverWithoutATime() {
    SyslogMessage message = parse("<30>Feb 29 12:00:00 app: x");
    assertThat(message.timestamp()).isEmpty();
    assertThat(message.appName()).contains("app");
    assertThat(message.message()).isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource({
    "2025-07-04T10:20:30Z, 2025-07-04T10:20:30Z",
    "2025-07-04T10:20:30.123456789Z, 2025-07-04T10:20:30.123456789Z",
    "2025-07-04T10:20:30.5+02:00, 2025-07-04T08:20:30.5Z",
    "2025-07-04T10:20:30-11:30, 2025-07-04T21:50:30Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z"
  })
  void timeOfRfc5424IsRead(String text, String expected) {
    assertThat(parse("<13>1 " + text + " - - - - -").timestamp()).contains(Instant.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2025-07-04T10:20:30", "2025-07-04T10:20:60Z", "2025-02-29T10:20:30Z",
        "2025-07-04T24:00:00Z", "2025-07-04T10:20:30.Z", "2025-07-04T10:20:30+0200",
        "2025-07-04T10:20:30+25:00", "2025-07-04T10:20:30.12345678901234Z", "20250704T102030Z",
        "2025-07-04T10:20:30Zx", "2025-07-04T10:20:30+18:59", "x025-07-04T10:20:30Z",
        "2025-07-04 10:20:30Z"
      })
  void otherTimeMakesRfc5424Unparsed(String text) {
    assertThat(parse("<13>1 " + text + " - - - - - x").isParsed()).isFalse();
  }

  @Test
  void structuredDataIsReadWithItsEscapes() {
    SyslogMessage message =
        parse(
            "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47"
                + " [exampleSDID@32473 iut=\"3\" eventSource=\"a \\\"b\\\" \\\\ \\] \\x\"]"
                + "[origin ip=\"192.0.2.1\" ip=\"192.0.2.129\"][empty] An entry");
    assertThat(message.structuredData())
        .containsExactly(
            Map.entry("exampleSDID@32473", Map.of("iut", "3", "eventSource", "a \"b\" \\ ] \\x")),
            Map.entry("origin", Map.of("ip", "192.0.2.1,192.0.2.129")),
            Map.entry("empty", Map.of()));
    assertThat(message.message()).isEqualTo("An entry");
    assertThat(message.facility()).isEqualTo(Facility.LOCAL4);
    assertThatThrownBy(() -> message.structuredData().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void structuredDataNeedsNoMessage() {
    SyslogMessage message = parse("<13>1 - - - - - [a b=\"c\"]\n");
    assertThat(message.structuredData()).containsExactly(Map.entry("a", Map.of("b", "c")));
    assertThat(message.message()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[",
        "[]",
        "[a",
        "[a b]",
        "[a b=]",
        "[a b=\"]",
        "[a b=\"c\"",
        "[a b=\"c\"x]",
        "[a]x",
        "x",
        "--",
        "[a b=\"c\\",
        "[a  ",
        "[=\"x\"]"
      })
  void brokenStructuredDataMakesTheMessageUnparsed(String data) {
    SyslogMessage message = parse("<13>1 - host app - - " + data + " x");
    assertThat(message.isParsed()).isFalse();
    assertThat(message.rawText()).contains(data);
    assertThat(message.hostname()).isEmpty();
    assertThat(message.structuredData()).isEmpty();
    assertThat(message.facility()).isEqualTo(Facility.USER);
    assertThat(message.severity()).isEqualTo(Severity.NOTICE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // host, tag, procid, message; ~ for none
        "<30>fe80::1 app: x | fe80::1 | app | ~ | x",
        "<30>host app[1]: x | host | app | 1 | x",
        "<30>host app:x | host | app | ~ | :x",
        "<30>host a/b.c: x: y | host | a/b.c | ~ | x: y",
        "<30>ipxe: net0: up | ~ | ipxe | ~ | net0: up",
        "<30>up 10:20:30 now | ~ | up | ~ | 10:20:30 now",
        "<30>host app[1 x | ~ | host | ~ | app[1 x",
        "<30>ho(st app: x | ~ | ho | ~ | (st app: x"
      })
  void hostNameIsTakenOnlyBeforeATag(
      String text, String host, String app, String procid, String end) {
    SyslogMessage message = parse(text);
    assertThat(message.hostname().orElse("~")).isEqualTo(host);
    assertThat(message.appName().orElse("~")).isEqualTo(app);
    assertThat(message.procid().orElse("~")).isEqualTo(procid);
    assertThat(message.message().trim()).isEqualTo(end);
  }

  @Test
  void hostNameHasAtMost255Octets() {
    assertThat(parse("<30>" + "h".repeat(255) + " app: x").hostname()).isPresent();
    assertThat(parse("<30>" + "h".repeat(256) + " app: x").hostname()).isEmpty();
  }

  @Test
  void endOfLineIsNoContent() {
    assertThat(parse("<30>app: x\r\n\0").message()).isEqualTo("x");
    assertThat(parse("<30>app: x\n y\n").message()).isEqualTo("x\n y");
    assertThat(parse("<13>1 - host app - - -\n").hostname()).contains("host");
  }

  @Test
  void everyPriorityHasItsNames() {
    for (int code = 0; code <= 191; code++) {
      SyslogMessage message = parse("<" + code + ">x");
      assertThat(message.facility().code()).isEqualTo(code / 8);
      assertThat(message.severity().code()).isEqualTo(code % 8);
    }
    assertThat(Facility.of(10)).hasToString("authpriv");
    assertThat(Severity.of(4)).hasToString("WARNING");
    assertThatThrownBy(() -> Facility.of(24)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Severity.of(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void messageDoesNotShareItsBytes() {
    byte[] bytes = "<30>app: x".getBytes(StandardCharsets.UTF_8);
    SyslogMessage message = SyslogParser.parse(bytes, SOURCE, Instant.EPOCH);
    bytes[0] = 'X';
    message.raw()[1] = 'X';
    assertThat(message.rawText()).isEqualTo("<30>app: x");
    assertThat(message).hasToString("SyslogMessage[/192.0.2.1:514 daemon.INFO]");
  }

  @Test
  void extremeTimesOfArrivalDoNotHarm() {
    byte[] bytes =
        "<30>Dec 31 23:59:59 app: 2025-07-04 10:20:30 x".getBytes(StandardCharsets.UTF_8);
    for (Instant arrival : List.of(Instant.MIN, Instant.MAX, Instant.EPOCH)) {
      assertThat(SyslogParser.parse(bytes, SOURCE, arrival).appName()).contains("app");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tinkerbell-shipped-undionly.txt, bios-host.rig.example, 13",
    "tinkerbell-shipped-uefi-x64.txt, efi64-host.rig.example, 14",
    "tinkerbell-shipped-uefi-arm64.txt, arm64-host.rig.example, 15"
  })
  void linesOfIpxeAreRead(String file, String host, int count) throws IOException {
    List<String> lines = lines(file);
    assertThat(lines).hasSizeGreaterThanOrEqualTo(count);
    for (String line : lines) {
      SyslogMessage message = parse(line);
      assertThat(message.facility()).isEqualTo(Facility.KERN);
      assertThat(message.severity()).isEqualTo(Severity.INFO);
      assertThat(message.hostname()).contains(host);
      assertThat(message.appName()).contains("ipxe");
      assertThat(line).endsWith(" ipxe: " + message.message());
    }
  }

  @Test
  void lineOfBusyboxIsRead() throws IOException {
    SyslogMessage message =
        parse(lines("busybox-syslogd.txt").get(0) + "\n", "2025-11-21T21:32:19Z");
    assertThat(SyslogParserGoldenTest.text(message))
        .isEqualTo("daemon/INFO app-name=rigos msg=RIG-OS-SYSLOG 52:54:00:77:00:01");
    assertThat(message.timestamp()).contains(Instant.parse("2025-11-21T21:32:18Z"));
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = SyslogParserTest.class.getResourceAsStream("/datagrams/" + file)) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
