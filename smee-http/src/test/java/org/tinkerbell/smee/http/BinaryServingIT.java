// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.http.RawClient.Answer;

/** The cases of the iPXE binaries over HTTP, H01 to H12, on files behind a prefix route. */
@Timeout(30)
class BinaryServingIT {
  private static final int SIZE = 267_264;
  private static final byte[] SNP = new byte[SIZE];
  // Two digits, the trace, the span and the flags of a boot, appended to the name by DHCP.
  private static final Pattern TRACE =
      Pattern.compile("-[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$");
  @TempDir static Path folder;
  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    new SplittableRandom(3).nextBytes(SNP);
    Path file = Files.write(folder.resolve("snp.efi"), SNP);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-11-01T00:00:00Z")));
    Map<String, HttpResponse> binaries = Map.of("snp.efi", HttpResponse.file(file));
    HttpHandler byLastSegment =
        HttpHandler.of(
            request -> {
              String path = request.subPath();
              String name = path.substring(path.lastIndexOf('/') + 1);
              return binaries.getOrDefault(
                  TRACE.matcher(name).replaceFirst(""), HttpResponse.notFound());
            });
    server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .handler(HttpRouter.builder().get("/ipxe/**", byLastSegment).build())
            .build();
    server.start().toCompletableFuture().join();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}: {1} {2} {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "H01 | GET | /ipxe/snp.efi | '' | 200 | 0-267263 | ''",
        "H02 | HEAD | /ipxe/02:00:00:00:00:ff/snp.efi | '' | 200 | '' | ''",
        "H03 | GET | /ipxe/snp.efi-00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 |"
            + " Range: bytes=0-9 | 206 | 0-9 | bytes 0-9/267264",
        "H04 | GET | /ipxe/snp.efi | Range: bytes=-5 | 206 | 267259-267263 |"
            + " bytes 267259-267263/267264",
        "H05 | GET | /ipxe/snp.efi | Range: bytes=300000- | 416 | '' | bytes */267264",
        "H06 | GET | /ipxe/snp.efi | Range: bytes=abc | 200 | 0-267263 | ''",
        "H08 | GET | /ipxe/nope.efi | '' | 404 | '' | ''",
        "H08 | GET | /ipxe/ | '' | 404 | '' | ''",
        "H09 | POST | /ipxe/snp.efi | '' | 405 | '' | ''",
        "H09 | OPTIONS | /ipxe/snp.efi | '' | 405 | '' | ''",
        "H10 | GET | /ipxe | '' | 301 | '' | ''",
        "H11 | GET | /ipxe//snp.efi | '' | 200 | 0-267263 | ''",
        "H11 | GET | /ipxe/a/../snp.efi | '' | 200 | 0-267263 | ''",
        "H12 | GET | /ipxe/snp.efi | If-Range: Sun, 01 Nov 2026 00:00:00 GMT;Range: bytes=0-9 |"
            + " 206 | 0-9 | bytes 0-9/267264",
      })
  void binaryCase(
      String number,
      String method,
      String target,
      String fields,
      int status,
      String part,
      String contentRange)
      throws IOException {
    try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
      String extra = fields.isEmpty() ? "" : fields.replace(";", "\n") + "\n";
      client.send(method + " " + target + " HTTP/1.1\nHost: h\n" + extra + "\n");
      Answer answer = method.equals("HEAD") ? client.headAnswer() : client.answer();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("content-range")).isEqualTo(contentRange);
      assertThat(answer.header("allow")).isEqualTo(status == 405 ? "GET, HEAD" : "");
      assertThat(answer.header("location")).isEqualTo(status == 301 ? "/ipxe/" : "");
      if (!part.isEmpty()) {
        String[] ends = part.split("-");
        int from = Integer.parseInt(ends[0]);
        int to = Integer.parseInt(ends[1]) + 1;
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(SNP, from, to));
      }
      if (status == 200) {
        assertThat(answer.header("content-length")).isEqualTo("267264");
        assertThat(answer.header("content-type")).isEqualTo("application/efi");
        assertThat(answer.header("etag")).matches("\"[0-9a-f]+\"");
        assertThat(answer.header("last-modified")).isEqualTo("Sun, 01 Nov 2026 00:00:00 GMT");
        assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
      }
    }
  }

  @ParameterizedTest(name = "H07: {0}")
  @CsvSource(delimiter = '|', value = "Range: bytes=0-3,10-12")
  void severalRangesComeInParts(String field) throws IOException {
    try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
      Answer answer = client.get("/ipxe/snp.efi", field).answer();
      assertThat(answer.status()).isEqualTo(206);
      assertThat(answer.header("content-type")).startsWith("multipart/byteranges; boundary=");
      assertThat(answer.text())
          .contains("Content-Range: bytes 0-3/267264", "Content-Range: bytes 10-12/267264");
    }
  }
}
