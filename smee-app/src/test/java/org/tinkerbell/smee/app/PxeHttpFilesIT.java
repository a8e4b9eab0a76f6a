// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.HttpServer;

/** What U-Boot is served by HTTP: cases H43 and H44, and H15 to H17 of the boot files. */
@Timeout(30)
class PxeHttpFilesIT {
  private static final MacAddress MAC = MacAddress.parse("aa:bb:cc:dd:ee:ff");
  private static final MacAddress BROKEN = MacAddress.parse("aa:bb:cc:dd:ee:01");
  private static final MacAddress BARE = MacAddress.parse("aa:bb:cc:dd:ee:02");
  private static final String CONFIG = "PROMPT 0\nDEFAULT linux";

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  /** Knows two machines, of which one has no configuration, and fails for a third. */
  private record ThreeMachines() implements Backend {

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress mac) {
      if (mac.equals(BROKEN)) {
        return CompletableFuture.failedStage(new IllegalStateException("broken on purpose"));
      }
      Netboot.Builder netboot = Netboot.builder();
      if (mac.equals(MAC)) {
        netboot.pxelinuxConfig(CONFIG);
      }
      return CompletableFuture.completedStage(
          mac.equals(MAC) || mac.equals(BARE)
              ? new LookupResult.Found(
                  HardwareRecord.of(Reservation.builder(mac).build(), netboot.build()))
              : new LookupResult.NotFound());
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return CompletableFuture.completedStage(new LookupResult.NotFound());
    }

    @Override
    public BackendStatus status() {
      return Backend.none().status();
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void makeFiles() throws IOException {
    Path assets = Files.createDirectories(folder.resolve("assets"));
    Files.createDirectories(assets.resolve("pxelinux.cfg"));
    Files.writeString(assets.resolve("vmlinuz"), "twelve bytes");
    Files.writeString(assets.resolve("pxelinux.cfg/default"), "for all others");
    Files.writeString(assets.resolve("pxelinux.cfg/01-aa-bb-cc-dd-ee-01"), "from the folder");
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(assets.resolve("out"), folder.resolve("secret"));
  }

  private void start(boolean withAssets) {
    Optional<Path> assets =
        withAssets ? Optional.of(folder.resolve("assets")) : Optional.<Path>empty();
    server =
        HttpServer.builder()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .handler(
                HttpRouter.builder()
                    .get("/tftp/**", new PxeHttpFiles(new ThreeMachines(), assets))
                    .build())
            .build();
    server.start().toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> ask(String method, String path, String... fields) throws Exception {
    URI base = URI.create("http://127.0.0.1:" + server.boundAddresses().get(0).getPort());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (fields.length > 0) {
      request.headers(fields);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @ParameterizedTest(name = "H43 {0}")
  @ValueSource(strings = {"aa-bb-cc-dd-ee-ff", "AA-BB-CC-DD-EE-FF"})
  void aMachineGetsItsConfiguration(String mac) throws Exception {
    start(false);
    HttpResponse<String> answer = ask("GET", "/tftp/pxelinux.cfg/01-" + mac);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(CONFIG);
    assertThat(answer.headers().firstValue("Content-Length")).hasValue("22");
  }

  @Test
  void h44AssetsAreFilesLikeOthers() throws Exception {
    start(true);
    HttpResponse<String> head = ask("HEAD", "/tftp/vmlinuz");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Length")).hasValue("12");
    assertThat(head.body()).isEmpty();
    assertThat(ask("GET", "/tftp/vmlinuz").body()).isEqualTo("twelve bytes");
    HttpResponse<String> part = ask("GET", "/tftp/vmlinuz", "Range", "bytes=7-");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("bytes");
    HttpResponse<String> post = ask("POST", "/tftp/vmlinuz");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void theFolderServesWhoHasNothingOnRecord() throws Exception {
    start(true);
    assertThat(ask("GET", "/tftp/pxelinux.cfg/01-aa-bb-cc-dd-ee-01").body())
        .isEqualTo("from the folder");
    assertThat(ask("GET", "/tftp/pxelinux.cfg/default").body()).isEqualTo("for all others");
    assertThat(ask("GET", "/tftp/pxelinux.cfg/01-aa-bb-cc-dd-ee-02").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest(name = "H44 {0}")
  @ValueSource(
      strings = {
        "none",
        "",
        "pxelinux.cfg",
        "pxelinux.cfg/aa-bb-cc-dd-ee-ff",
        "pxelinux.cfg/01-aa-bb-cc-dd-ee-ff0",
        "out",
        "%2e%2e/secret",
        "..%2fsecret",
        "..%5csecret"
      })
  void nothingElseIsThere(String name) throws Exception {
    start(true);
    HttpResponse<String> answer = ask("GET", "/tftp/" + name);
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).doesNotContain("secret");
  }

  @Test
  void withoutAFolderThereAreConfigurationsOnly() throws Exception {
    start(false);
    HttpResponse<String> answer = ask("GET", "/tftp/vmlinuz");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("404 page not found\n");
  }
}
