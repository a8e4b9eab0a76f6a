// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.kube.Samples.MAC1;
import static org.tinkerbell.smee.backend.kube.Samples.h1;
import static org.tinkerbell.smee.backend.kube.Samples.hardware;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.LookupResult;

/** TLS with certificates made for the occasion by the JDK's {@code keytool}. */
class KubeTlsIT {
  @TempDir private static Path folder;
  private static Certificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = new Certificates(folder);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void certificatesOfAKubeconfigAreUsed() throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(certificates.tls(), true), h1())) {
      Path file = folder.resolve("config");
      Files.writeString(folder.resolve("ca.pem"), certificates.ofServer());
      Files.writeString(
          file,
          Kubeconfigs.with(
              "server: " + cluster.server.url() + "\ncertificate-authority: ca.pem",
              "client-certificate-data: "
                  + base64(certificates.ofClient())
                  + "\nclient-key-data: "
                  + base64(certificates.keyOfClient())));
      cluster.backend =
          KubeBackend.builder().surroundings(Cluster.NOWHERE).kubeconfig(file).build();
      cluster.backend.start();
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void k26ServiceAccountOfThePodIsUsed(@TempDir Path account) throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(certificates.tls(), false), h1())) {
      cluster.server.token = "pod";
      Files.writeString(account.resolve("token"), "pod");
      Files.writeString(account.resolve("ca.crt"), certificates.ofServer());
      Map<String, String> environment =
          Map.of(
              "KUBERNETES_SERVICE_HOST",
              "127.0.0.1",
              "KUBERNETES_SERVICE_PORT",
              Integer.toString(URI.create(cluster.server.url()).getPort()));
      cluster.backend =
          KubeBackend.builder()
              .surroundings(new Surroundings(environment, Path.of("/nonexistent"), account))
              .build();
      cluster.backend.start();
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void strangeCertificateIsRefusedInOneLine() throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(certificates.tls(), false), h1())) {
      cluster.started();
      assertThat(cluster.recorder.awaitFailed())
          .contains(
              "cannot reach the Kubernetes API at https://127.0.0.1:",
              ": its certificate is not signed by an authority that is trusted; retrying in 1 s")
          .doesNotContain("\n");
    }
  }

  @Test
  void missingCertificateFileIsTriedAgain() throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(certificates.tls(), false), h1())) {
      Path file = folder.resolve("late");
      Files.writeString(
          file,
          Kubeconfigs.with(
              "server: " + cluster.server.url() + "\ncertificate-authority: late.pem", "token: x"));
      cluster.started(builder -> builder.kubeconfig(file));
      assertThat(cluster.recorder.awaitFailed())
          .startsWith("cannot use the Kubernetes configuration of " + file)
          .contains("no such file " + folder.resolve("late.pem"));
      Files.writeString(folder.resolve("late.pem"), certificates.ofServer());
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  /** What is printed is quoted in docs/performance.md. */
  @Test
  void tenThousandObjectsAreSynchronisedAndTheirChangesSeenAtOnce() throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(certificates.tls(), false))) {
      cluster.server.token = "large";
      for (int i = 0; i < 10_000; i++) {
        cluster.server.apply(
            hardware("tink", "node-" + i, mac(i), "10.0." + i / 256 + "." + i % 256));
      }
      Path file = folder.resolve("large");
      Files.writeString(folder.resolve("large.pem"), certificates.ofServer());
      Files.writeString(
          file,
          Kubeconfigs.with(
              "server: " + cluster.server.url() + "\ncertificate-authority: large.pem",
              "token: large"));
      long begin = System.nanoTime();
      cluster.started(builder -> builder.apiServer(cluster.server.url()).kubeconfig(file));
      cluster.backend.synced().toCompletableFuture().get(60, TimeUnit.SECONDS);
      long sync = System.nanoTime() - begin;
      assertThat(cluster.backend.status().detail())
          .isEqualTo("10000 records of 10000 hardware objects");
      cluster.recorder.awaitLoaded();
      cluster.server.awaitWatch();
      long[] changes = new long[50];
      for (int i = 0; i < changes.length; i++) {
        int changed = i * 199;
        String ip = "10.1.0." + i;
        begin = System.nanoTime();
        cluster.server.apply(hardware("tink", "node-" + changed, mac(changed), ip));
        cluster.recorder.awaitLoaded();
        assertThat(cluster.ip(ip)).isEqualTo(cluster.mac(mac(changed)));
        changes[i] = System.nanoTime() - begin;
      }
      Arrays.sort(changes);
      System.out.printf(
          "10,000 objects over TLS: synchronised in %d ms; a change answered after %.1f ms (median"
              + " of %d), %.1f ms (longest)%n",
          TimeUnit.NANOSECONDS.toMillis(sync),
          changes[changes.length / 2] / 1e6,
          changes.length,
          changes[changes.length - 1] / 1e6);
      assertThat(Duration.ofNanos(sync)).isLessThan(Duration.ofSeconds(30));
      assertThat(Duration.ofNanos(changes[changes.length / 2])).isLessThan(Duration.ofSeconds(1));
    }
  }

  private static String mac(int i) {
    return String.format("02:00:00:00:%02x:%02x", i >> 8, i & 0xff);
  }
}
