// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.http.RawClient.Answer;

/** Answers the requests of real firmware and of real iPXE. */
@Timeout(30)
class RequestReplayIT {
  private static final byte[] BINARY = new byte[200_000];

  private static HttpServer start() {
    HttpResponse binary =
        HttpResponse.bytes(HttpResponse.mediaTypeOf("ipxe.efi"), BINARY).withContentEtag();
    HttpServer server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .handler(
                HttpRouter.builder()
                    .get("**/autoexec.ipxe", HttpHandler.of(r -> HttpResponse.notFound()))
                    .get("/ipxe/**", HttpHandler.of(r -> binary))
                    .otherwise(HttpHandler.of(r -> HttpResponse.text("#!ipxe\n" + r.path())))
                    .build())
            .build();
    server.start().toCompletableFuture().join();
    return server;
  }

  private static byte[] request(String name) throws IOException {
    try (InputStream in = RequestReplayIT.class.getResourceAsStream("requests/" + name + ".txt")) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"edk2-x64", "edk2-arm64"})
  void uefiHttpBootGetsTheSizeAndThenTheFile(String client) throws IOException {
    try (HttpServer server = start();
        RawClient raw = new RawClient(server.boundAddresses().get(0))) {
      Answer head = raw.sendExactly(request(client + "-head")).headAnswer();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("200000");
      assertThat(head.header("content-type")).isEqualTo("application/efi");
      Answer get = raw.sendExactly(request(client + "-get")).answer();
      assertThat(get.body()).isEqualTo(BINARY);
      assertThat(get.header("content-type")).isEqualTo("application/efi");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "ipxe-2.0-efi-autoexec, 404, /ipxe/autoexec.ipxe",
    "ipxe-2.0-efi-script, 200, /52:54:00:77:00:01/auto.ipxe",
    "ipxe-2.0-efi-kernel, 200, /vmlinuz-x86_64",
    "ipxe-2.0-bios-script, 200, /marker.ipxe",
    "tinkerbell-shipped-undionly-script, 200, /52:54:00:77:00:01/auto.ipxe",
  })
  void ipxeIsAnsweredAndKeepsItsConnection(String name, int status, String path)
      throws IOException {
    try (HttpServer server = start();
        RawClient raw = new RawClient(server.boundAddresses().get(0))) {
      for (int i = 0; i < 2; i++) {
        Answer answer = raw.sendExactly(request(name)).answer();
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(status == 404 ? "" : "#!ipxe\n" + path);
        assertThat(answer.headers()).doesNotContainEntry("connection", "close");
      }
    }
  }

  @Test
  void everyByteMayComeAlone() throws IOException {
    try (HttpServer server = start();
        RawClient raw = new RawClient(server.boundAddresses().get(0))) {
      for (byte b : request("ipxe-2.0-efi-script")) {
        raw.sendExactly(new byte[] {b});
      }
      assertThat(raw.answer().text()).isEqualTo("#!ipxe\n/52:54:00:77:00:01/auto.ipxe");
    }
  }
}
