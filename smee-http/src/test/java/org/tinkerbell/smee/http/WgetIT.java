// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** wget, GNU's and BusyBox's, which installers use. */
@Timeout(30)
class WgetIT {
  private final byte[] content = new byte[500_000];
  @TempDir Path folder;
  private HttpServer server;
  private String url;

  @BeforeEach
  void start() throws Exception {
    new SplittableRandom(9).nextBytes(content);
    Files.createDirectory(folder.resolve("www"));
    Files.write(folder.resolve("www/file.img"), content);
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
    url = "http://127.0.0.1:" + server.boundAddresses().get(0).getPort() + "/www/file.img";
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String run(List<String> command) throws Exception {
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().keySet().removeIf(k -> k.toLowerCase().endsWith("_proxy"));
      process = builder.start();
    } catch (IOException e) {
      assumeTrue(false, command.get(0) + " is not installed");
      throw e;
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  @ParameterizedTest
  @ValueSource(strings = {"wget", "busybox wget"})
  void downloadsAndResumes(String program) throws Exception {
    List<String> command = new ArrayList<>(Arrays.asList(program.split(" ")));
    Path out = folder.resolve("out");
    command.addAll(List.of("-O", out.toString(), url));
    run(command);
    assertThat(out).hasBinaryContent(content);
    Files.write(out, Arrays.copyOf(content, 123_456));
    command.add(command.indexOf("-O"), "-c");
    run(command);
    assertThat(out).hasBinaryContent(content);
  }

  @Test
  void asksWhetherTheFileIsThere() throws Exception {
    assertThat(run(List.of("wget", "--spider", "-S", url)))
        .contains("HTTP/1.1 200 OK")
        .contains("Content-Length: 500000");
  }
}
