// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Downloads a file of 1 MiB over the loopback with this module's client, 1, 10 and 100 at a time,
 * and prints the throughput. Run by hand; takes half a minute:
 *
 * <pre>
 * mvn test-compile dependency:build-classpath -Dmdep.outputFile=target/cp -q
 * java -cp target/classes:target/test-classes:$(cat target/cp) \
 *     org.tinkerbell.smee.tftp.LoadBenchmark
 * </pre>
 *
 * <p>Client and server share the machine, so the figures compare settings with each other; they are
 * not what the server alone can do.
 */
final class LoadBenchmark {

  private static final byte[] FILE = TestFiles.random(1 << 20, 1);
  private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(2);

  private LoadBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    for (TftpPortMode mode : List.of(TftpPortMode.SINGLE_PORT, TftpPortMode.PORT_PER_TRANSFER)) {
      try (TftpServer server =
              TftpServer.builder()
                  .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                  .mode(mode)
                  .maxTransfersPerClient(1000)
                  .handler(TestFiles.handler(Map.of("file", FILE)))
                  .build();
          TftpClient client = TftpClient.create()) {
        server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
        for (int window : new int[] {1, 16}) {
          for (int clients : new int[] {1, 10, 100}) {
            run(server.boundAddresses().get(0), client, window, clients, ROUND_NANOS / 4);
            double rate = run(server.boundAddresses().get(0), client, window, clients, ROUND_NANOS);
            System.out.printf(
                "%s, window %d, %d at a time: %.0f MiB/s%n", mode, window, clients, rate);
          }
        }
      }
    }
  }

  private static double run(
      InetSocketAddress server, TftpClient client, int window, int clients, long nanos)
      throws Exception {
    TftpOptions options = TftpOptions.none().withBlksize(1428).withWindowsize(window);
    long start = System.nanoTime();
    int files = 0;
    List<CompletableFuture<byte[]>> running = new ArrayList<>();
    while (System.nanoTime() - start < nanos || !running.isEmpty()) {
      while (running.size() < clients && System.nanoTime() - start < nanos) {
        running.add(client.get(server, "file", options).toCompletableFuture());
      }
      running.remove(0).get(60, TimeUnit.SECONDS);
      files++;
    }
    return files / ((System.nanoTime() - start) / 1e9);
  }
}
