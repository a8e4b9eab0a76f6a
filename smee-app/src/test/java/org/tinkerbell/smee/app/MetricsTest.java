// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.syslog.SyslogConnectionFault;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogHandler;
import org.tinkerbell.smee.syslog.SyslogParser;
import org.tinkerbell.smee.tftp.TftpErrorCode;
import org.tinkerbell.smee.tftp.TftpLimit;
import org.tinkerbell.smee.tftp.TftpMode;
import org.tinkerbell.smee.tftp.TftpOptions;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpTransfer;

/** What is counted, and the text it is shown as. */
class MetricsTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.9", 2000);
  private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 69);
  private static final List<String> DHCP_TYPES =
      List.of(
          "DHCPACK",
          "DHCPDECLINE",
          "DHCPDISCOVER",
          "DHCPINFORM",
          "DHCPNAK",
          "DHCPOFFER",
          "DHCPRELEASE",
          "DHCPREQUEST");

  private final AtomicLong nanos = new AtomicLong();
  private final Metrics metrics = new Metrics("reservation", nanos::get);

  private double value(String series) {
    return Samples.of(metrics).value(series);
  }

  private void pass(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  // What the reference shows from the start.

  @Test
  @DisplayName("H25 fresh")
  void fresh() {
    String text = new String(metrics.text(), StandardCharsets.UTF_8);
    assertThat(text)
        .contains("jobs_total{from=\"http\",op=\"file\"} 0")
        .contains(
            "jobs_duration_seconds_bucket"
                + "{from=\"dhcp\",op=\"DHCPACK\",le=\"0.060000000000000005\"} 0\n")
        .contains("# TYPE jobs_total counter\n")
        .contains("# TYPE discover_in_progress gauge\n")
        .contains("# TYPE discover_duration_seconds histogram\n");
    assertThat(Metrics.MEDIA_TYPE).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void bucketsHaveTheReferencesDigits() {
    assertThat(Samples.of(metrics).series("discover_duration_seconds_bucket"))
        .filteredOn(series -> series.contains("from=\"ip\""))
        .containsExactlyElementsOf(
            Stream.of(
                    "0.01",
                    "0.060000000000000005",
                    "0.11000000000000001",
                    "0.16000000000000003",
                    "0.21000000000000002",
                    "0.26",
                    "0.31",
                    "0.36",
                    "0.41",
                    "0.45999999999999996",
                    "+Inf")
                .map(le -> "discover_duration_seconds_bucket{from=\"ip\",le=\"%s\"}".formatted(le))
                .toList());
  }

  @Test
  void theReferencesSeriesAreThereFromTheStart() {
    List<String> jobs = new ArrayList<>();
    DHCP_TYPES.forEach(type -> jobs.add("{from=\"dhcp\",op=\"" + type + "\"}"));
    for (String op : List.of("event", "file", "hardware-components", "phone-home", "problem")) {
      jobs.add("{from=\"http\",op=\"" + op + "\"}");
    }
    jobs.add("{from=\"tftp\",op=\"read\"}");
    List<String> packets = new ArrayList<>();
    DHCP_TYPES.forEach(type -> packets.add("{op=\"recv\",type=\"" + type + "\"}"));
    packets.add("{op=\"send\",type=\"DHCPOFFER\"}");
    List<String> lookups = List.of("{from=\"dhcp\"}", "{from=\"ip\"}");
    Map<String, List<String>> expected =
        Map.of(
            "dhcp_total", packets,
            "discover_total", lookups,
            "discover_in_progress", lookups,
            "discover_duration_seconds_count", lookups,
            "jobs_total", jobs,
            "jobs_in_progress", jobs,
            "jobs_duration_seconds_count", jobs);
    Samples samples = Samples.of(metrics);
    expected.forEach(
        (name, labels) ->
            assertThat(samples.series(name))
                .containsExactlyInAnyOrderElementsOf(labels.stream().map(l -> name + l).toList()));
    assertThat(samples.values().values()).containsOnly(0.0);
  }

  @Test
  void theProcessIsShownToo() {
    metrics.withProcess();
    Samples samples = Samples.of(metrics);
    assertThat(samples.value("process_start_time_seconds")).isPositive();
    assertThat(samples.value("jvm_threads_current")).isPositive();
  }

  // Scripts and look-ups.

  private static HttpRequest get(String target) {
    return HttpRequest.builder("GET", target).build();
  }

  @Test
  @DisplayName("H26 18 scripts")
  void scripts() {
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    HttpHandler scripts = metrics.countingScripts(request -> answer);
    for (int i = 0; i < 6; i++) {
      scripts.handle(get("/auto.ipxe"));
      scripts.handle(get("/ipxe/script/08:00:27:29:4e:67/auto.ipxe"));
      scripts.handle(get("/080027294e67/auto.ipxe/"));
      scripts.handle(get("/favicon.ico"));
      scripts.handle(get("/xauto.ipxe"));
    }
    assertThat(value("jobs_in_progress{from=\"http\",op=\"file\"}")).isEqualTo(18);
    pass(Duration.ofMillis(50));
    answer.complete(HttpResponse.text("#!ipxe\n"));
    assertThat(value("jobs_total{from=\"http\",op=\"file\"}")).isEqualTo(18);
    assertThat(value("jobs_in_progress{from=\"http\",op=\"file\"}")).isZero();
    assertThat(value("jobs_duration_seconds_count{from=\"http\",op=\"file\"}")).isEqualTo(18);
    assertThat(value("jobs_duration_seconds_bucket{from=\"http\",op=\"file\",le=\"0.01\"}"))
        .isZero();
    assertThat(
            value(
                "jobs_duration_seconds_bucket"
                    + "{from=\"http\",op=\"file\",le=\"0.060000000000000005\"}"))
        .isEqualTo(18);
  }

  @Test
  void aHandlerThatThrowsLeavesNothingInProgress() {
    HttpHandler scripts =
        metrics.countingScripts(
            request -> {
              throw new IllegalStateException("broken");
            });
    assertThatThrownBy(() -> scripts.handle(get("/auto.ipxe"))).hasMessage("broken");
    assertThat(value("jobs_total{from=\"http\",op=\"file\"}")).isEqualTo(1);
    assertThat(value("jobs_in_progress{from=\"http\",op=\"file\"}")).isZero();
  }

  @Test
  void lookupsAreCountedByWhoAsks() {
    MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
    metrics.forDhcp(Backend.none()).findByMac(mac);
    metrics.forScripts(Backend.none()).findByMac(mac);
    metrics.forScripts(Backend.none()).findByIp(CLIENT.getAddress());
    metrics.forScripts(Backend.none()).findByIp(CLIENT.getAddress());
    assertThat(value("discover_total{from=\"dhcp\"}")).isEqualTo(1);
    assertThat(value("discover_total{from=\"http\"}")).isEqualTo(1);
    assertThat(value("discover_total{from=\"ip\"}")).isEqualTo(2);
    assertThat(value("discover_duration_seconds_count{from=\"ip\"}")).isEqualTo(2);
    assertThat(value("discover_in_progress{from=\"ip\"}")).isZero();
    assertThat(value("smee_backend_lookups_total{from=\"ip\",result=\"not-found\"}")).isEqualTo(2);
  }

  @Test
  void loadsOfTheRecordsAreCounted() {
    metrics.backend().loaded("hardware.yaml", 7);
    metrics.backend().loadFailed("hardware.yaml", "line 3");
    metrics.backend().recordProblem("hardware.yaml:12:5", "no address");
    assertThat(value("smee_backend_records")).isEqualTo(7);
    assertThat(value("smee_backend_loads_total{result=\"loaded\"}")).isEqualTo(1);
    assertThat(value("smee_backend_loads_total{result=\"failed\"}")).isEqualTo(1);
    assertThat(value("smee_backend_record_problems_total")).isEqualTo(1);
  }

  @Test
  void ageOfOutdatedRecordsIsShown() {
    AtomicReference<BackendStatus> status = new AtomicReference<>(BackendStatus.ready("7 records"));
    metrics.backend().staleness(status::get);
    assertThat(value("smee_backend_stale_seconds")).isZero();
    status.set(BackendStatus.stale("7 records", Duration.ofMillis(9_500)));
    assertThat(value("smee_backend_stale_seconds")).isEqualTo(9.5);
  }

  // DHCP.

  private static DhcpExchange exchange(int type) {
    DhcpMessage request =
        DhcpMessage.builder()
            .hardwareAddress(MacAddress.parse("02:00:00:00:00:01"))
            .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.of(type))
            .build();
    Arrival arrival =
        new Arrival("lo", Optional.of("lo"), Optional.empty(), SERVER, CLIENT, Instant.EPOCH);
    return DhcpExchange.of(request, arrival);
  }

  private static DhcpResult.Reply reply(DhcpExchange exchange, DhcpMessageType type) {
    return new DhcpResult.Reply(exchange.reply(type).build(), Optional.empty());
  }

  @Test
  void dhcpMessagesAreCountedByTypeAndReason() {
    DhcpMetrics dhcp = metrics.dhcp();
    DhcpExchange discover = exchange(1);
    dhcp.received(discover);
    assertThat(value("jobs_in_progress{from=\"dhcp\",op=\"DHCPDISCOVER\"}")).isEqualTo(1);
    pass(Duration.ofMillis(20));
    dhcp.replied(discover, reply(discover, DhcpMessageType.OFFER), CLIENT);
    DhcpExchange request = exchange(3);
    dhcp.received(request);
    dhcp.replied(request, reply(request, DhcpMessageType.ACK), CLIENT);
    DhcpExchange inform = exchange(8);
    dhcp.received(inform);
    dhcp.sendFailed(inform, reply(inform, DhcpMessageType.ACK), CLIENT, new IOException("no"));
    for (int type = 1; type < 256; type++) {
      DhcpExchange unknown = exchange(type);
      dhcp.received(unknown);
      dhcp.ignored(unknown, new DhcpResult.Ignore(IgnoreReason.UNKNOWN_HARDWARE, "detail"));
    }
    dhcp.dropped(discover.arrival(), "too-many-in-flight");

    assertThat(value("dhcp_total{op=\"recv\",type=\"DHCPDISCOVER\"}")).isEqualTo(2);
    assertThat(value("dhcp_total{op=\"recv\",type=\"other\"}")).isEqualTo(247);
    assertThat(value("dhcp_total{op=\"send\",type=\"DHCPOFFER\"}")).isEqualTo(1);
    assertThat(value("dhcp_total{op=\"send\",type=\"DHCPACK\"}")).isEqualTo(1);
    assertThat(value("smee_dhcp_send_failures_total{type=\"DHCPACK\"}")).isEqualTo(1);
    assertThat(value("smee_dhcp_dropped_total{reason=\"too-many-in-flight\"}")).isEqualTo(1);
    assertThat(
            value(
                "smee_dhcp_ignored_total"
                    + "{mode=\"reservation\",reason=\"unknown-hardware\",type=\"other\"}"))
        .isEqualTo(247);
    assertThat(value("jobs_total{from=\"dhcp\",op=\"DHCPDISCOVER\"}")).isEqualTo(2);
    assertThat(value("jobs_duration_seconds_count{from=\"dhcp\",op=\"DHCPINFORM\"}")).isEqualTo(2);
    assertThat(value("jobs_duration_seconds_bucket{from=\"dhcp\",op=\"DHCPDISCOVER\",le=\"0.01\"}"))
        .isEqualTo(1);
    Samples samples = Samples.of(metrics);
    assertThat(samples.series("jobs_in_progress")).allMatch(series -> samples.value(series) == 0);
    assertThat(samples.series("smee_dhcp_ignored_total")).as("bounded").hasSize(9);
  }

  // TFTP.

  private static TftpRequest read(int port) {
    return new TftpRequest(
        "undionly.kpxe" + port,
        TftpMode.OCTET,
        TftpOptions.none(),
        new InetSocketAddress(CLIENT.getAddress(), port),
        SERVER);
  }

  private static TftpTransfer transfer(int port, long bytes) {
    return new TftpTransfer(read(port), bytes, 512, 1, Duration.ofSeconds(1), 2);
  }

  @Test
  void tftpTransfersAreCountedByResult() {
    TftpMetrics tftp = metrics.tftp();
    for (int port = 1; port <= 6; port++) {
      tftp.requested(read(port));
    }
    assertThat(value("jobs_in_progress{from=\"tftp\",op=\"read\"}")).isEqualTo(6);
    tftp.completed(transfer(1, 1000));
    tftp.aborted(transfer(2, 24), TftpErrorCode.of(4711), "anything");
    tftp.refused(read(3), TftpErrorCode.FILE_NOT_FOUND, "none");
    tftp.replaced(transfer(4, 0));
    tftp.limited(read(5).remote(), TftpLimit.UNACKNOWLEDGED);
    assertThat(value("jobs_in_progress{from=\"tftp\",op=\"read\"}")).isEqualTo(1);
    tftp.completed(transfer(6, 0));
    tftp.unsupported(CLIENT, SERVER, "x", TftpErrorCode.ILLEGAL_OPERATION);
    tftp.malformed(CLIENT, SERVER, "short");
    assertThat(value("jobs_total{from=\"tftp\",op=\"read\"}")).isEqualTo(6);
    assertThat(value("jobs_in_progress{from=\"tftp\",op=\"read\"}")).isZero();
    assertThat(value("jobs_duration_seconds_count{from=\"tftp\",op=\"read\"}")).isEqualTo(6);
    assertThat(value("smee_tftp_sent_bytes_total")).isEqualTo(1024);
    assertThat(value("smee_tftp_retransmissions_total")).isEqualTo(8);
    assertThat(value("smee_tftp_malformed_total")).isEqualTo(1);
    Map<String, Integer> results =
        Map.of(
            "completed", 2,
            "aborted", 1,
            "refused", 1,
            "replaced", 1,
            "limited", 1,
            "unsupported", 1,
            "failed", 0);
    results.forEach(
        (result, count) ->
            assertThat(value("smee_tftp_transfers_total{result=\"" + result + "\"}"))
                .as(result)
                .isEqualTo(count.doubleValue()));
  }

  @ParameterizedTest
  @EnumSource(TftpLimit.class)
  void everyLimitOfTftpIsCounted(TftpLimit limit) {
    metrics.tftp().limited(CLIENT, limit);
    assertThat(value("smee_tftp_limited_total{limit=\"" + limit + "\"}")).isEqualTo(1);
    assertThat(value("smee_tftp_transfers_total{result=\"limited\"}"))
        .isEqualTo(limit == TftpLimit.ERROR_RATE ? 0 : 1);
    assertThat(value("jobs_in_progress{from=\"tftp\",op=\"read\"}")).isZero();
  }

  // HTTP.

  private static HttpOutcome outcome(String method, String target, HttpResponse response) {
    return new HttpOutcome(
        HttpRequest.builder(method, target).build(),
        Optional.of(response),
        response.status(),
        10,
        Duration.ofMillis(7),
        false);
  }

  @Test
  void httpRequestsAreCountedByRouteAndNeverByPath() {
    HttpMetrics http = metrics.http();
    HttpResponse binary = HttpResponse.text("x").with(HttpRouter.ROUTE, "/ipxe/**");
    http.requestFinished(outcome("GET", "/ipxe/a", binary));
    http.requestFinished(outcome("GET", "/ipxe/b", binary));
    http.requestFinished(outcome("HEAD", "/ipxe/b", binary));
    for (int i = 0; i < 50; i++) {
      http.requestFinished(outcome("GET", "/secret" + i, HttpResponse.notFound()));
      http.requestFinished(outcome("BREW" + i, "/", HttpResponse.methodNotAllowed()));
    }
    assertThat(value("http_server_requests_total{method=\"GET\",status_code=\"200\"}"))
        .isEqualTo(2);
    assertThat(value("http_server_requests_total{method=\"other\",status_code=\"405\"}"))
        .isEqualTo(50);
    assertThat(value("smee_http_sent_bytes_total{route=\"/ipxe/**\"}")).isEqualTo(30);
    Samples samples = Samples.of(metrics);
    assertThat(samples.series("http_server_requests_total")).hasSize(4);
    assertThat(samples.series("http_server_request_duration_seconds_count"))
        .contains(
            "http_server_request_duration_seconds_count"
                + "{method=\"GET\",route=\"unmatched\",status_code=\"404\"}")
        .hasSize(4);
    assertThat(samples.series("http_server_request_duration_seconds_bucket"))
        .filteredOn(series -> series.contains("HEAD"))
        .extracting(series -> series.replaceFirst(".*le=\"(.*)\"}", "$1"))
        .containsExactly(
            "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0",
            "+Inf");
    assertThat(samples.text()).doesNotContain("secret").doesNotContain("BREW");
  }

  @Test
  void whatIsNoHttpRequestIsCounted() {
    metrics.http().malformedRequest(CLIENT, 431, "too long");
    metrics.http().connectionRefused(CLIENT, "too-many-connections");
    metrics.http().connectionTimedOut(CLIENT, "headers-too-slow");
    assertThat(value("smee_http_malformed_requests_total{status_code=\"431\"}")).isEqualTo(1);
    assertThat(value("smee_http_closed_connections_total{reason=\"too-many-connections\"}"))
        .isEqualTo(1);
    assertThat(value("smee_http_closed_connections_total{reason=\"headers-too-slow\"}"))
        .isEqualTo(1);
  }

  // Syslog.

  @Test
  void syslogMessagesAreCountedByResult() throws Exception {
    List<String> seen = new ArrayList<>();
    SyslogHandler handler = metrics.syslog().counting(message -> seen.add(message.message()));
    for (String text : List.of("<30>Jan  1 00:00:00 host app: hello", "no syslog", "")) {
      handler.handle(
          SyslogParser.parse(text.getBytes(StandardCharsets.UTF_8), CLIENT, Instant.EPOCH));
    }
    metrics.syslog().dropped(CLIENT, SyslogDropReason.QUEUE_FULL);
    assertThat(seen).hasSize(3).contains("hello");
    assertThat(value("syslog_messages_total{result=\"parsed\"}")).isEqualTo(1);
    assertThat(value("syslog_messages_total{result=\"unparsed\"}")).isEqualTo(2);
    assertThat(value("syslog_messages_total{result=\"dropped\"}")).isEqualTo(1);
  }

  @Test
  void everySyslogDropIsInOneSumAndHasItsReason() {
    metrics.syslog().dropped(CLIENT, SyslogDropReason.QUEUE_FULL);
    metrics.syslog().dropped(CLIENT, SyslogDropReason.SOURCE_RATE);
    metrics.syslog().lost(CLIENT, 40);
    metrics.syslog().lost(CLIENT, 2);
    assertThat(value("syslog_messages_total{result=\"dropped\"}")).isEqualTo(44);
    assertThat(value("smee_syslog_dropped_messages_total{reason=\"queue-full\"}")).isEqualTo(1);
    assertThat(value("smee_syslog_dropped_messages_total{reason=\"source-rate\"}")).isEqualTo(1);
    assertThat(value("smee_syslog_dropped_messages_total{reason=\"receive-buffer-full\"}"))
        .isEqualTo(42);
    assertThat(value("smee_syslog_dropped_messages_total{reason=\"closed\"}")).isEqualTo(0);
  }

  @Test
  void syslogConnectionsAreCountedAndSoAreTheirFaults() {
    metrics.syslog().connected(CLIENT);
    metrics.syslog().connected(CLIENT);
    metrics.syslog().disconnected(CLIENT);
    metrics.syslog().connectionFault(CLIENT, SyslogConnectionFault.IDLE);
    assertThat(value("smee_syslog_connections")).isEqualTo(1);
    assertThat(value("smee_syslog_connection_faults_total{fault=\"idle\"}")).isEqualTo(1);
    assertThat(value("smee_syslog_connection_faults_total{fault=\"tls-failed\"}")).isEqualTo(0);
  }
}
