// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS beside HTTP, and its certificate. */
@Timeout(60)
class TlsIT {
  private static final byte[] BIG = new byte[3_000_000];
  @TempDir static Path folder;
  private static Certificates first;
  private static Certificates second;
  private static Certificates elliptic;
  private static HttpClient client;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final Path certificate = folder.resolve("tls.crt");
  private final Path key = folder.resolve("tls.key");
  private HttpServer server;

  @BeforeAll
  static void make() throws Exception {
    new SplittableRandom(7).nextBytes(BIG);
    first = Certificates.make(folder, "first", "RSA");
    second = Certificates.make(folder, "second", "RSA");
    elliptic = Certificates.make(folder, "elliptic", "EC");
    client = HttpClient.newBuilder().sslContext(trusting()).build();
  }

  private static SSLContext trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustEveryone()}, null);
    return context;
  }

  @BeforeEach
  void writeFirst() throws IOException {
    write(first.certificate(), first.pkcs8());
  }

  private void write(String certificateText, String keyText) throws IOException {
    replace(key, keyText);
    replace(certificate, certificateText);
  }

  private static void replace(Path file, String text) throws IOException {
    Path written = Files.writeString(folder.resolve("new"), text);
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private HttpServer.Builder builder() {
    return HttpServer.builder()
        .bind(new InetSocketAddress("127.0.0.1", 0))
        .bindTls(new InetSocketAddress("127.0.0.1", 0))
        .certificate(certificate, key)
        .certificateCheckInterval(Duration.ofMillis(20))
        .eventLoopThreads(1)
        .handler(
            HttpRouter.builder()
                .get("/big", HttpHandler.of(r -> HttpResponse.bytes("x/y", BIG).withEtag("b")))
                .get("/files/**", HttpDirectory.of(folder))
                .get("/secure", HttpHandler.of(r -> HttpResponse.text("" + r.isSecure())))
                .build())
        .observer(
            new HttpObserver() {
              @Override
              public void certificateLoaded(X509Certificate loaded) {
                events.add("loaded " + loaded.getSubjectX500Principal().getName());
              }

              @Override
              public void certificateRejected(String reason) {
                events.add("rejected " + reason);
              }

              @Override
              public void tlsFailed(InetSocketAddress peer, String reason) {
                events.add("failed");
              }
            });
  }

  private void start() throws Exception {
    server = builder().build();
    server.start().toCompletableFuture().get();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("smee-http-tls") && thread.isAlive());
    }
  }

  private java.net.http.HttpResponse<byte[]> get(String scheme, String path, String... fields)
      throws Exception {
    InetSocketAddress address =
        scheme.equals("https") ? server.boundTlsAddresses().get(0) : server.boundAddresses().get(0);
    java.net.http.HttpRequest.Builder request =
        java.net.http.HttpRequest.newBuilder(
            URI.create(scheme + "://127.0.0.1:" + address.getPort() + path));
    if (fields.length > 0) {
      request.headers(fields);
    }
    return client.send(request.build(), java.net.http.HttpResponse.BodyHandlers.ofByteArray());
  }

  private String event() throws InterruptedException {
    return String.valueOf(events.poll(10, TimeUnit.SECONDS));
  }

  /** Returns whose certificate a new connection sees. */
  private String subject() throws Exception {
    InetSocketAddress address = server.boundTlsAddresses().get(0);
    try (Socket socket =
        trusting().getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
      X509Certificate seen =
          (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
      return seen.getSubjectX500Principal().getName();
    }
  }

  @Test
  void bothPortsServeTheSame() throws Exception {
    start();
    assertThat(get("https", "/secure").body()).asString().isEqualTo("true");
    assertThat(get("http", "/secure").body()).asString().isEqualTo("false");
    assertThat(get("https", "/big").body()).isEqualTo(BIG);
    assertThat(get("http", "/big").body()).isEqualTo(BIG);
    Files.write(folder.resolve("big.bin"), BIG);
    assertThat(get("https", "/files/big.bin").body()).isEqualTo(BIG);
    java.net.http.HttpResponse<byte[]> part =
        get("https", "/files/big.bin", "Range", "bytes=1000000-1999999");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(BIG, 1_000_000, 2_000_000));
  }

  @Test
  void connectionIsEndedAsTlsWantsIt() throws Exception {
    start();
    InetSocketAddress address = server.boundTlsAddresses().get(0);
    try (Socket socket =
        trusting().getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET /big HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      // Without the notification of the end this would throw.
      assertThat(in.readAllBytes().length).isGreaterThan(BIG.length);
    }
  }

  @Test
  void newCertificateIsUsedWithoutARestart() throws Exception {
    start();
    assertThat(event()).isEqualTo("loaded CN=first");
    assertThat(subject()).isEqualTo("CN=first");
    write(second.certificate(), second.pkcs8());
    String event = event();
    if (event.startsWith("rejected")) {
      // Looked at between the two files.
      event = event();
    }
    assertThat(event).isEqualTo("loaded CN=second");
    assertThat(subject()).isEqualTo("CN=second");
  }

  @Test
  void lastGoodCertificateIsKept() throws Exception {
    start();
    event();
    replace(certificate, "nonsense");
    assertThat(event()).isEqualTo("rejected there is no certificate in PEM form in " + certificate);
    assertThat(subject()).isEqualTo("CN=first");
    Files.delete(certificate);
    assertThat(event()).isEqualTo("rejected there is no file " + certificate);
    assertThat(subject()).isEqualTo("CN=first");
    replace(certificate, first.certificate());
    assertThat(event()).isEqualTo("loaded CN=first");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA, PKCS#8", "RSA, PKCS#1", "EC, PKCS#8", "EC, SEC 1"})
  void keyMayHaveAnyForm(String form) throws Exception {
    Certificates made = form.startsWith("RSA") ? first : elliptic;
    write(made.certificate(), form.endsWith("8") ? made.pkcs8() : made.bare());
    start();
    assertThat(get("https", "/secure").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "garbage, there is no private key in PEM form in",
    "other, the key in * is not that of",
    "kind, 'the key in * cannot be read, or is not that of'",
    "encrypted, the key in * is encrypted",
    "broken, 'the key in * cannot be read, or is not that of'",
    "missing, there is no file",
  })
  void badKeyIsOneLine(String what, String complaint) throws Exception {
    switch (what) {
      case "garbage" -> replace(key, "x");
      case "other" -> replace(key, second.pkcs8());
      case "kind" -> replace(key, elliptic.pkcs8());
      case "encrypted" -> replace(key, first.pkcs8().replace("PRIVATE", "ENCRYPTED PRIVATE"));
      case "broken" -> replace(key, first.pkcs8().replaceFirst("\n.{40}", "\n"));
      default -> Files.delete(key);
    }
    assertThatThrownBy(this::start)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class)
        .cause()
        .message()
        .startsWith("https: " + complaint.replace("*", key.toString()))
        .doesNotContain("\n");
    assertThat(server.boundAddresses()).isEmpty();
  }

  @Test
  void whoDoesNotSpeakTlsIsTurnedAway() throws Exception {
    start();
    event();
    try (RawClient raw = new RawClient(server.boundTlsAddresses().get(0))) {
      raw.get("/secure");
      raw.readAll();
    }
    assertThat(event()).isEqualTo("failed");
    assertThat(get("https", "/secure").statusCode()).isEqualTo(200);
  }

  @Test
  void certificateIsNeededForTls() {
    assertThatThrownBy(
            () ->
                HttpServer.builder()
                    .bindTls(new InetSocketAddress("127.0.0.1", 0))
                    .handler(HttpHandler.of(r -> HttpResponse.noContent()))
                    .build())
        .hasMessageContaining("certificate");
  }

  /** The tests look at the certificate themselves. */
  private static final class TrustEveryone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
