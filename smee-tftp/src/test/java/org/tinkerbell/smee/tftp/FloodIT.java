// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.tftp.RawClient.rrq;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many requests at once, honest ones and others. */
@Timeout(120)
class FloodIT {

  private static final byte[] FILE = TestFiles.random(300_000, 4);
  private static final long MAX_BUFFERED = 4 << 20;
  private static final long MAX_CACHED = 1 << 20;
  private static final int MAX_TRANSFERS = 300;

  @TempDir private Path folder;
  private final Journal journal = new Journal();

  private TftpServer.Builder builder(String where) throws IOException {
    // Old enough to be shared.
    Path file = Files.write(folder.resolve("file"), FILE);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    return TftpServer.builder()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .handler(
            where.equals("folder")
                ? TftpContent.directory(folder)
                : TestFiles.handler(Map.of("file", FILE)))
        .maxTransfersPerClient(1000)
        .observer(journal);
  }

  private static TftpServer started(TftpServer.Builder builder) throws Exception {
    TftpServer server = builder.build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return server;
  }

  private static long directMemory() {
    return Stream.of(ByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT)
        .mapToLong(each -> ((ByteBufAllocatorMetricProvider) each).metric().usedDirectMemory())
        .sum();
  }

  /** With the limits as they are by default; only that all clients have one address is unusual. */
  @ParameterizedTest(name = "windows of {0}, from {1}")
  @CsvSource({"1, memory", "16, memory", "64, memory", "16, folder", "64, folder"})
  void fiveHundredClientsAreServedAtATime(int window, String where) throws Exception {
    try (TftpServer server = started(builder(where));
        TftpClient client = TftpClient.create()) {
      TftpOptions options = TftpOptions.none().withBlksize(1428).withWindowsize(window);
      List<CompletableFuture<byte[]>> downloads = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        downloads.add(
            client.get(server.boundAddresses().get(0), "file", options).toCompletableFuture());
      }
      for (CompletableFuture<byte[]> download : downloads) {
        assertThat(download.get(60, TimeUnit.SECONDS)).isEqualTo(FILE);
      }
      assertThat(journal.entries("limited")).isEmpty();
      assertThat(journal.entries("completed"))
          .allSatisfy(
              entry -> assertThat(((TftpTransfer) entry.detail()).windowSize()).isEqualTo(window));
    }
  }

  @ParameterizedTest(name = "{0}, from {1}")
  @CsvSource({"missing, memory", "file, memory", "missing, folder", "file, folder"})
  void aFloodLeavesMemoryBoundedAndOthersUnharmed(String name, String where) throws Exception {
    long before = directMemory();
    long most = 0;
    try (TftpServer server =
            started(
                builder(where)
                    .maxBufferedBytes(MAX_BUFFERED)
                    .maxCachedBytes(MAX_CACHED)
                    .maxTransfers(MAX_TRANSFERS));
        TftpClient client = TftpClient.create()) {
      InetSocketAddress address = server.boundAddresses().get(0);
      List<RawClient> flood = new ArrayList<>();
      try {
        // Each source has a transfer of its own, and nobody acknowledges anything.
        for (int i = 0; i < 1000; i++) {
          flood.add(new RawClient(address));
        }
        List<CompletableFuture<byte[]>> downloads = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
          downloads.add(client.get(address, "file").toCompletableFuture());
          for (int i = 0; i < flood.size(); i++) {
            flood.get(i).request(i % 2 == 0 ? rrq(name) : rrq(name, "blksize=65464", "tsize=0"));
          }
          most = Math.max(most, directMemory() - before);
          assertThat(server.activeTransfers()).isLessThanOrEqualTo(MAX_TRANSFERS);
        }
        for (CompletableFuture<byte[]> download : downloads) {
          assertThat(download.get(60, TimeUnit.SECONDS)).isEqualTo(FILE);
        }
      } finally {
        flood.forEach(RawClient::close);
      }
    }
    // Besides what is counted there are chunks of the pool and the socket's receive buffers.
    assertThat(most).isLessThan(MAX_BUFFERED + MAX_CACHED + (32 << 20));
    journal.await(name.equals("missing") ? "refused" : "limited");
  }

  @Test
  void aClientThatNeverAnswersHoldsItsPlaceForABoundedTime() throws Exception {
    try (TftpServer server =
            started(builder("memory").timeout(Duration.ofMillis(100)).maxSends(2));
        RawClient client = new RawClient(server.boundAddresses().get(0))) {
      client.request(rrq("file"));
      journal.await("failed");
      assertThat(server.activeTransfers()).isZero();
    }
  }
}
