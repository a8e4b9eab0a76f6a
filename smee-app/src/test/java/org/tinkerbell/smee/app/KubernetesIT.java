// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.kube.ApiServerDouble;
import org.tinkerbell.smee.backend.kube.KubectlProgram;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/**
 * The files that the documentation offers, applied with {@code kubectl}, and what the packaged
 * program then answers by DHCP and HTTP.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class KubernetesIT {
  private static final Path MANIFESTS = Path.of("../docs/kubernetes").toAbsolutePath();
  private static final String MAC = "02:00:00:00:00:01";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir Path folder;
  private ApiServerDouble server;
  private Path kubeconfig;
  private InetSocketAddress dhcp;
  private String http;

  @BeforeEach
  void startServer() throws Exception {
    server = new ApiServerDouble();
    server.served = "";
    kubeconfig = folder.resolve("config");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts: [{name: lab, context: {cluster: lab, user: admin}}]
        clusters: [{name: lab, cluster: {server: "%s"}}]
        users: [{name: admin, user: {}}]
        """
            .formatted(server.url()));
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Test
  void servedAnswersFollowWhatKubectlApplies() throws Exception {
    assumeTrue(KubectlProgram.installed(), "kubectl is not installed");
    try (Packaged smee =
        Packaged.start(
            Packaged.loopback("-backend-kube-config=" + kubeconfig, "-tftp-enabled=false")
                .toArray(String[]::new))) {
      dhcp = smee.awaitListening("DHCP");
      http = "http://127.0.0.1:" + smee.awaitListening("HTTP").getPort();
      smee.awaitMessage("smee is ready");

      KubectlProgram kubectl = new KubectlProgram(kubeconfig, folder);
      // Without the resource definition nothing is known: silence, and "come back later".
      assertThat(script().statusCode()).isEqualTo(503);
      assertThat(offer(300)).isEmpty();

      kubectl.run("apply", "--validate=false", "-f", MANIFESTS.resolve("hardware-crd.yaml"));
      kubectl.run("wait", "--for=condition=Established", "crd/hardware.tinkerbell.org");
      await("an empty list", () -> script().statusCode() == 404);

      Path example = MANIFESTS.resolve("hardware-example.yaml");
      kubectl.run("apply", "--validate=false", "-f", example);
      await("the example's script", () -> script().statusCode() == 200);
      assertThat(script().body())
          .startsWith("#!ipxe\n")
          .contains("http://192.0.2.5/hook")
          .contains("console=ttyS0");
      DhcpMessage first = offer(10_000).orElseThrow();
      assertThat(first.yiaddr().getHostAddress()).isEqualTo("192.0.2.10");
      assertThat(first.get(DhcpOptions.HOST_NAME)).contains("node-1");

      Path changed = folder.resolve("changed.yaml");
      Files.writeString(
          changed,
          Files.readString(example)
              .replace("hostname: node-1", "hostname: renamed")
              .replace("192.0.2.10", "192.0.2.11")
              .replace("http://192.0.2.5/hook", "http://192.0.2.6/hook"));
      kubectl.run("apply", "--validate=false", "-f", changed);
      await("the changed script", () -> script().body().contains("http://192.0.2.6/hook"));
      DhcpMessage second = offer(10_000).orElseThrow();
      assertThat(second.yiaddr().getHostAddress()).isEqualTo("192.0.2.11");
      assertThat(second.get(DhcpOptions.HOST_NAME)).contains("renamed");

      kubectl.run("delete", "hardware", "node-1", "-n", "tink");
      await("no script", () -> script().statusCode() == 404);
      assertThat(offer(300)).isEmpty();
      smee.terminate();
      assertThat(smee.end().status()).isZero();
    }
  }

  /** Asks for the address of the example's first interface, through a relay. */
  private Optional<DhcpMessage> offer(int timeoutMillis) throws Exception {
    DhcpMessage request = RunningSmee.request(MAC, DhcpMessageType.DISCOVER).build();
    return RunningSmee.dhcp(dhcp, request, timeoutMillis);
  }

  private HttpResponse<String> script() throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(http + "/" + MAC + "/auto.ipxe")).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(end);
    }
  }
}
