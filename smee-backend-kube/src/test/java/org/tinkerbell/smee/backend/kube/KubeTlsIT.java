// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.kube.Samples.MAC1;
import static org.tinkerbell.smee.backend.kube.Samples.h1;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.LookupResult;

/** TLS with certificates made for the occasion by the JDK's {@code keytool}. */
class KubeTlsIT {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private static Path folder;
  private static KeyStore serverKeys;
  private static KeyStore clientKeys;

  @BeforeAll
  static void makeCertificates() throws Exception {
    serverKeys = keys("server", "-ext", "SAN=ip:127.0.0.1");
    clientKeys = keys("client");
  }

  private static KeyStore keys(String name, String... more) throws Exception {
    Path file = folder.resolve(name + ".p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of(
            "-genkeypair",
            "-alias",
            name,
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + name,
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD),
            "-keystore",
            file.toString()));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue())
        .as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static SSLContext tls() throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(serverKeys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", clientKeys.getCertificate("client"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private static String certificate(KeyStore keys, String name) throws Exception {
    return pem("CERTIFICATE", keys.getCertificate(name).getEncoded());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void certificatesOfAKubeconfigAreUsed() throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(tls(), true), h1())) {
      Path file = folder.resolve("config");
      Files.writeString(folder.resolve("ca.pem"), certificate(serverKeys, "server"));
      Files.writeString(
          file,
          Kubeconfigs.with(
              "server: " + cluster.server.url() + "\ncertificate-authority: ca.pem",
              "client-certificate-data: "
                  + base64(certificate(clientKeys, "client"))
                  + "\nclient-key-data: "
                  + base64(
                      pem("PRIVATE KEY", clientKeys.getKey("client", PASSWORD).getEncoded()))));
      cluster.backend =
          KubeBackend.builder().surroundings(Cluster.NOWHERE).kubeconfig(file).build();
      cluster.backend.start();
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void k26ServiceAccountOfThePodIsUsed(@TempDir Path account) throws Exception {
    try (Cluster cluster = new Cluster(new ApiServerDouble(tls(), false), h1())) {
      cluster.server.token = "pod";
      Files.writeString(account.resolve("token"), "pod");
      Files.writeString(account.resolve("ca.crt"), certificate(serverKeys, "server"));
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
    try (Cluster cluster = new Cluster(new ApiServerDouble(tls(), false), h1())) {
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
    try (Cluster cluster = new Cluster(new ApiServerDouble(tls(), false), h1())) {
      Path file = folder.resolve("late");
      Files.writeString(
          file,
          Kubeconfigs.with(
              "server: " + cluster.server.url() + "\ncertificate-authority: late.pem", "token: x"));
      cluster.started(builder -> builder.kubeconfig(file));
      assertThat(cluster.recorder.awaitFailed())
          .startsWith("cannot use the Kubernetes configuration of " + file)
          .contains("no such file " + folder.resolve("late.pem"));
      Files.writeString(folder.resolve("late.pem"), certificate(serverKeys, "server"));
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }
}
