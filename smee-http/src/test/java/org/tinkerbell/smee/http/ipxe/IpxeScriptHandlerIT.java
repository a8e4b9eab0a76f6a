// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.HttpServer;
import org.tinkerbell.smee.http.RawClient;
import org.tinkerbell.smee.http.RawClient.Answer;
import org.tinkerbell.smee.http.RecordingObserver;
import org.tinkerbell.smee.http.TrustedProxies;

/** The golden cases H1 to H23 and H45 through a real server, set-up A. */
@Timeout(30)
class IpxeScriptHandlerIT {
  private static final String H1 = "/08:00:27:29:4e:67/auto.ipxe";
  private static final RecordingObserver OBSERVER = new RecordingObserver();
  private static final AtomicInteger REQUESTS = new AtomicInteger();
  private static HttpServer normal;
  private static HttpServer autoProxy;
  private static HttpServer trusting;
  private static HttpServer noBackend;

  @BeforeAll
  static void start() {
    normal = start(new Machines(), false, "");
    autoProxy = start(new Machines(), true, "");
    trusting = start(new Machines(), false, "127.0.0.0/8");
    noBackend = start(Backend.none(), true, "");
  }

  private static HttpServer start(Backend backend, boolean staticScripts, String proxies) {
    HttpHandler scripts =
        IpxeScriptHandler.of(backend, Machines.settings().staticScripts(staticScripts).build())
            .withTraceIds(request -> request.header("X-Test-Trace"));
    HttpServer server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .observer(OBSERVER)
            .trustedProxies(TrustedProxies.parse(proxies))
            .handler(
                HttpRouter.builder()
                    .get("/ipxe/**", HttpHandler.of(r -> HttpResponse.notFound()))
                    .get("/ipxe/script/**", scripts)
                    .get("/healthcheck", HttpHandler.of(r -> HttpResponse.json("{}")))
                    .otherwise(scripts)
                    .build())
            .build();
    server.start().toCompletableFuture().join();
    return server;
  }

  @AfterAll
  static void stop() {
    for (HttpServer server : List.of(normal, autoProxy, trusting, noBackend)) {
      server.close();
    }
  }

