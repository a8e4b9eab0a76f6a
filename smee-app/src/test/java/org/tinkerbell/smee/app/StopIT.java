// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the program ends, and that nobody has to read its log. */
@Timeout(90)
class StopIT {
  /** More than the kernel takes for a client that does not read. */
  private static final int SIZE = 24 << 20;

  @TempDir Path folder;

  @BeforeEach
  void largeFile() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("large.bin").toFile(), "rw")) {
      file.setLength(SIZE);
    }
  }

  private String[] flags(int httpPort, int syslogPort) {
    return new String[] {
      "-dhcp-enabled=false",
      "-tftp-enabled=false",
      "-http-ipxe-script-enabled=false",
      "-bind-address=127.0.0.1",
      "-http-port=" + httpPort,
      "-syslog-port=" + syslogPort,
      "-ipxe-dir=" + folder
    };
  }

  private static int httpPort(Packaged smee) throws Exception {
    String line = smee.awaitMessage("listening for HTTP");
    smee.awaitMessage("smee is ready");
    return Integer.parseInt(line.replaceFirst(".*\"address\":\"127\\.0\\.0\\.1:(\\d+)\".*", "$1"));
  }

  /** Asks for the file, and reads no more than its beginning. */
  private static Socket download(int port) throws Exception {
    Socket client = new Socket();
    client.setReceiveBufferSize(64 << 10);
    client.connect(new InetSocketAddress("127.0.0.1", port));
    client
        .getOutputStream()
        .write("GET /ipxe/large.bin HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(client.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
    return client;
  }

  @Test
  @DisplayName("C29 SIGTERM during a download: the download completes, exit status 0")
  void downloadsComplete() throws Exception {
    try (Packaged smee = Packaged.start(flags(0, 0));
        Socket client = download(httpPort(smee))) {
      smee.terminate();
      smee.awaitMessage("smee is shutting down");
      InputStream rest = client.getInputStream();
      long read = 0;
      byte[] buffer = new byte[1 << 16];
      for (int n = rest.read(buffer); n >= 0; n = rest.read(buffer)) {
        read += n;
      }
      assertThat(read).isGreaterThanOrEqualTo(SIZE);
      assertThat(smee.end().status()).isZero();
    }
  }

  @Test
  void theSecondSignalEndsAtOnce() throws Exception {
    try (Packaged smee = Packaged.start(flags(0, 0));
        Socket client = download(httpPort(smee))) {
      smee.terminate();
      smee.awaitMessage("smee is shutting down");
      long began = System.nanoTime();
      smee.terminate();
      assertThat(smee.end().status()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void nobodyHasToReadTheLog() throws Exception {
    int http;
    try (ServerSocket free = new ServerSocket(0)) {
      http = free.getLocalPort();
    }
    int syslog;
    try (DatagramSocket free = new DatagramSocket(0)) {
      syslog = free.getLocalPort();
    }
    int tftp;
    try (DatagramSocket free = new DatagramSocket(0)) {
      tftp = free.getLocalPort();
    }
    List<String> command = new ArrayList<>(Packaged.javaJar());
    command.addAll(List.of(flags(http, syslog)));
    // A line for each datagram that makes no sense.
    command.addAll(List.of("-log-level=debug", "-tftp-enabled=true", "-tftp-port=" + tftp));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("SMEE_"));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    // The pipe of its standard output stays open, and full.
    Process smee = builder.start();
    try (DatagramSocket sender = new DatagramSocket()) {
      awaitReady(http);
      byte[] line = ("<30>app: " + "x".repeat(200)).getBytes(StandardCharsets.US_ASCII);
      InetAddress here = InetAddress.getByName("127.0.0.1");
      DatagramPacket packet = new DatagramPacket(line, line.length, here, syslog);
      DatagramPacket nonsense = new DatagramPacket(new byte[2], 2, here, tftp);
      double dropped = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (dropped == 0 && System.nanoTime() < end) {
        for (int i = 0; i < 2000; i++) {
          sender.send(packet);
          sender.send(nonsense);
        }
        dropped = Samples.of(get(http, "/metrics").body()).value("smee_log_dropped_total");
      }
      assertThat(dropped).isPositive();
      assertThat(get(http, "/ipxe/large.bin").statusCode()).as("it still serves").isEqualTo(200);
      long began = System.nanoTime();
      smee.toHandle().destroy();
      assertThat(smee.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(smee.exitValue()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(14));
    } finally {
      smee.destroyForcibly().waitFor();
    }
  }

  private static void awaitReady(int port) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        if (get(port, "/readyz").statusCode() == 200) {
          return;
        }
      } catch (java.net.ConnectException e) {
        assertThat(System.nanoTime()).isLessThan(end);
      }
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  @DisplayName("C26 everything disabled is a fault, beside all others, and nothing has started")
  void faultsComeTogetherBeforeAnythingStarts() throws Exception {
    Packaged.Result result =
        Packaged.run(
            Packaged.javaJar(),
            Map.of("SMEE_TFTP_TIMEOUT", "5", "SMEE_TFTP_SERVER_BIND_PORT", "x"),
            "-dhcp-mode=bogus",
            "-log-format=xml",
            "-otel-endpoint=http://collector:4317",
            "-trusted-proxies=nonsense",
            "-public-ipv4=::1",
            "-ipxe-dir=" + folder.resolve("none"),
            "-backend=nothing");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    String all = String.join("\n", result.err());
    assertThat(all)
        .contains(
            "SMEE_TFTP_TIMEOUT:",
            "SMEE_TFTP_SERVER_BIND_PORT:",
            "-dhcp-mode:",
            "-log-format:",
            "-otel-endpoint:",
            "-trusted-proxies:",
            "-public-ipv4:",
            "-ipxe-dir:",
            "-backend:");
    assertThat(result.err()).allMatch(line -> line.startsWith("smee: "));
  }
}
