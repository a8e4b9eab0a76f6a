// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The program in the README is the one below, which is compiled and run. */
class ReadmeExampleIT {
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  // begin
  private void example() throws Exception {
    try (SyslogServer server =
        SyslogServer.builder()
            .udp(new InetSocketAddress("127.0.0.1", 0))
            .tcp(new InetSocketAddress("127.0.0.1", 0))
            .handler(
                message ->
                    lines.add(
                        message.severity() + " " + message.appName() + " " + message.message()))
            .build()) {
      server.start().toCompletableFuture().join();
      sendUdp(server.boundAddresses().get(0), "<30>Jul  4 10:20:30 host dockerd[123]: hello world");
      System.out.println(lines.take());
      sendTcp(server.boundAddresses().get(1), "<30>app: a line\n22 <27>app: two\nlines\n...");
      System.out.println(lines.take() + lines.take());
    }
  }

  // end

  private static void sendTcp(InetSocketAddress to, String text) throws IOException {
    try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void sendUdp(InetSocketAddress to, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(bytes, bytes.length, to));
    }
  }

  @Test
  void exampleOfTheReadmeRuns() {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertTimeoutPreemptively(Duration.ofSeconds(20), this::example);
    } finally {
      System.setOut(out);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("INFO Optional[dockerd] hello world")
        .contains("INFO Optional[app] a line")
        .contains("ERR Optional[app] two\nlines\n...");
  }

  @Test
  void exampleOfTheReadmeIsTheOneThatRuns() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/tinkerbell/smee/syslog/ReadmeExampleIT.java"));
    Matcher block =
        Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(Path.of("README.md")));
    assertThat(block.find()).isTrue();
    assertThat(source.replaceAll("\\s+", "")).contains(block.group(1).replaceAll("\\s+", ""));
  }
}
