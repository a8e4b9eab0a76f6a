// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.app.OtlpCollector.Received;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.UserClass;

/** What a collector receives of a boot; on loopback, with a relay at port 67. */
@Timeout(60)
class TracesIT {
  private static final String MAC = "08:00:27:29:4e:67";
  private static final int TRACE_PARENT = 69;

  @TempDir Path folder;
  private List<String> flags = List.of();

  @BeforeEach
  void hardware() throws Exception {
    Path hardware =
        Files.writeString(
            folder.resolve("hardware.yaml"),
            """
            08:00:27:29:4e:67:
              ipAddress: 127.0.0.1
              subnetMask: 255.255.255.0
              defaultGateway: 192.168.2.1
              nameServers: [1.1.1.1, 8.8.8.8]
              hostname: machine-1
              leaseTime: 3600
              netboot: {allowPxe: true}
            """);
    Path binaries = Files.createDirectory(folder.resolve("ipxe"));
    Files.write(binaries.resolve("ipxe.efi"), BootFileCatalogTest.efi(0x8664, ""));
    flags =
        List.of(
            "-backend-file-path=" + hardware,
            "-ipxe-dir=" + binaries,
            "-bind-address=127.0.0.1",
            "-public-ipv4=192.0.2.1",
            "-dhcp-addr=127.0.0.1:0",
            "-http-port=0",
            "-tftp-port=0",
            "-syslog-enabled=false",
            "-osie-url=http://127.0.0.1/hook",
            "-extra-kernel-args=registry_password=secret");
  }

