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
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The program in the README is the one below, which is compiled and run. */
class ReadmeExampleIT {

  /** Runs the program, with senders at work where it ends. */
  private static void example(Consumer<SyslogServer> senders) {
    // begin
    SyslogServer server =
        SyslogServer.builder()
            .udp(new InetSocketAddress("127.0.0.1", 0)) // any free port; 514 is the registered one
            .tcp(new InetSocketAddress("127.0.0.1", 0))
            .handler(
                message ->
                    System.out.println(
                        String.join(
                            " ",
                            message.source().getHostString(),
                            message.severity().toString(),
                            message.appName().orElse("-"),
                            message.message())))
            .build();
    server.start().toCompletableFuture().join();
    System.out.println("listening on " + server.boundAddresses());
    // end
    senders.accept(server);
    server.close();
  }

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
    Lines printed = new Lines();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> example(server -> send(server, printed)));
    } finally {
      System.setOut(out);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("listening on [/127.0.0.1:")
        .contains("127.0.0.1 INFO dockerd hello world\n")
        .contains("127.0.0.1 INFO app a line\n")
        .contains("127.0.0.1 ERR app two\nlines\n...\n");
  }

  private static void send(SyslogServer server, Lines printed) {
    try {
      sendUdp(server.boundAddresses().get(0), "<30>Jul  4 10:20:30 host dockerd[123]: hello world");
      sendTcp(server.boundAddresses().get(1), "<30>app: a line\n22 <27>app: two\nlines\n...");
      printed.await("hello world", "a line", "lines\n...");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was printed, for those who wait for it. */
  private static final class Lines extends ByteArrayOutputStream {

    @Override
    public synchronized void write(byte[] octets, int offset, int length) {
      super.write(octets, offset, length);
      notifyAll();
    }

    synchronized void await(String... texts) throws InterruptedException {
      for (String text : texts) {
        while (!toString(StandardCharsets.UTF_8).contains(text)) {
          wait();
        }
      }
    }
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
