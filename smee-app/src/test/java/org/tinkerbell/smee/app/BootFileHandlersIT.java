// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.HttpServer;
import org.tinkerbell.smee.http.ipxe.AutoexecScript;
import org.tinkerbell.smee.tftp.TftpClient;
import org.tinkerbell.smee.tftp.TftpServer;

/** The names under which the binaries are asked for, over both protocols. */
class BootFileHandlersIT {
  private static final String SUFFIX = "-00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01";
  private static final byte[] UNDIONLY = new byte[93955];

  @TempDir static Path folder;

  private static TftpServer tftp;
  private static HttpServer http;
  private static TftpClient client;
  private static final HttpClient web = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    new Random(1).nextBytes(UNDIONLY);
    Files.write(folder.resolve("undionly.kpxe"), UNDIONLY);
    BootFileCatalog catalog = BootFileCatalog.load(Optional.of(folder), "");
    AutoexecScript autoexec =
        AutoexecScript.of(URI.create("http://192.0.2.1:8080/auto.ipxe"), true);
    BootFileHandlers handlers = new BootFileHandlers(catalog, autoexec);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    tftp =
        TftpServer.builder()
            .bind(any)
            .handler(handlers.tftp(new HardwareFiles(Backend.none(), Optional.empty())))
            .build();
    http =
        HttpServer.builder()
            .bind(any)
            .handler(
                HttpRouter.builder()
                    .get("**/autoexec.ipxe", handlers.httpAutoexec())
                    .get("/ipxe/**", handlers.http())
                    .build())
            .build();
    tftp.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    http.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    client = TftpClient.create();
  }

  @AfterAll
  static void stop() {
    client.close();
    tftp.close();
    http.close();
  }

  private static byte[] tftpGet(String name) throws Exception {
    return client
        .get(tftp.boundAddresses().get(0), name)
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private static HttpResponse<byte[]> httpGet(String path, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + http.boundAddresses().get(0).getPort() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return web.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "T01, undionly.kpxe",
    "T02, 02:00:00:00:00:ff/undionly.kpxe",
    "T12, undionly.kpxe" + SUFFIX,
    "T13, undionly.kpxe-00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-0",
    "T15, undionly.kpxe" + SUFFIX + "zzz",
    "T17, /a/b/../undionly.kpxe",
    "T18, boot\\undionly.kpxe",
  })
  void binaryIsServedByTftp(String number, String name) throws Exception {
    assertThat(tftpGet(name)).isEqualTo(UNDIONLY);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "T09, missing.bin, file [missing.bin] unknown: file does not exist",
    "T10, /, file [.] unknown: file does not exist",
    "T16, UNDIONLY.KPXE, file [UNDIONLY.KPXE] unknown: file does not exist",
  })
  void unknownNamesGetTheReferencesText(String number, String name, String text) {
    assertThat(client.get(tftp.boundAddresses().get(0), name).toCompletableFuture())
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"autoexec.ipxe", "/autoexec.ipxe", "a/b/autoexec.ipxe"})
  void autoexecLeadsToTheScriptOfWhicheverMachineAsks(String name) throws Exception {
    String text = new String(tftpGet(name), StandardCharsets.UTF_8);
    assertThat(text)
        .startsWith("#!ipxe\n")
        .contains("set user-class Tinkerbell")
        .contains("http://192.0.2.1:8080/${smee-mac}/auto.ipxe");
    String path = name.startsWith("/") ? name : "/ipxe/" + name;
    HttpResponse<byte[]> response = httpGet(path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).isEqualTo(text);
  }

  @Test
  void autoexecUnderAMacAddressLeadsToThatMachinesScript() throws Exception {
    assertThat(new String(tftpGet("02-00-00-00-00-FF/autoexec.ipxe"), StandardCharsets.UTF_8))
        .contains("http://192.0.2.1:8080/02:00:00:00:00:ff/auto.ipxe");
  }

  @Test
  @DisplayName("H01, H02, H03, H05, H08, H12 binaries over HTTP")
  void binaryIsServedByHttp() throws Exception {
    HttpResponse<byte[]> whole = httpGet("/ipxe/02:00:00:00:00:ff/undionly.kpxe");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).isEqualTo(UNDIONLY);
    assertThat(whole.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    HttpResponse<byte[]> range = httpGet("/ipxe/undionly.kpxe" + SUFFIX, "Range", "bytes=0-9");
    assertThat(range.statusCode()).isEqualTo(206);
    assertThat(range.body()).isEqualTo(Arrays.copyOf(UNDIONLY, 10));
    String modified = whole.headers().firstValue("Last-Modified").orElseThrow();
    assertThat(
            httpGet("/ipxe/undionly.kpxe", "If-Range", modified, "Range", "bytes=0-9").statusCode())
        .isEqualTo(206);
    assertThat(httpGet("/ipxe/undionly.kpxe", "Range", "bytes=300000-").statusCode())
        .isEqualTo(416);
    HttpResponse<byte[]> missing = httpGet("/ipxe/nope.efi");
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).asString(StandardCharsets.UTF_8).isEqualTo("404 page not found\n");
    assertThat(httpGet("/ipxe/").statusCode()).isEqualTo(404);
  }
}
