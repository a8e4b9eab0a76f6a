// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Downloads with the TFTP clients that are installed on this machine. */
class RealClientsIT {

  private static final byte[] FILE = TestFiles.random(300_001, 8);

  @TempDir private Path folder;

  /** In a command, P is the port and OUT is the file to write. */
  @ParameterizedTest(name = "{0}, port per transfer: {1}")
  @CsvSource({
    "tftp -m binary 127.0.0.1 P -c get file OUT, false",
    "tftp -m binary 127.0.0.1 P -c get file OUT, true",
    "atftp -g -r file -l OUT 127.0.0.1 P, false",
    "atftp --option blksize 1428 --option tsize -g -r file -l OUT 127.0.0.1 P, false",
    "atftp --option blksize 1428 --option windowsize 8 -g -r file -l OUT 127.0.0.1 P, false",
    "atftp --option blksize 1428 --option windowsize 8 -g -r file -l OUT 127.0.0.1 P, true",
    "atftp --option timeout 2 --option blksize 8192 -g -r file -l OUT 127.0.0.1 P, false",
    "curl -s -o OUT tftp://127.0.0.1:P/file, false",
    "curl -s --tftp-blksize 1400 -o OUT tftp://127.0.0.1:P/file, true",
    "curl -s --tftp-no-options -o OUT tftp://127.0.0.1:P/file, false",
    "busybox tftp -g -r file -l OUT 127.0.0.1 P, false",
    "busybox tftp -b 1468 -g -r file -l OUT 127.0.0.1 P, true"
  })
  void downloads(String command, boolean ports) throws Exception {
    Path out = folder.resolve("out");
    try (TftpServer server =
        TftpServer.builder()
            .bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))
            .mode(ports ? TftpPortMode.PORT_PER_TRANSFER : TftpPortMode.SINGLE_PORT)
            .handler(TestFiles.handler(Map.of("file", FILE)))
            .build()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      String port = Integer.toString(server.boundAddresses().get(0).getPort());
      List<String> words =
          List.of(
              command
                  .replace("option blksize ", "option blksize_")
                  .replace("option windowsize ", "option windowsize_")
                  .replace("option timeout ", "option timeout_")
                  .split(" "));
      List<String> arguments =
          words.stream()
              .map(word -> word.replace("OUT", out.toString()))
              .map(word -> word.equals("P") ? port : word.replace(":P/", ":" + port + "/"))
              .map(word -> word.replace('_', ' '))
              .toList();
      assumeThat(isInstalled(arguments.get(0)))
          .as("SKIPPED: the TFTP client %s is not installed", arguments.get(0))
          .isTrue();
      Process process =
          new ProcessBuilder(arguments)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(said).isTrue();
      assertThat(out).as(said).hasBinaryContent(FILE);
    }
  }

  private static boolean isInstalled(String program) throws IOException {
    for (String folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
