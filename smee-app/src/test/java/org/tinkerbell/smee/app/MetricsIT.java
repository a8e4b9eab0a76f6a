// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.tftp.TftpClient;

/** The packaged program counts what it is asked over the network, and says how it is. */
class MetricsIT {
  private static final String KNOWN = "08:00:27:29:4e:67";
  private static final String UNKNOWN = "08:00:27:00:00:00";
  private static final int FILE_SIZE = 5000;

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(InetSocketAddress server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getPort() + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** As a relay, so that nothing is broadcast. Nobody takes the answer. */
  private static byte[] discover(String mac) throws Exception {
    return DhcpCodec.encode(
        DhcpMessage.builder()
            .xid(1)
            .giaddr((Inet4Address) InetAddress.getByName("127.0.0.2"))
            .hardwareAddress(MacAddress.parse(mac))
            .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.DISCOVER)
            .build());
  }

  private static void send(InetSocketAddress server, byte[]... datagrams) throws Exception {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      for (byte[] datagram : datagrams) {
        socket.send(new DatagramPacket(datagram, datagram.length, server));
      }
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void whatHappensIsCounted() throws Exception {
    Path hardware =
        Files.writeString(
            folder.resolve("hardware.yaml"),
            """
            08:00:27:29:4e:67:
              ipAddress: 192.168.2.153
              subnetMask: 255.255.255.0
              netboot: {allowPxe: true}
            """);
    Path binaries = Files.createDirectory(folder.resolve("ipxe"));
    Files.write(binaries.resolve("undionly.kpxe"), new byte[FILE_SIZE]);
    try (Packaged smee =
        Packaged.start(
            Packaged.loopback(
                    "-backend-file-enabled",
                    "-backend-file-path=" + hardware,
                    "-ipxe-dir=" + binaries)
                .toArray(String[]::new))) {
      InetSocketAddress http = smee.awaitListening("HTTP");
      InetSocketAddress tftp = smee.awaitListening("TFTP");
      InetSocketAddress syslog = smee.awaitListening("syslog");
      InetSocketAddress dhcp = smee.awaitListening("DHCP");
      smee.awaitMessage("smee is ready");
      Samples fresh = Samples.of(get(http, "/metrics").body());
      assertThat(fresh.value("jobs_total{from=\"http\",op=\"file\"}")).isZero();

      send(dhcp, discover(KNOWN), discover(UNKNOWN), new byte[] {1, 2, 3});
      send(
          syslog,
          "<30>Jan  1 00:00:00 host app: hello".getBytes(StandardCharsets.UTF_8),
          "no syslog".getBytes(StandardCharsets.UTF_8));
      try (TftpClient reader = TftpClient.create()) {
        byte[] file =
            reader.get(tftp, "undionly.kpxe").toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(file).hasSize(FILE_SIZE);
        assertThat(reader.get(tftp, "nothing").toCompletableFuture())
            .failsWithin(20, TimeUnit.SECONDS);
      }
      assertThat(get(http, "/" + KNOWN + "/auto.ipxe").statusCode()).isEqualTo(200);
      assertThat(get(http, "/ipxe/script/" + KNOWN + "/auto.ipxe").statusCode()).isEqualTo(200);
      assertThat(get(http, "/" + UNKNOWN + "/auto.ipxe").statusCode()).isEqualTo(404);
      assertThat(get(http, "/ipxe/undionly.kpxe").body()).hasSize(FILE_SIZE);
      assertThat(get(http, "/nothing").statusCode()).isEqualTo(404);

      Map<String, Double> expected = new LinkedHashMap<>();
      expected.put("dhcp_total{op=\"recv\",type=\"DHCPDISCOVER\"}", 2.0);
      expected.put("dhcp_total{op=\"send\",type=\"DHCPOFFER\"}", 1.0);
      expected.put("jobs_total{from=\"dhcp\",op=\"DHCPDISCOVER\"}", 2.0);
      expected.put("jobs_duration_seconds_count{from=\"dhcp\",op=\"DHCPDISCOVER\"}", 2.0);
      expected.put(
          "smee_dhcp_ignored_total"
              + "{mode=\"reservation\",reason=\"unknown-hardware\",type=\"DHCPDISCOVER\"}",
          1.0);
      expected.put("smee_dhcp_dropped_total{reason=\"malformed\"}", 1.0);
      expected.put("discover_total{from=\"dhcp\"}", 2.0);
      expected.put("discover_total{from=\"http\"}", 3.0);
      expected.put("smee_backend_lookups_total{from=\"http\",result=\"found\"}", 2.0);
      expected.put("smee_backend_lookups_total{from=\"http\",result=\"not-found\"}", 1.0);
      expected.put("jobs_total{from=\"http\",op=\"file\"}", 3.0);
      expected.put("jobs_duration_seconds_count{from=\"http\",op=\"file\"}", 3.0);
      expected.put("jobs_total{from=\"tftp\",op=\"read\"}", 2.0);
      expected.put("jobs_duration_seconds_count{from=\"tftp\",op=\"read\"}", 2.0);
      expected.put("smee_tftp_transfers_total{result=\"completed\"}", 1.0);
      expected.put("smee_tftp_transfers_total{result=\"refused\"}", 1.0);
      expected.put("smee_tftp_sent_bytes_total", (double) FILE_SIZE);
      expected.put("syslog_messages_total{result=\"parsed\"}", 1.0);
      expected.put("syslog_messages_total{result=\"unparsed\"}", 1.0);
      expected.put("smee_backend_records", 1.0);
      expected.put("smee_backend_loads_total{result=\"loaded\"}", 1.0);
      expected.put("smee_http_sent_bytes_total{route=\"/ipxe/**\"}", (double) FILE_SIZE);
      expected.put("http_server_requests_total{method=\"GET\",status_code=\"404\"}", 2.0);
      for (String series :
          List.of(
              "{method=\"GET\",route=\"/\",status_code=\"200\"}",
              "{method=\"GET\",route=\"/\",status_code=\"404\"}",
              "{method=\"GET\",route=\"/ipxe/script/**\",status_code=\"200\"}",
              "{method=\"GET\",route=\"/ipxe/**\",status_code=\"200\"}",
              "{method=\"GET\",route=\"unmatched\",status_code=\"404\"}")) {
        expected.put("http_server_request_duration_seconds_count" + series, 1.0);
      }
      Samples samples = awaitAll(http, expected);
      for (String series : samples.series("jobs_in_progress")) {
        assertThat(samples.value(series)).as(series).isZero();
      }
      assertThat(samples.value("process_start_time_seconds")).isPositive();
      assertThat(samples.series("jvm_memory_used_bytes")).isNotEmpty();
      assertThat(samples.text()).doesNotContain("08:00:27").doesNotContain("undionly");

      smee.terminate();
      List<String> log = smee.end().out();
      assertThat(log).filteredOn(line -> line.contains("/nothing")).hasSize(1);
      assertThat(log).as("nobody wants to read that").noneMatch(line -> line.contains("/metrics"));
    }
  }

  /** The last of what was sent may be counted a moment after it was answered. */
  private Samples awaitAll(InetSocketAddress http, Map<String, Double> expected) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      HttpResponse<String> response = get(http, "/metrics?x=1");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      Samples samples = Samples.of(response.body());
      Map<String, Double> actual = new LinkedHashMap<>();
      expected.keySet().forEach(key -> actual.put(key, samples.values().get(key)));
      if (actual.equals(expected) || System.nanoTime() > end) {
        assertThat(actual).isEqualTo(expected);
        return samples;
      }
    }
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void healthAndMetricsAreThereWithoutAnythingElseOverHttp() throws Exception {
    try (Packaged smee =
        Packaged.start(
            "-dhcp-enabled=false",
            "-tftp-enabled=false",
            "-http-ipxe-binary-enabled=false",
            "-http-ipxe-script-enabled=false",
            "-syslog-addr=127.0.0.1",
            "-syslog-port=0",
            "-http-addr=127.0.0.1",
            "-http-port=0")) {
      InetSocketAddress http = smee.awaitListening("HTTP");
      smee.awaitMessage("smee is ready");
      for (String path : List.of("/livez", "/healthz", "/readyz")) {
        HttpResponse<String> response = get(http, path);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok");
        assertThat(response.headers().firstValue("Content-Type"))
            .hasValue("text/plain; charset=utf-8");
      }
      assertThat(get(http, "/healthcheck").body()).startsWith("{\"git_rev\":");
      assertThat(get(http, "/metrics").body()).contains("syslog_messages_total");
      assertThat(get(http, "/auto.ipxe").statusCode()).isEqualTo(404);
      assertThat(get(http, "/ipxe/undionly.kpxe").statusCode()).isEqualTo(404);
    }
  }
}
