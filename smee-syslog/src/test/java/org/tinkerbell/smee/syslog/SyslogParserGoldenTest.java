// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The golden cases of the parser, by number. Y55 is in {@code SyslogServerIT} as well, since it
 * needs a receiver that reuses its buffer; Y56 and Y57 are about the log of the application: here,
 * that the severity is there to choose the level by.
 */
class SyslogParserGoldenTest {
  private static final Instant ARRIVAL = Instant.parse("2025-07-04T10:20:30Z");
  private static final InetSocketAddress SOURCE = new InetSocketAddress("192.168.2.50", 40000);
  private static final String UNPARSED = "unparsed";

  /** Datagram as ISO 8859-1 text, so that each character is an octet, and expectation. */
  static Stream<Arguments> cases() {
    String hello = "hostname=host app-name=app procid=123 msgid=ID47 msg=hello";
    return Stream.of(
        y(
            1,
            "<30>Jul  4 10:20:30 dockerd[123]: hello world",
            "daemon/INFO app-name=dockerd procid=123 msg=hello world"),
        y(
            2,
            "<30>Jul  4 10:20:30 myhost dockerd[123]: hello world",
            "daemon/INFO hostname=myhost app-name=dockerd procid=123 msg=hello world"),
        y(3, "<13>1 2025-07-04T10:20:30Z host app 123 ID47 - hello", "user/NOTICE " + hello),
        y(4, "<13>1 2025-07-04T10:20:30.123456Z host app 123 ID47 - hello", "user/NOTICE " + hello),
        y(
            4,
            "<13>1 2025-07-04T10:20:30.1234567Z host app 123 ID47 - hello",
            "user/NOTICE " + hello),
        y(
            4,
            "<13>1 2025-07-04T10:20:30.123456+02:00 host app 123 ID47 - hello",
            "user/NOTICE " + hello),
        y(4, "<13>1 2025-07-04T10:20:30,5Z host app 123 ID47 - hello", "user/NOTICE " + hello),
        y(5, "<13>1 - - - - - - hello", "user/NOTICE msg=hello"),
        y(
            6,
            "<13>1 - host app - - [ex@1 a=\"b\"] hello",
            "user/NOTICE hostname=host app-name=app structured-data={ex@1={a=b}} msg=hello"),
        y(7, "<13>1 - host app - - -", "user/NOTICE hostname=host app-name=app"),
        y(8, "<13>1 - host app - - - ", "user/NOTICE hostname=host app-name=app"),
        y(9, "<13>1 - host app - -", UNPARSED),
        y(
            10,
            "<13>1 2025-07-04T10:20:30Z host app 123 ID47 - \u00ef\u00bb\u00bfhello",
            "user/NOTICE " + hello),
        y(11, "<13>2 - host app - - - hello", "user/NOTICE app-name=2 msg= - host app - - - hello"),
        y(12, "<13>hello", "user/NOTICE msg=hello"),
        y(13, "<13>hello world", "user/NOTICE app-name=hello msg= world"),
        y(14, "<13>", "user/NOTICE"),
        y(15, "<1>x", "kern/ALERT msg=x"),
        y(15, "<1>", "kern/ALERT"),
        y(16, "<>x", UNPARSED),
        y(17, "<191>x y", "local7/DEBUG app-name=x msg= y"),
        y(18, "<192>x y", UNPARSED),
        y(19, "<256>x y", UNPARSED),
        y(20, "<999>x y", UNPARSED),
        y(21, "<1234>x y", UNPARSED),
        y(21, "<-1>x", UNPARSED),
        y(21, "hello", UNPARSED),
        y(21, "", UNPARSED),
        y(
            22,
            "<31>debug-host debug-app: debug message",
            "daemon/DEBUG hostname=debug-host app-name=debug-app msg=debug message"),
        y(23, "<31>kernel: DEBUG: foo", "daemon/DEBUG app-name=kernel msg=foo"),
        y(24, "<30>kernel: INFO: foo", "daemon/INFO app-name=kernel msg=foo"),
        y(25, "<30>INFO: foo", "daemon/INFO app-name=INFO msg=foo"),
        y(26, "<30>app: 2025-07-04 10:20:30 foo", "daemon/INFO app-name=app msg=foo"),
        y(27, "<30>app: \rfoo\r\n", "daemon/INFO app-name=app msg=foo"),
        y(
            28,
            "<30>app: {\"a\":1,\"b\":{\"c\":[1,2]}}",
            "daemon/INFO app-name=app msg={\"a\":1,\"b\":{\"c\":[1,2]}}"),
        y(29, "<30>app: {\"a\":1", "daemon/INFO app-name=app msg={\"a\":1"),
        y(
            30,
            "<46>tink-worker/abc_d.e-f[9]: {\"level\":\"info\"} trailing",
            "syslog/INFO app-name=tink-worker/abc_d.e-f procid=9"
                + " msg={\"level\":\"info\"} trailing"),
        y(31, "<30>app: {}", "daemon/INFO app-name=app msg={}"),
        y(32, "<30>app: [1, 2, 3]", "daemon/INFO app-name=app msg=[1, 2, 3]"),
        y(33, "<30>app:foo", "daemon/INFO app-name=app msg=:foo"),
        y(34, "<30>app[12]foo", "daemon/INFO app-name=app procid=12 msg=foo"),
        y(35, "<30>app[12 foo", "daemon/INFO app-name=app msg=[12 foo"),
        y(36, "<30>app[12]: ", "daemon/INFO app-name=app procid=12"),
        y(37, "<30>app[]: x", "daemon/INFO app-name=app msg=x"),
        y(38, "<30>: x", "daemon/INFO msg=x"),
        y(38, "<30> x", "daemon/INFO msg= x"),
        y(39, "<30>Jul  4 10:20:30 ", "daemon/INFO"),
        y(40, "<30>Jul  4 10:20:30", "daemon/INFO app-name=Jul msg=  4 10:20:30"),
        y(41, "<30>Jul 04 10:20:30 app: x", "daemon/INFO app-name=app msg=x"),
        y(41, "<30>jul  4 10:20:30 app: x", "daemon/INFO app-name=app msg=x"),
        y(42, "<30>Jul 44 10:20:30 app: x", "daemon/INFO app-name=Jul msg= 44 10:20:30 app: x"),
        y(43, "<30>2025-07-04T10:20:30Z app: x", "daemon/INFO app-name=app msg=x"),
        y(44, "<6>ipxe: Booting from net0...", "kern/INFO app-name=ipxe msg=Booting from net0..."),
        y(
            45,
            "<6>m1.example.com ipxe: ok",
            "kern/INFO hostname=m1.example.com app-name=ipxe msg=ok"),
        y(
            46,
            "<27>Jul  4 10:20:30 f93de24d2c0a[1203]: boom",
            "daemon/ERR app-name=f93de24d2c0a procid=1203 msg=boom"),
        y(47, "<30>app: \u00ff\u00fe bad", "daemon/INFO app-name=app msg=\ufffd\ufffd bad"),
        y(48, "<30>app: a\bb", "daemon/INFO app-name=app msg=a\bb"),
        y(49, "<030>app: x", "daemon/INFO app-name=app msg=x"),
        y(50, "<30>1 \n", UNPARSED),
        y(50, "<30>1 ", UNPARSED),
        y(50, "<30>1 2025-07-04T10:20:30Z host app 123 ID47", UNPARSED),
        y(51, "<30>1", "daemon/INFO msg=1"),
        y(51, "<30>1x y", "daemon/INFO app-name=1x msg= y"),
        y(52, "<30>1 2025-07-04T10:20:30Z   app 123 - - x", UNPARSED),
        y(53, "<30>1 2025-13-04T10:20:30Z h app 123 - - x", UNPARSED),
        y(53, "<30>1 2025-07-04t10:20:30z h app 123 - - x", UNPARSED),
        y(54, "<30>app: " + "x".repeat(2991), "daemon/INFO app-name=app msg=" + "x".repeat(2991)),
        y(55, "<30", UNPARSED),
        y(56, "<27>app: x", "daemon/ERR app-name=app msg=x"),
        y(57, "<31>app: x", "daemon/DEBUG app-name=app msg=x"));
  }

