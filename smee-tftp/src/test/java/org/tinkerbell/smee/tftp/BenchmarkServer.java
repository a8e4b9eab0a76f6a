// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The server of the benchmark, in a process of its own; {@code src/test/bench/run} starts it.
 * Arguments: address and port, the file, {@code single} or {@code ports}, {@code memory} or {@code
 * file}. When its standard input ends, it prints what was sent again and what was not served, and
 * stops.
 */
final class BenchmarkServer {

  private BenchmarkServer() {}

  public static void main(String[] arguments) throws Exception {
    String[] address = arguments[0].split(":");
    Path file = Path.of(arguments[1]);
    TftpHandler handler =
        arguments[3].equals("memory")
            ? TestFiles.handler(Map.of(file.getFileName().toString(), Files.readAllBytes(file)))
            : TftpContent.directory(file.toAbsolutePath().getParent());
    LongAdder repeats = new LongAdder();
    LongAdder problems = new LongAdder();
    TftpObserver observer =
        new TftpObserver() {
          @Override
          public void completed(TftpTransfer transfer) {
            repeats.add(transfer.retransmissions());
          }

          @Override
          public void failed(TftpTransfer transfer, TftpFailure failure) {
            problems.increment();
          }

          @Override
          public void limited(InetSocketAddress remote, TftpLimit limit) {
            problems.increment();
          }
        };
    try (TftpServer server =
        TftpServer.builder()
            .bind(
                new InetSocketAddress(
                    InetAddress.getByName(address[0]), Integer.parseInt(address[1])))
            .mode(
                arguments[2].equals("single")
                    ? TftpPortMode.SINGLE_PORT
                    : TftpPortMode.PORT_PER_TRANSFER)
            // All clients of the benchmark have the same address.
            .maxTransfersPerClient(2000)
            .handler(handler)
            .observer(observer)
            .build()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Lives as long as whoever started it.
      }
    }
    System.out.printf("retransmissions=%d problems=%d%n", repeats.sum(), problems.sum());
  }
}