  private static Answer get(HttpServer server, String target, String... fields) throws IOException {
    try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
      return client.get(target, fields).answer();
    }
  }

  @Test
  void h1HookScriptHasItsArguments() throws IOException {
    Answer answer = get(normal, H1);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("content-length")).isEqualTo("" + answer.body().length);
    assertThat(answer.text()).startsWith("#!ipxe\n");
    assertThat(Machines.kernelTokens(answer.text()))
        .containsExactly(
            ("vlan_id=30 facility=onprem syslog_host=192.168.2.1"
                    + " grpc_authority=192.168.2.1:42113 tinkerbell_tls=false"
                    + " tinkerbell_insecure_tls=false worker_id=08:00:27:29:4e:67"
                    + " hw_addr=08:00:27:29:4e:67 modules=loop,squashfs,sd-mod,usb-storage"
                    + " intel_iommu=on iommu=pt initrd=${initrd} console=tty0"
                    + " console=ttyS1,115200 k=v k2=v2")
                .split(" "));
  }

  @Test
  void h2ValuesAreSetInOrder() throws IOException {
    assertThat(get(normal, H1).text())
        .containsSubsequence(
            "set arch x86_64\n",
            "set download-url http://127.0.0.1:9999/hook\n",
            "set kernel vmlinuz-${arch}\n",
            "set initrd initramfs-${arch}\n",
            "set retries:int32 0\n",
            "set retry_delay:int32 2\n");
  }

  @ParameterizedTest(name = "{0}: {1} is as {2}")
  @CsvSource({
    "H3, /08-00-27-29-4E-67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "H3, /0800.2729.4e67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "H3, /a/b/08:00:27:29:4e:67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "alias, /ipxe/script/08:00:27:29:4e:67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "alias, /ipxe/script/auto.ipxe, /52:54:00:aa:88:2e/auto.ipxe",
    "encoded, /08%3A00%3A27%3A29%3A4e%3A67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "H5, /08:00:27:29:4e:67/x/auto.ipxe, /52:54:00:aa:88:2e/auto.ipxe",
    "H12, /auto.ipxe, /52:54:00:aa:88:2e/auto.ipxe",
    "H21, //08:00:27:29:4e:67//auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "H22, /x/../08:00:27:29:4e:67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
  })
  void pathsThatMeanTheSameMachine(String number, String target, String other) throws IOException {
    Answer answer = get(normal, target);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo(get(normal, other).text());
  }

  @ParameterizedTest(name = "{0}: {1} is {2} {3}")
  @CsvSource({
    "H4, /080027294e67/auto.ipxe, 404, malformed-mac",
    "H6, /08:00:27:29:4e:67/custom.ipxe, 404, path-not-supported",
    "H6, /, 404, path-not-supported",
    "H6, /healthcheck/, 404, path-not-supported",
    "H9, /52:54:00:aa:88:2c/auto.ipxe, 404, netboot-not-allowed",
    "H10, /52:54:00:aa:88:2d/auto.ipxe, 500, invalid-script-url",
    "H11, /52:54:00:aa:88:2f/auto.ipxe, 404, unknown-hardware",
    "H27, /52:54:00:aa:88:2a%20/auto.ipxe, 404, malformed-mac",
    "no netboot, /52:54:00:aa:88:30/auto.ipxe, 404, no-netboot-data",
    "outage, /52:54:00:00:00:01/auto.ipxe, 503, backend-failed",
    "broken backend, /52:54:00:00:00:02/auto.ipxe, 503, backend-failed",
    "unusable, /52:54:00:00:00:03/auto.ipxe, 404, unusable-record",
    "ambiguous, /52:54:00:00:00:04/auto.ipxe, 404, ambiguous-hardware",
  })
  void refusalsHaveAStatusAndAReason(String number, String target, int status, String reason)
      throws Exception {
    String once = once(target);
    Answer answer = get(normal, once);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    ScriptDecision decision = decision(once);
    assertThat(decision.reason().token()).isEqualTo(reason);
    if (decision.reason() == ScriptReason.PATH_NOT_SUPPORTED || status == 500) {
      assertThat(answer.body()).isEmpty();
    } else {
      IpxeInterpreter ipxe = new IpxeInterpreter(command -> false);
      assertThat(ipxe.run(answer.text())).isTrue();
      assertThat(ipxe.outside).isEmpty();
      assertThat(ipxe.screen.get(0)).contains(decision.reason().text());
      assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
    }
    assertThat(answer.header("retry-after")).isEqualTo(status == 503 ? "5" : "");
  }

  /** Makes a target that no other request has: outcomes of earlier tests may still come in. */
  private static String once(String target) {
    return target + "?" + REQUESTS.incrementAndGet();
  }

  private static ScriptDecision decision(String target) throws InterruptedException {
    HttpOutcome outcome = OBSERVER.nextFinished();
    while (!outcome.request().target().equals(target)) {
      outcome = OBSERVER.nextFinished();
    }
    return outcome.attribute(IpxeScriptHandler.DECISION).orElseThrow();
  }

  @Test
  void h7ScriptUrlIsChained() throws IOException {
    List<String> lines = get(normal, "/52:54:00:aa:88:2a/auto.ipxe").text().lines().toList();
    assertThat(lines.get(0)).isEqualTo("#!ipxe");
    assertThat(lines.get(lines.size() - 1)).isEqualTo("chain --autofree https://boot.netboot.xyz");
  }

  @Test
  void h8ScriptTextIsRun() throws IOException {
    assertThat(get(normal, "/52:54:00:aa:88:2b/auto.ipxe").text().stripTrailing())
        .startsWith("#!ipxe\n")
        .endsWith("\n#!ipxe\nshell");
  }

  @Test
  void h9NetbootStaysForbiddenInAutoProxyMode() throws IOException {
    assertThat(get(autoProxy, "/52:54:00:aa:88:2c/auto.ipxe").status()).isEqualTo(404);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "H11, /52:54:00:aa:88:2f/auto.ipxe, unknown-hardware",
    "no netboot, /52:54:00:aa:88:30/auto.ipxe, no-netboot-data",
    "unusable, /52:54:00:00:00:03/auto.ipxe, unusable-record",
  })
  void machinesWithoutARecordGetTheStaticScriptInAutoProxyMode(
      String number, String target, String reason) throws Exception {
    String once = once(target);
    Answer answer = get(autoProxy, once);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("set arch ${buildarch}\n");
    ScriptDecision decision = decision(once);
    assertThat(decision).isInstanceOf(ScriptDecision.Served.class);
    assertThat(((ScriptDecision.Served) decision).kind()).isEqualTo(ScriptKind.STATIC);
    assertThat(decision.reason().token()).isEqualTo(reason);
  }

  @Test
  void outageStaysAnOutageInAutoProxyMode() throws IOException {
    assertThat(get(autoProxy, "/52:54:00:00:00:01/auto.ipxe").status()).isEqualTo(503);
  }

  @Test
  void h12RecordOfTheClientIsFoundByItsAddress() throws IOException {
    String script = get(normal, "/auto.ipxe").text();
    assertThat(script).contains("\nset arch aarch64\n");
    List<String> tokens = Machines.kernelTokens(script);
    assertThat(tokens).containsSequence("facility=onprem", "console=ttyS2");
    assertThat(tokens).noneMatch(t -> t.startsWith("vlan_id="));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "H13 | X-Forwarded-For: 192.168.2.15 | /52:54:00:aa:88:2a/auto.ipxe",
        "H14 | X-Forwarded-For: 192.168.2.15, 127.0.0.5 | /52:54:00:aa:88:2a/auto.ipxe",
        "H15 | X-Forwarded-For: 10.0.0.1 | 404",
        "H16 | X-Forwarded-For: bad | /52:54:00:aa:88:2e/auto.ipxe",
        "H16, the port is left out | X-Forwarded-For: 192.168.2.15:1234 |"
            + " /52:54:00:aa:88:2a/auto.ipxe",
        "H17 | X-Forwarded-For: 192.168.2.15;X-Forwarded-For: 10.9.9.9 | 404",
      })
  void forwardedClients(String number, String fields, String expected) throws IOException {
    Answer answer = get(trusting, "/auto.ipxe", fields.split(";"));
    if (expected.equals("404")) {
      assertThat(answer.status()).isEqualTo(404);
    } else {
      assertThat(answer.text()).isEqualTo(get(trusting, expected).text());
    }
  }

  @Test
  void h18NobodyIsTrustedByDefault() throws IOException {
    assertThat(get(normal, "/auto.ipxe", "X-Forwarded-For: 192.168.2.15").text())
        .isEqualTo(get(normal, "/52:54:00:aa:88:2e/auto.ipxe").text());
  }

  @Test
  void h19HeadHasTheLengthOnly() throws IOException {
    int length = get(normal, H1).body().length;
    try (RawClient client = new RawClient(normal.boundAddresses().get(0))) {
      Answer head = client.head(H1).headAnswer();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("" + length);
      assertThat(client.get(H1).answer().body()).hasSize(length);
    }
  }

  @Test
  void h20PostIsNotAllowed() throws IOException {
    try (RawClient client = new RawClient(normal.boundAddresses().get(0))) {
      Answer answer = client.send("POST " + H1 + " HTTP/1.1\nHost: h\n\n").answer();
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
    }
  }

  @Test
  void h23FolderWithoutItsSlashIsRedirected() throws IOException {
    Answer answer = get(normal, "/ipxe?a=b");
    assertThat(answer.status()).isEqualTo(301);
    assertThat(answer.header("location")).isEqualTo("/ipxe/?a=b");
  }

  @ParameterizedTest(name = "H45: {0}")
  @CsvSource({"/auto.ipxe", "/52:54:00:aa:88:2c/auto.ipxe", "/08:00:27:29:4e:67/auto.ipxe"})
  void everyMachineGetsTheStaticScriptWithoutABackend(String target) throws IOException {
    Answer answer = get(noBackend, target);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("set worker_id ${mac}\n");
  }

  @Test
  void observerSeesMachineKindAndReason() throws Exception {
    String byAddress = once("/auto.ipxe");
    get(normal, byAddress);
    ScriptDecision served = decision(byAddress);
    assertThat(served.macAddress()).contains(MacAddress.parse("52:54:00:aa:88:2e"));
    assertThat(served.reason()).isEqualTo(ScriptReason.KNOWN_HARDWARE);
    assertThat(((ScriptDecision.Served) served).kind().token()).isEqualTo("hook");
    String byMac = once("/52:54:00:AA:88:2F/auto.ipxe");
    get(normal, byMac);
    assertThat(decision(byMac).macAddress()).contains(MacAddress.parse("52:54:00:aa:88:2f"));
  }

  @Test
  void traceIdOfTheRequestIsShown() throws IOException {
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    assertThat(get(normal, H1, "X-Test-Trace: " + id).text())
        .contains("\necho Debug TraceID: " + id + "\n");
    assertThat(Arrays.asList(ScriptKind.values()).stream().map(ScriptKind::token))
        .doesNotHaveDuplicates();
    assertThat(Optional.of(get(normal, H1).text()).filter(t -> t.contains("TraceID"))).isEmpty();
  }
}
