// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void answersFollowWhatKubectlDoes() throws Exception {
    assumeTrue(KubectlProgram.installed(), "kubectl is not installed");
    Certificates certificates = new Certificates(folder);
    ApiServerDouble server = new ApiServerDouble(certificates.tls(), false);
    server.served = "";
    server.token = "let-me-in";
    try (Cluster cluster = new Cluster(server)) {
      Files.writeString(folder.resolve("ca.pem"), certificates.ofServer());
      Path kubeconfig = folder.resolve("config");
      KubectlProgram kubectl = new KubectlProgram(kubeconfig, folder);
      Files.writeString(
          kubeconfig,
          Kubeconfigs.with(
              "server: " + server.url() + "\ncertificate-authority: ca.pem", "token: let-me-in"));
      cluster.backend = cluster.builder().apiServer(server.url()).kubeconfig(kubeconfig).build();
      cluster.backend.start();
      assertThat(cluster.recorder.awaitFailed()).contains("hardware.tinkerbell.org");
      assertThat(cluster.backend.status().ready()).isFalse();
      assertThat(cluster.mac(FIRST)).isInstanceOf(LookupResult.Failed.class);

      kubectl.run("apply", "--validate=false", "-f", MANIFESTS.resolve("hardware-crd.yaml"));
      kubectl.run("wait", "--for=condition=Established", "crd/hardware.tinkerbell.org");
      cluster.awaitSync();
      assertThat(cluster.recorder.awaitLoaded()).isZero();
      assertThat(cluster.mac(FIRST)).isEqualTo(LookupResult.notFound());

      Path example = MANIFESTS.resolve("hardware-example.yaml");
      kubectl.run("apply", "--validate=false", "-f", example);
      assertThat(cluster.recorder.awaitLoaded()).isEqualTo(2);
      HardwareRecord first = cluster.found(FIRST);
      assertThat(first.netbootAllowed()).isTrue();
      assertThat(first.reservation().hostname()).hasValue("node-1");
      assertThat(cluster.ip("192.0.2.10")).isEqualTo(LookupResult.found(first));
      assertThat(cluster.found(SECOND).netbootAllowed()).isFalse();
      assertThat(kubectl.run("get", "hw", "--all-namespaces", "-o", "name"))
          .isEqualToIgnoringNewLines("hardware.tinkerbell.org/node-1");

      Path changed = folder.resolve("changed.yaml");
      Files.writeString(
          changed, Files.readString(example).replace("hostname: node-1", "hostname: renamed"));
      kubectl.run("apply", "--validate=false", "-f", changed);
      cluster.recorder.awaitLoaded();
      assertThat(cluster.found(FIRST).reservation().hostname()).hasValue("renamed");

      kubectl.run(
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

      kubectl.run("delete", "hardware", "node-1", "-n", "tink");
      assertThat(cluster.recorder.awaitLoaded()).isZero();
      assertThat(cluster.mac(FIRST)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.mac(SECOND)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.recorder.problems).isEmpty();
    }
  }
}