  private static Arguments y(int number, String datagram, String expected) {
    return Arguments.of("Y" + number, datagram, expected);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void golden(String number, String datagram, String expected) {
    byte[] bytes = datagram.getBytes(StandardCharsets.ISO_8859_1);
    SyslogMessage message = SyslogParser.parse(bytes, SOURCE, ARRIVAL);
    assertThat(text(message)).as(number).isEqualTo(expected);
    assertThat(message.raw()).isEqualTo(bytes);
    assertThat(message.source()).isEqualTo(SOURCE);
    assertThat(message.receivedAt()).isEqualTo(ARRIVAL);
  }

  /** Returns the fields as the golden table writes them. */
  static String text(SyslogMessage message) {
    if (!message.isParsed()) {
      return UNPARSED;
    }
    StringBuilder text = new StringBuilder();
    text.append(message.facility()).append('/').append(message.severity());
    message.hostname().ifPresent(value -> text.append(" hostname=").append(value));
    message.appName().ifPresent(value -> text.append(" app-name=").append(value));
    message.procid().ifPresent(value -> text.append(" procid=").append(value));
    message.msgid().ifPresent(value -> text.append(" msgid=").append(value));
    if (!message.structuredData().isEmpty()) {
      text.append(" structured-data=").append(new TreeMap<>(message.structuredData()));
    }
    if (!message.message().isEmpty()) {
      text.append(" msg=").append(message.message());
    }
    return text.toString();
  }
}
