// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program serves a machine its ISO, from a file and from another web server. */
class IsoIT {
  private static final String MAGIC = "@".repeat(600);
  private static final String ARGUMENTS =
      "facility=onprem console=ttyAMA0 console=ttyS0 console=tty0 console=tty1 console=ttyS1"
          + " vlan_id=30 hw_addr=08:00:27:29:4e:67 syslog_host=192.168.2.1"
          + " grpc_authority=192.168.2.1:42113 tinkerbell_tls=false tinkerbell_insecure_tls=false"
          + " worker_id=08:00:27:29:4e:67 k=v"
          + " ipam=08-00-27-29-4e-67:30:192.168.2.153:255.255.255.0:192.168.2.1:m1:8.8.8.8::";

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(String base, String path, String... fields) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    if (fields.length > 0) {
      request.headers(fields);
    }
    return client.send(
        request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  private Packaged start(Path hardware, String source) throws Exception {
    return Packaged.start(
        "-backend-file-enabled",
        "-backend-file-path=" + hardware,
        "-dhcp-enabled=false",
        "-tftp-enabled=false",
        "-syslog-enabled=false",
        "-http-ipxe-binary-enabled=false",
        "-http-ipxe-script-enabled=false",
        "-http-addr=" + InetAddress.getLoopbackAddress().getHostAddress(),
        "-http-port=0",
        "-dhcp-syslog-ip=192.168.2.1",
        "-tink-server=192.168.2.1:42113",
        "-extra-kernel-args=k=v",
        "-iso-enabled",
        "-iso-url=" + source,
        "-iso-magic-string=" + MAGIC,
        "-iso-static-ipam-enabled");
  }

  private static String base(Packaged smee) throws Exception {
    int port = smee.awaitListening("HTTP").getPort();
    smee.awaitMessage("smee is ready");
    return "http://127.0.0.1:" + port;
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void everyMachineGetsItsArguments() throws Exception {
    Path hardware =
        Files.writeString(
            folder.resolve("hardware.yaml"),
            """
            08:00:27:29:4e:67:
              ipAddress: 192.168.2.153
              subnetMask: 255.255.255.0
              defaultGateway: 192.168.2.1
              hostname: m1
              nameServers: [8.8.8.8]
              vlanID: "30"
              netboot: {allowPxe: false, facility: onprem}
            """);
    String before = "x".repeat(100_000);
    Path iso = Files.writeString(folder.resolve("hook.iso"), before + MAGIC + " text");
    String patched = before + ARGUMENTS + " ".repeat(600 - ARGUMENTS.length()) + " text";
    String path = "/iso/08-00-27-29-4e-67/hook.iso";
    try (Packaged smee = start(hardware, iso.toString());
        Packaged other = start(hardware, base(smee) + path)) {
      assertThat(get(base(smee), path).body()).isEqualTo(patched);
      assertThat(get(base(smee), path, "Range", "bytes=100010-100019").body())
          .isEqualTo(patched.substring(100_010, 100_020));
      assertThat(get(base(smee), "/iso/08-00-27-29-4e-68/hook.iso").statusCode()).isEqualTo(404);
      assertThat(smee.await(line -> line.contains("\"code\":200")))
          .contains("\"mac\":\"08:00:27:29:4e:67\"")
          .contains("\"reason\":\"source-answered\"")
          .contains("\"source\":\"" + iso.toUri() + "\"");
      assertThat(smee.await(line -> line.contains("\"code\":404")))
          .contains("\"reason\":\"unknown-hardware\"");
      Samples samples = Samples.of(get(base(smee), "/metrics").body());
      assertThat(samples.value("smee_iso_requests_total{reason=\"source-answered\"}")).isEqualTo(2);
      assertThat(samples.value("smee_iso_requests_total{reason=\"unknown-hardware\"}"))
          .isEqualTo(1);
      assertThat(samples.value("smee_iso_placeholders_replaced_total")).isEqualTo(2);
      assertThat(samples.value("discover_total{from=\"http\"}")).isEqualTo(3);

      // What the first one gives has no placeholder any more, and the second one says so.
      assertThat(get(base(other), path).body()).isEqualTo(patched);
      other.awaitMessage(
          "the ISO has no placeholder: the machine will boot without its kernel arguments");
    }
  }
}
