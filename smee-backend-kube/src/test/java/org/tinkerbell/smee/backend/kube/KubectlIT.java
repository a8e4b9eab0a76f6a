// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;

/** The files that the documentation offers, applied with {@code kubectl}, and what is answered. */
@Timeout(120)
class KubectlIT {
  private static final Path MANIFESTS = Path.of("../docs/kubernetes");
  private static final String FIRST = "02:00:00:00:00:01";
  private static final String SECOND = "02:00:00:00:00:02";

  @TempDir Path folder;
  private Path kubeconfig;

  @Test
  void answersFollowWhatKubectlDoes() throws Exception {
    assumeTrue(installed(), "kubectl is not installed");
    Certificates certificates = new Certificates(folder);
    ApiServerDouble server = new ApiServerDouble(certificates.tls(), false);
    server.served = "";
    server.token = "let-me-in";
    try (Cluster cluster = new Cluster(server)) {
      Files.writeString(folder.resolve("ca.pem"), certificates.ofServer());
      kubeconfig = folder.resolve("config");
      Files.writeString(
          kubeconfig,
          Kubeconfigs.with(
              "server: " + server.url() + "\ncertificate-authority: ca.pem", "token: let-me-in"));
      cluster.backend = cluster.builder().apiServer(server.url()).kubeconfig(kubeconfig).build();
      cluster.backend.start();
      assertThat(cluster.recorder.awaitFailed()).contains("hardware.tinkerbell.org");
      assertThat(cluster.backend.status().ready()).isFalse();
      assertThat(cluster.mac(FIRST)).isInstanceOf(LookupResult.Failed.class);

      kubectl("apply", "--validate=false", "-f", MANIFESTS.resolve("hardware-crd.yaml"));
      kubectl("wait", "--for=condition=Established", "crd/hardware.tinkerbell.org");
      cluster.awaitSync();
      assertThat(cluster.recorder.awaitLoaded()).isZero();
      assertThat(cluster.mac(FIRST)).isEqualTo(LookupResult.notFound());

      Path example = MANIFESTS.resolve("hardware-example.yaml");
      kubectl("apply", "--validate=false", "-f", example);
      assertThat(cluster.recorder.awaitLoaded()).isEqualTo(2);
      HardwareRecord first = cluster.found(FIRST);
      assertThat(first.netbootAllowed()).isTrue();
      assertThat(first.reservation().hostname()).hasValue("node-1");
      assertThat(cluster.ip("192.0.2.10")).isEqualTo(LookupResult.found(first));
      assertThat(cluster.found(SECOND).netbootAllowed()).isFalse();
      assertThat(kubectl("get", "hw", "--all-namespaces", "-o", "name"))
          .isEqualToIgnoringNewLines("hardware.tinkerbell.org/node-1");

      Path changed = folder.resolve("changed.yaml");
      Files.writeString(
          changed, Files.readString(example).replace("hostname: node-1", "hostname: renamed"));
      kubectl("apply", "--validate=false", "-f", changed);
      cluster.recorder.awaitLoaded();
      assertThat(cluster.found(FIRST).reservation().hostname()).hasValue("renamed");

      kubectl(
          "patch",
          "hardware",
          "node-1",
          "-n",
          "tink",
          "--type=merge",
          "-p",
          "{\"spec\":{\"agentID\":\"rack7\"}}");
      cluster.recorder.awaitLoaded();
      assertThat(cluster.found(FIRST).agentId()).hasValue("rack7");

      kubectl("delete", "hardware", "node-1", "-n", "tink");
      assertThat(cluster.recorder.awaitLoaded()).isZero();
      assertThat(cluster.mac(FIRST)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.mac(SECOND)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.recorder.problems).isEmpty();
    }
  }

  private static boolean installed() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("kubectl", "version", "--client")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs {@code kubectl}, which must succeed, and returns what it prints. */
  private String kubectl(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl", "--request-timeout=20s"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path out = folder.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command);
    // Its cache of what a server has is kept by address, and ours come and go.
    builder.environment().putAll(Map.of("KUBECONFIG", kubeconfig.toString(), "HOME", "" + folder));
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", command).isTrue();
    String text = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
    return text;
  }
}
