// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that people really have send to a server: logger, rsyslog and syslog-ng's loggen. */
class SyslogSendersIT {
  private static final int BOUND_SECONDS = 20;
  private static final Path CERTIFICATE = Path.of("src/test/resources/tls/certificate.pem");
  private static final Path KEY = Path.of("src/test/resources/tls/key.pem");

  private final BlockingQueue<SyslogMessage> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> trouble = new LinkedBlockingQueue<>();
  private SyslogServer server;

  @TempDir Path folder;

  @BeforeEach
  void start() {
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    server =
        SyslogServer.builder()
            .udp(any)
            .tcp(any)
            .tls(any)
            .tlsIdentity(CERTIFICATE, KEY)
            .handler(messages::add)
            .observer(
                new SyslogObserver() {
                  @Override
                  public void malformed(SyslogMessage message) {
                    trouble.add(message.rawText());
                  }

                  @Override
                  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
                    trouble.add(reason.toString());
                  }

                  @Override
                  public void connectionFault(
                      InetSocketAddress source, SyslogConnectionFault fault) {
                    // A sender may leave with a reset after its last message.
                    if (fault != SyslogConnectionFault.LOST) {
                      trouble.add(fault.toString());
                    }
                  }
                })
            .build();
    server.start().toCompletableFuture().orTimeout(BOUND_SECONDS, TimeUnit.SECONDS).join();
  }

  @AfterEach
  void close() {
    server.close();
    assertThat(trouble).isEmpty();
  }

  private int port(String transport) {
    return server.boundAddresses().get(List.of("udp", "tcp", "tls").indexOf(transport)).getPort();
  }

  private SyslogMessage next() throws InterruptedException {
    SyslogMessage message = messages.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    assertThat(message).as("a message within %d s", BOUND_SECONDS).isNotNull();
    return message;
  }

  private static Optional<Path> program(String name) {
    String path = System.getenv("PATH") + ":/usr/local/sbin:/usr/sbin:/sbin";
    for (String each : path.split(":", -1)) {
      Path file = Path.of(each, name);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  static boolean hasLogger() {
    return program("logger").isPresent();
  }

  static boolean hasRsyslogd() {
    return program("rsyslogd").isPresent();
  }

  static boolean hasLoggen() {
    return program("loggen").isPresent();
  }

  private Process launch(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program(name).orElseThrow().toString());
    command.addAll(List.of(arguments));
    File output = folder.resolve(name + ".out").toFile();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
        .start();
  }

  /** Runs a program to its end and returns what it printed. */
  private String run(String name, String... arguments) throws Exception {
    Process process = launch(name, arguments);
    try {
      assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
      String output = Files.readString(folder.resolve(name + ".out"));
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "udp, --rfc3164, --udp",
    "udp, --rfc5424, --udp",
    "tcp, --rfc3164, --tcp",
    "tcp, --rfc5424, --tcp",
    "tcp, --rfc3164, --tcp --octet-count",
    "tcp, --rfc5424, --tcp --octet-count"
  })
  @EnabledIf(value = "hasLogger", disabledReason = "logger(1) is not installed")
  void loggerDelivers(String transport, String format, String options) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                format,
                "--server",
                "127.0.0.1",
                "--port",
                Integer.toString(port(transport)),
                "--priority",
                "local3.warning",
                "--tag",
                "boot",
                "--id=77"));
    arguments.addAll(List.of(options.split(" ", -1)));
    Path lines = folder.resolve("lines");
    Files.writeString(lines, "first line\n5 <30>not a count\nlast line\n");
    arguments.addAll(List.of("--file", lines.toString()));
    run("logger", arguments.toArray(String[]::new));
    for (String text : List.of("first line", "5 <30>not a count", "last line")) {
      SyslogMessage message = next();
      assertThat(message.message()).isEqualTo(text);
      assertThat(message.facility()).isEqualTo(Facility.LOCAL3);
      assertThat(message.severity()).isEqualTo(Severity.WARNING);
      assertThat(message.appName()).contains("boot");
      assertThat(message.procid()).contains("77");
      assertThat(message.hostname()).isPresent();
      assertThat(message.timestamp()).isPresent();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "udp, RSYSLOG_ForwardFormat, traditional",
    "udp, RSYSLOG_SyslogProtocol23Format, traditional",
    "tcp, RSYSLOG_TraditionalForwardFormat, traditional",
    "tcp, RSYSLOG_SyslogProtocol23Format, traditional",
    "tcp, RSYSLOG_ForwardFormat, octet-counted",
    "tcp, RSYSLOG_SyslogProtocol23Format, octet-counted"
  })
  @EnabledIf(value = "hasRsyslogd", disabledReason = "rsyslogd is not installed")
  void rsyslogForwards(String transport, String template, String framing) throws Exception {
    Path portFile = folder.resolve("port");
    Path config = folder.resolve("rsyslog.conf");
    Files.writeString(
        config,
        """
        global(workDirectory="%1$s" net.enableDNS="off")
        module(load="imtcp")
        input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="%2$s")
        *.* action(type="omfwd" target="127.0.0.1" port="%3$d" protocol="%4$s" template="%5$s" tcp_Framing="%6$s")
        """
            .formatted(folder, portFile, port(transport), transport, template, framing));
    Process rsyslogd =
        launch("rsyslogd", "-n", "-i", folder.resolve("pid").toString(), "-f", config.toString());
    try {
      int input = awaitPort(portFile, rsyslogd);
      int count = 200;
      try (Socket socket = new Socket("127.0.0.1", input)) {
        StringBuilder stream = new StringBuilder();
        for (int i = 0; i < count; i++) {
          stream.append("<27>Jul  4 10:20:30 node-7 dockerd[123]: line ").append(i).append('\n');
        }
        socket.getOutputStream().write(stream.toString().getBytes(StandardCharsets.UTF_8));
      }
      int seen = 0;
      while (seen < count) {
        SyslogMessage message = next();
        // It also tells of itself.
        if (message.appName().filter("dockerd"::equals).isPresent()) {
          assertThat(message.message().strip()).isEqualTo("line " + seen);
          assertThat(message.hostname()).contains("node-7");
          assertThat(message.procid()).contains("123");
          assertThat(message.facility()).isEqualTo(Facility.DAEMON);
          assertThat(message.severity()).isEqualTo(Severity.ERR);
          assertThat(message.timestamp()).isPresent();
          seen++;
        }
      }
    } finally {
      rsyslogd.destroy();
      assertThat(rsyslogd.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Waits until rsyslogd has said where it listens. */
  private int awaitPort(Path file, Process rsyslogd) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (System.nanoTime() - end < 0) {
      if (Files.exists(file)) {
        String text = Files.readString(file).strip();
        if (!text.isEmpty()) {
          return Integer.parseInt(text);
        }
      }
      if (rsyslogd.waitFor(20, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new AssertionError(Files.readString(folder.resolve("rsyslogd.out")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "udp --inet --dgram",
        "udp --inet --dgram --syslog-proto --no-framing",
        "tcp --inet --stream",
        "tcp --inet --stream --active-connections=5",
        "tcp --inet --stream --syslog-proto --active-connections=5",
        "tcp --inet --stream --syslog-proto --no-framing",
        "tls --use-ssl --syslog-proto"
      })
  @EnabledIf(value = "hasLoggen", disabledReason = "loggen is not installed")
  void loggenDeliversEveryMessage(String text) throws Exception {
    List<String> words = List.of(text.split(" ", -1));
    List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
    arguments.addAll(
        List.of(
            "--quiet",
            "--size=300",
            "--rate=2000",
            "--interval=20",
            "--number=1000",
            "127.0.0.1",
            Integer.toString(port(words.get(0)))));
    String output = run("loggen", arguments.toArray(String[]::new));
    Matcher matcher = Pattern.compile("count=(\\d+)").matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    int sent = Integer.parseInt(matcher.group(1));
    assertThat(sent).isGreaterThan(900);
    for (int i = 0; i < sent; i++) {
      SyslogMessage message = next();
      assertThat(message.isParsed()).isTrue();
      assertThat(message.facility()).isEqualTo(Facility.AUTH);
      assertThat(message.severity()).isEqualTo(Severity.INFO);
      assertThat(message.rawText()).contains("seq: ");
    }
    assertThat(messages).isEmpty();
  }
}
