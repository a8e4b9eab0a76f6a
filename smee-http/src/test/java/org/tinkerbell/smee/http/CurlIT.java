// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client written by others: curl. */
@Timeout(60)
class CurlIT {
  private final byte[] content = new byte[500_000];
  @TempDir Path folder;
  private HttpServer server;
  private String base;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(installed(), "curl is not installed");
    new SplittableRandom(9).nextBytes(content);
    Files.createDirectory(folder.resolve("www"));
    Files.write(folder.resolve("www/file.iso"), content);
    server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .handler(
                HttpRouter.builder()
                    .get("/www/**", HttpDirectory.of(folder.resolve("www")))
                    .build())
            .build();
    server.start().toCompletableFuture().join();
    base = "http://127.0.0.1:" + server.boundAddresses().get(0).getPort();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static boolean installed() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("curl", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private String curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(k -> k.toLowerCase().endsWith("_proxy"));
    Process process = builder.start();
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(new String(output)).isZero();
    return new String(output, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void downloadsAndResumes() throws Exception {
    Path out = folder.resolve("out");
    String url = base + "/www/file.iso";
    Files.write(out, Arrays.copyOf(content, 123_456));
    String code = curl("-C", "-", "-o", out.toString(), "-w", "%{http_code}", url);
    assertThat(code).isEqualTo("206");
    assertThat(out).hasBinaryContent(content);
  }

  @Test
  void asksForTheHeadAndForARange() throws Exception {
    String head = curl("-I", base + "/www//file.iso");
    assertThat(head)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nContent-Length: 500000\r\n")
        .contains("\r\nContent-Type: application/vnd.efi-iso\r\n")
        .contains("\r\nAccept-Ranges: bytes\r\n");
    String part = curl("-r", "10-19", base + "/www/file.iso");
    assertThat(part.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
        .isEqualTo(Arrays.copyOfRange(content, 10, 20));
  }

  @Test
  void reusesItsConnectionAndCaches() throws Exception {
    Path tag = folder.resolve("tag");
    String url = base + "/www/file.iso";
    String discard = folder.resolve("discard").toString();
    String first = curl("--etag-save", tag.toString(), "-o", discard, "-w", "%{http_code}", url);
    assertThat(first).isEqualTo("200");
    String second =
        curl("--etag-compare", tag.toString(), "-o", discard, "-w", "%{http_code}", url);
    assertThat(second).isEqualTo("304");
    String connects =
        curl("-o", discard, "-w", "%{num_connects} ", url, "-o", discard, url, "-o", discard, url);
    assertThat(connects.trim()).isEqualTo("1 0 0");
  }
}
