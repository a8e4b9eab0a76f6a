// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program serves HTTPS beside HTTP, and says what is wrong with a certificate. */
class HttpsIT {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path folder;

  private String[] flags() {
    return new String[] {
      "-backend-noop-enabled",
      "-dhcp-mode=auto-proxy",
      "-dhcp-enabled=false",
      "-tftp-enabled=false",
      "-syslog-enabled=false",
      "-dhcp-syslog-ip=127.0.0.1",
      "-http-addr=127.0.0.1",
      "-http-port=0",
      "-https-port=0",
      "-tls-cert-file=" + folder.resolve("tls.crt"),
      "-tls-key-file=" + folder.resolve("tls.key")
    };
  }

  /** Writes a new certificate and its key; returns a client that trusts it and no other. */
  static HttpClient makeCertificate(Path folder, String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD),
                "-keyalg",
                "RSA",
                "-alias",
                "a",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1")
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    Certificate certificate = keys.getCertificate("a");
    pem(folder.resolve("tls.key"), "PRIVATE KEY", keys.getKey("a", PASSWORD).getEncoded());
    pem(folder.resolve("tls.crt"), "CERTIFICATE", certificate.getEncoded());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", certificate);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static void pem(Path file, String what, byte[] der) throws Exception {
    String text =
        "-----BEGIN "
            + what
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + what
            + "-----\n";
    Files.writeString(file, text);
  }

  private static int get(HttpClient client, String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void everythingIsServedOverTlsToo() throws Exception {
    HttpClient client = makeCertificate(folder, "first");
    try (Packaged smee = Packaged.start(flags())) {
      String https = "https://127.0.0.1:" + smee.awaitListening("HTTPS").getPort();
      String http = "http://127.0.0.1:" + smee.awaitListening("HTTP").getPort();
      smee.awaitMessage("smee is ready");
      assertThat(get(client, https + "/auto.ipxe")).isEqualTo(200);
      assertThat(get(client, http + "/auto.ipxe")).isEqualTo(200);
      assertThat(get(client, https + "/readyz")).isEqualTo(200);
      assertThat(get(client, https + "/smee/metrics")).isEqualTo(200);
      assertThat(get(client, http + "/http/metrics")).isEqualTo(200);
      smee.await(line -> line.contains("\"scheme\":\"https\"") && line.contains("auto.ipxe"));

      HttpClient next = makeCertificate(folder, "second");
      smee.await(
          line -> line.contains("certificate for HTTPS loaded") && line.contains("CN=second"));
      assertThat(get(next, https + "/auto.ipxe")).isEqualTo(200);
      Files.writeString(folder.resolve("tls.key"), "nonsense");
      smee.awaitMessage("certificate for HTTPS not reloaded, going on with the last good one");
      assertThat(get(next, https + "/auto.ipxe")).isEqualTo(200);
    }
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES)
  void aBadCertificateIsOneLine() throws Exception {
    Files.writeString(folder.resolve("tls.key"), "nonsense");
    Files.writeString(folder.resolve("tls.crt"), "nonsense");
    Packaged.Result result = Packaged.run(flags());
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .containsExactly(
            "smee: https: there is no certificate in PEM form in " + folder.resolve("tls.crt"));
  }
}
