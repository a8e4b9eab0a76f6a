// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client that asks for blocks of 8192 octets gets over an Ethernet: no IP fragments. */
@Tag("netns")
@Timeout(120)
class MtuIT {

  private static final Logger log = LoggerFactory.getLogger(MtuIT.class);
  private static final byte[] FILE = TestFiles.random(1 << 20, 5);
  private static final Namespaces NET = new Namespaces();

  @TempDir static Path folder;

  /** A server that goes by the MTU, and one on the next port that does not. */
  static final class TwoServers {

    private TwoServers() {}

    public static void main(String[] arguments) throws Exception {
      for (boolean fit : List.of(true, false)) {
        TftpServer server =
            TftpServer.builder()
                .bind(new InetSocketAddress(InetAddress.getByName(arguments[0]), fit ? 6901 : 6902))
                .fitBlocksToMtu(fit)
                .mode(
                    arguments[1].equals("ports")
                        ? TftpPortMode.PORT_PER_TRANSFER
                        : TftpPortMode.SINGLE_PORT)
                .handler(TftpContent.directory(Path.of(arguments[2])))
                .build();
        server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      }
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Lives as long as whoever started it.
      }
    }
  }

  @BeforeAll
  static void build() throws Exception {
    Optional<String> obstacle = Namespaces.obstacle();
    obstacle.ifPresent(what -> log.error("SKIPPED: no Ethernet is tested here, {}", what));
    Assumptions.assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    Files.write(Files.createDirectory(folder.resolve("files")).resolve("file"), FILE);
    NET.add("server");
    NET.add("client");
    NET.join("server", "s0", "client", "c0");
    for (String end : List.of("server s0 10.71.0.1", "client c0 10.71.0.2")) {
      String[] words = end.split(" ");
      NET.in(words[0], "ip address add " + words[2] + "/24 dev " + words[1]);
      NET.in(words[0], "ip link set " + words[1] + " mtu 1500 up");
    }
  }

  @AfterAll
  static void tearDown() throws Exception {
    NET.close();
  }

  /** Returns how many IP fragments the server's side has made so far. */
  private static long fragments() throws IOException, InterruptedException {
    List<String> lines =
        NET.in("server", "cat /proc/net/snmp").lines().filter(l -> l.startsWith("Ip:")).toList();
    int column = List.of(lines.get(0).split(" ")).indexOf("FragCreates");
    return Long.parseLong(lines.get(1).split(" ")[column]);
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource({
    "10.71.0.1, single, curl -s -S --tftp-blksize 8192 -o OUT tftp://10.71.0.1:P/file",
    "10.71.0.1, single, atftp --option blksize_8192 --option windowsize_16 -g -r file -l OUT 10.71.0.1 P",
    "10.71.0.1, ports, atftp --option blksize_8192 --option windowsize_16 -g -r file -l OUT 10.71.0.1 P",
    "0.0.0.0, single, busybox tftp -b 8192 -g -r file -l OUT 10.71.0.1 P",
    "0.0.0.0, ports, curl -s -S --tftp-blksize 8192 -o OUT tftp://10.71.0.1:P/file"
  })
  void blocksFitThePath(String address, String mode, String command) throws Exception {
    try (Namespaces.Program server =
        NET.startJava(
            "server", TwoServers.class, address, mode, folder.resolve("files").toString())) {
      server.await("ready");
      long before = fragments();
      download(command, 6901);
      assertThat(fragments() - before).as("fragments where the MTU is minded").isZero();
      download(command, 6902);
      assertThat(fragments() - before).as("fragments where it is not").isGreaterThan(100);
    }
  }

  private static void download(String command, int port) throws Exception {
    Path out = folder.resolve("out");
    List<String> words =
        List.of(command.replace("OUT", out.toString()).replace(":P/", ":" + port + "/").split(" "));
    Process process =
        new ProcessBuilder(
                NET.command(
                    "client",
                    words.stream()
                        .map(word -> word.equals("P") ? "" + port : word.replace('_', ' '))
                        .toArray(String[]::new)))
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(said).isTrue();
    assertThat(out).as(said).hasBinaryContent(FILE);
    Files.delete(out);
  }
}