  private RunningSmee start(String... more) throws Exception {
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of(more));
    return RunningSmee.start(Map.of(), all);
  }

  private static DhcpMessage dhcp(RunningSmee smee, DhcpMessageType type, boolean ipxe)
      throws Exception {
    DhcpMessage.Builder request = RunningSmee.request(MAC, type);
    if (ipxe) {
      request.set(DhcpOptions.USER_CLASS, UserClass.bare("iPXE"));
    }
    Optional<DhcpMessage> reply = smee.dhcp(request.build(), 10_000);
    assertThat(reply).isPresent();
    return reply.orElseThrow();
  }

  /** Returns what option 43.69 holds, in hex. */
  private static String traceParent(DhcpMessage reply) {
    return reply
        .get(DhcpOptions.VENDOR_SPECIFIC)
        .flatMap(options -> options.raw(TRACE_PARENT))
        .map(HexFormat.of()::formatHex)
        .orElseThrow(() -> new AssertionError("no 43.69 in " + reply.toText()));
  }

  private static Received named(List<Received> spans, String name, int index) {
    return spans.stream().filter(span -> span.name().equals(name)).toList().get(index);
  }

  @Test
  @DisplayName("one boot is one trace, through option 43.69, the file name, MAC and address")
  void oneBootIsOneTrace() throws Exception {
    try (OtlpCollector collector = OtlpCollector.start()) {
      String file;
      String handedOn;
      String script;
      try (RunningSmee smee = start("-otel-endpoint=" + collector.endpoint())) {
        dhcp(smee, DhcpMessageType.DISCOVER, false);
        DhcpMessage ack = dhcp(smee, DhcpMessageType.REQUEST, false);
        file = ack.file();
        handedOn = traceParent(ack);
        assertThat(smee.tftp(file)).hasSize(1024);
        dhcp(smee, DhcpMessageType.DISCOVER, true);
        dhcp(smee, DhcpMessageType.REQUEST, true);
        script = smee.get("/" + MAC + "/auto.ipxe").body();
        assertThat(smee.get("/ipxe/" + file).statusCode()).isEqualTo(200);
        assertThat(smee.get("/auto.ipxe").statusCode()).isEqualTo(200);
        smee.get("/metrics");
      }
      // Closing has sent all that waited.
      List<Received> spans = collector.spans();
      String tree = TraceTree.of(spans);
      assertThat(spans.stream().map(Received::traceId).distinct()).as(tree).hasSize(1);

      Received discover = named(spans, "DHCP Packet Received: DISCOVER", 0);
      Received request = named(spans, "DHCP Packet Received: REQUEST", 0);
      assertThat(discover.parentId()).isEmpty();
      assertThat(request.parentId()).isEqualTo(discover.spanId());
      assertThat(handedOn).isEqualTo("00" + request.traceId() + request.spanId() + "01");
      assertThat(file)
          .isEqualTo("ipxe.efi-00-" + request.traceId() + "-" + request.spanId() + "-01");

      Received lookup = named(spans, "Hardware data get", 0);
      assertThat(lookup.parentId()).isEqualTo(discover.spanId());
      assertThat(lookup.attributes())
          .contains(
              entry("DHCP.MACAddress", MAC),
              entry("DHCP.IPAddress", "127.0.0.1"),
              entry("DHCP.SubnetMask", "255.255.255.0"),
              entry("DHCP.DefaultGateway", "192.168.2.1"),
              entry("DHCP.NameServers", "1.1.1.1,8.8.8.8"),
              entry("DHCP.Hostname", "machine-1"),
              entry("DHCP.LeaseTime", "3600"),
              entry("Netboot.AllowNetboot", "true"));
      assertThat(named(spans, "backend.file.GetByMac", 0).parentId()).isEqualTo(lookup.spanId());

      assertThat(discover.tracer()).isEqualTo("github.com/tinkerbell/smee");
      assertThat(discover.resource()).containsEntry("service.name", "smee");
      assertThat(request.attributes())
          .contains(
              entry("DHCP.request.Header.flags", "Unicast"),
              entry("DHCP.request.Header.transactionID", "0x0a0b0c0d"),
              entry("DHCP.request.Header.chaddr", MAC),
              entry("DHCP.request.Opt53.MessageType", "REQUEST"),
              entry("DHCP.request.Opt60.ClassIdentifier", "PXEClient:Arch:00007:UNDI:003001"),
              entry("DHCP.request.Opt94.ClientNetworkInterfaceIdentifier", "1.3.1"),
              entry("DHCP.reply.Header.yiaddr", "127.0.0.1"),
              entry("DHCP.reply.Header.siaddr", "192.0.2.1"),
              entry("DHCP.reply.Header.file", file),
              entry("DHCP.reply.Opt1.SubnetMask", "255.255.255.0"),
              entry("DHCP.reply.Opt3.DefaultGateway", "192.168.2.1"),
              entry("DHCP.reply.Opt6.NameServers", "1.1.1.1,8.8.8.8"),
              entry("DHCP.reply.Opt12.Hostname", "machine-1"),
              entry("DHCP.reply.Opt51.LeaseTime", "3600.0"),
              entry("DHCP.reply.Opt53.MessageType", "ACK"),
              entry("DHCP.reply.Opt54.ServerIdentifier", "192.0.2.1"))
          .containsKeys("DHCP.peer", "DHCP.server.ifname", "DHCP.request.Opt93.ClientIdentifier")
          .doesNotContainKey("DHCP.request.Header.yiaddr");
      assertThat(request.span().getStatus().getCode().name()).isEqualTo("STATUS_CODE_OK");

      Received tftp = named(spans, "TFTP get", 0);
      assertThat(tftp.tracer()).isEqualTo("TFTP");
      assertThat(tftp.parentId()).as("by the name of the file").isEqualTo(request.spanId());
      assertThat(tftp.span().getKind().name()).isEqualTo("SPAN_KIND_SERVER");
      assertThat(tftp.attributes())
          .contains(
              entry("filename", "ipxe.efi"),
              entry("requested-filename", file),
              entry("ip", "127.0.0.1"),
              entry("smee.joined_by", "file-name"));

      Received second = named(spans, "DHCP Packet Received: REQUEST", 1);
      assertThat(second.parentId()).isEqualTo(discover.spanId());
      assertThat(second.attributes()).containsEntry("smee.joined_by", "mac");

      Received asked = named(spans, "smee-http", 0);
      assertThat(asked.parentId()).isEqualTo(second.spanId());
      assertThat(asked.attributes())
          .contains(
              entry("smee.joined_by", "mac"),
              entry("http.route", "/"),
              entry("smee.script_name", "auto.ipxe"),
              entry("http.response.status_code", "200"));
      assertThat(script).contains("\necho Debug TraceID: " + asked.traceId() + "\n");
      assertThat(named(spans, "backend.file.GetByMac", 4).parentId()).isEqualTo(asked.spanId());

      Received binary = named(spans, "smee-http", 1);
      assertThat(binary.parentId()).isEqualTo(request.spanId());
      assertThat(binary.attributes()).containsEntry("smee.joined_by", "file-name");
      Received served = named(spans, "HTTP GET", 0);
      assertThat(served.parentId()).isEqualTo(binary.spanId());
      assertThat(served.attributes())
          .contains(entry("filename", "ipxe.efi"), entry("requested-filename", "/ipxe/" + file));

      assertThat(named(spans, "smee-http", 2).attributes())
          .containsEntry("smee.joined_by", "address");
      assertThat(spans).as("nothing secret").noneMatch(s -> s.span().toString().contains("secret"));
      assertThat(spans).noneMatch(span -> span.attributes().containsValue("/metrics"));
    }
  }

  @Test
  void anotherBootIsAnotherTrace() throws Exception {
    try (OtlpCollector collector = OtlpCollector.start()) {
      try (RunningSmee smee = start("-otel-endpoint=" + collector.endpoint())) {
        String first = traceParent(dhcp(smee, DhcpMessageType.DISCOVER, false));
        assertThat(traceParent(dhcp(smee, DhcpMessageType.DISCOVER, false)).substring(2, 34))
            .as("the firmware asks again")
            .isEqualTo(first.substring(2, 34));
        dhcp(smee, DhcpMessageType.DISCOVER, true);
        assertThat(traceParent(dhcp(smee, DhcpMessageType.DISCOVER, false)).substring(2, 34))
            .as("the machine was reset")
            .isNotEqualTo(first.substring(2, 34));
      }
    }
  }

  @Test
  void aTraceOfTheClientsOwnIsHonoured() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    try (OtlpCollector collector = OtlpCollector.start();
        RunningSmee smee = start("-otel-endpoint=" + collector.endpoint())) {
      HttpResponse<String> script =
          smee.get("/" + MAC + "/auto.ipxe", "traceparent", "00-" + trace + "-00f067aa0ba902b7-01");
      assertThat(script.body()).contains("\necho Debug TraceID: " + trace + "\n");
      Received span = collector.await(each -> each.name().equals("smee-http"));
      assertThat(span.traceId()).isEqualTo(trace);
      assertThat(span.parentId()).isEqualTo("00f067aa0ba902b7");
    }
  }

  @Test
  void unknownMachinesAndFilesHaveSpansThatSaySo() throws Exception {
    try (OtlpCollector collector = OtlpCollector.start();
        RunningSmee smee = start("-otel-endpoint=" + collector.endpoint())) {
      assertThat(
              smee.dhcp(
                  RunningSmee.request("02:00:00:00:00:01", DhcpMessageType.DISCOVER).build(), 200))
          .isEmpty();
      assertThatThrownBy(() -> smee.tftp("nothing")).isNotNull();
      Received packet = collector.await(each -> each.name().startsWith("DHCP Packet"));
      assertThat(packet.attributes()).containsEntry("smee.reason", "unknown-hardware");
      Received file = collector.await(each -> each.name().equals("TFTP get"));
      assertThat(file.span().getStatus().getCode().name()).isEqualTo("STATUS_CODE_ERROR");
    }
  }

  @Test
  @DisplayName("C32 without -otel-endpoint nothing is traced, and the script does not say a trace")
  void offByDefault() throws Exception {
    try (RunningSmee smee = start()) {
      DhcpMessage ack = dhcp(smee, DhcpMessageType.REQUEST, false);
      assertThat(ack.file()).isEqualTo("ipxe.efi");
      assertThat(traceParent(ack)).isEqualTo("00".repeat(26));
      assertThat(smee.get("/" + MAC + "/auto.ipxe").body()).doesNotContain("TraceID");
    }
  }

  @Test
  void aCollectorThatIsNotThereIsSaidOnceAndKeepsNobodyWaiting() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Map<String, String> hurry =
        Map.of("otel.bsp.schedule.delay", "50", "otel.java.exporter.otlp.retry.disabled", "true");
    hurry.forEach(System::setProperty);
    try (RunningSmee smee = start("-otel-endpoint=127.0.0.1:" + free, "-log-level=debug")) {
      String lost = "traces cannot be sent and are lost";
      dhcp(smee, DhcpMessageType.DISCOVER, false);
      assertThat(smee.await(line -> line.startsWith("WARN " + lost)))
          .contains("endpoint=127.0.0.1:" + free);
      long began = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        dhcp(smee, DhcpMessageType.DISCOVER, false);
      }
      assertThat(smee.get("/" + MAC + "/auto.ipxe").statusCode()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
      smee.await(line -> line.startsWith("DEBUG " + lost));
      assertThat(smee.log()).filteredOn(line -> line.startsWith("WARN " + lost)).hasSize(1);
    } finally {
      hurry.keySet().forEach(System::clearProperty);
    }
  }

  @Test
  @DisplayName("the standard variables of OpenTelemetry hold beside the flags")
  void standardVariables() throws Exception {
    try (OtlpCollector collector = OtlpCollector.start()) {
      List<String> all = new ArrayList<>(flags);
      all.add("-dhcp-enabled=false");
      all.add("-otel-endpoint=" + collector.endpoint());
      try (Packaged smee =
          Packaged.start(
              Packaged.javaJar(),
              Map.of(
                  "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1",
                  "OTEL_EXPORTER_OTLP_HEADERS", "x-team=lab",
                  "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip",
                  "OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test",
                  "OTEL_SERVICE_NAME", "smee-lab"),
              all.toArray(String[]::new))) {
        String line = smee.awaitMessage("listening for HTTP");
        smee.awaitMessage("smee is ready");
        String port = line.replaceFirst(".*\"address\":\"127\\.0\\.0\\.1:(\\d+)\".*", "$1");
        java.net.http.HttpClient.newHttpClient()
            .send(
                java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + port + "/auto.ipxe"))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
        smee.terminate();
        assertThat(smee.end().status()).isZero();
      }
      assertThat(collector.spans()).isNotEmpty();
      assertThat(collector.spans().get(0).resource())
          .contains(entry("service.name", "smee-lab"), entry("deployment.environment", "test"));
      assertThat(collector.requests().get(0))
          .contains(entry("x-team", "lab"), entry("grpc-encoding", "gzip"));
    }
  }

  @Test
  void aBadStandardVariableIsOneLine() throws Exception {
    Packaged.Result result =
        Packaged.run(
            Packaged.javaJar(),
            Map.of("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
            Stream.concat(flags.stream(), Stream.of("-otel-endpoint=127.0.0.1:4317"))
                .toArray(String[]::new));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).singleElement().asString().startsWith("smee: an OTEL_* variable");
  }

  @Test
  @DisplayName("no class of OpenTelemetry is loaded when traces are off")
  void notLoadedWhenOff() throws Exception {
    Path classes = folder.resolve("classes.txt");
    List<String> command = new ArrayList<>(Packaged.javaJar());
    command.add(1, "-Xlog:class+load:file=" + classes);
    // Garbage is collected soon, since the metrics about it may load something as well.
    command.add(1, "-Xmn2m");
    command.add(1, "-XX:+UseSerialGC");
    List<String> all = new ArrayList<>(flags);
    all.add("-dhcp-enabled=false");
    try (Packaged smee = Packaged.start(command, Map.of(), all.toArray(String[]::new))) {
      String line = smee.awaitMessage("listening for HTTP");
      smee.awaitMessage("smee is ready");
      String port = line.replaceFirst(".*\"address\":\"127\\.0\\.0\\.1:(\\d+)\".*", "$1");
      java.net.http.HttpClient.newHttpClient()
          .send(
              java.net.http.HttpRequest.newBuilder(
                      java.net.URI.create("http://127.0.0.1:" + port + "/auto.ipxe"))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      smee.terminate();
      assertThat(smee.end().status()).isZero();
    }
    assertThat(Files.readAllLines(classes))
        .anyMatch(line -> line.contains("org.tinkerbell.smee.app.Traces"))
        .noneMatch(line -> line.contains("io.opentelemetry"))
        .noneMatch(line -> line.contains("okhttp3"))
        .noneMatch(line -> line.contains("OtelTraces "));
  }
}
