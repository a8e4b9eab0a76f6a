// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.tftp.RawClient.ack;
import static org.tinkerbell.smee.tftp.RawClient.rrq;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerLimitsIT {

  private static final byte[] FILE = TestFiles.random(20_000, 9);

  private final Journal journal = new Journal();
  private final List<AutoCloseable> open = new ArrayList<>();

  private TftpServer start(UnaryOperator<TftpServer.Builder> settings) throws Exception {
    TftpServer server =
        settings
            .apply(
                TftpServer.builder()
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .handler(TestFiles.handler(Map.of("file", FILE)))
                    .observer(journal))
            .build();
    open.add(server);
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return server;
  }

  private RawClient client(TftpServer server) throws IOException {
    RawClient client = new RawClient(server.boundAddresses().get(0));
    open.add(client);
    return client;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private boolean limited(String limit) {
    return journal.entries("limited").stream().anyMatch(entry -> entry.text().equals(limit));
  }

  @ParameterizedTest(name = "port per transfer: {0}")
  @ValueSource(booleans = {false, true})
  void requestsThatNobodyFollowsUpHarmNobody(boolean ports) throws Exception {
    TftpServer server =
        start(
            builder ->
                builder
                    .mode(ports ? TftpPortMode.PORT_PER_TRANSFER : TftpPortMode.SINGLE_PORT)
                    .maxTransfers(50)
                    .maxTransfersPerClient(40));
    List<RawClient> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      flood.add(client(server));
    }
    try (TftpClient client = TftpClient.create()) {
      CompletableFuture<byte[]> early =
          client.get(server.boundAddresses().get(0), "file").toCompletableFuture();
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < flood.size(); i++) {
          flood
              .get(i)
              .request(
                  i % 2 == 0 ? rrq("file", "blksize=1468", "windowsize=16") : rrq("missing" + i));
        }
        assertThat(server.activeTransfers()).isLessThanOrEqualTo(50);
      }
      assertThat(early.get(20, TimeUnit.SECONDS)).isEqualTo(FILE);
      for (int i = 0; i < 5; i++) {
        assertThat(
                client
                    .get(server.boundAddresses().get(0), "file")
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS))
            .isEqualTo(FILE);
      }
    }
    assertThat(server.activeTransfers()).isLessThanOrEqualTo(50);
    journal.await("limited", entry -> entry.text().equals("unacknowledged"));
  }

  @Test
  void runningTransfersAreNotDroppedForNewOnes() throws Exception {
    TftpServer server = start(builder -> builder.maxTransfers(1));
    RawClient first = client(server);
    first.request(rrq("file"));
    first.receive();
    first.reply(ack(1));
    first.receive();
    RawClient second = client(server);
    second.request(rrq("file"));
    second.expectSilence();
    assertThat(limited("transfers")).isTrue();
    first.reply(ack(2));
    assertThat(first.receive()).hasSize(516);
  }

  @Test
  void aClientThatWasDroppedBeforeItsAckCameIsTakenUpAgain() throws Exception {
    TftpServer server = start(builder -> builder.maxTransfers(1));
    RawClient real = client(server);
    real.request(rrq("file", "blksize=1000"));
    real.expectOptions("blksize=1000");
    RawClient flood = client(server);
    flood.request(rrq("file"));
    flood.receive();
    real.reply(ack(0));
    real.expectOptions("blksize=1000");
    flood.request(rrq("file", "tsize=0"));
    flood.expectSilence();
    real.reply(ack(0));
    assertThat(real.receive()).hasSize(1004);
  }

  @Test
  void oneAddressHasItsShareOnly() throws Exception {
    TftpServer server = start(builder -> builder.maxTransfersPerClient(1));
    RawClient first = client(server);
    first.request(rrq("file"));
    first.receive();
    first.reply(ack(1));
    first.receive();
    RawClient second = client(server);
    second.request(rrq("file"));
    second.expectSilence();
    assertThat(limited("transfers-per-client")).isTrue();
    RawClient other =
        new RawClient(server.boundAddresses().get(0), new InetSocketAddress("127.0.0.77", 0));
    open.add(other);
    other.request(rrq("file"));
    assertThat(other.receive()).hasSize(516);
  }

  @Test
  void overlongRequestsAndNamesAreRefused() throws Exception {
    TftpServer server = start(builder -> builder.maxRequestBytes(600).maxFileNameLength(20));
    RawClient client = client(server);
    client.request(rrq("x".repeat(21)));
    client.expectError(4, "file name is too long");
    client.request(rrq("x".repeat(2000)));
    client.expectError(4, "request is too long");
    assertThat(limited("name-length")).isTrue();
    assertThat(limited("request-size")).isTrue();
    assertThat(server.activeTransfers()).isZero();
  }

  @Test
  void errorsForStrangersAreRationed() throws Exception {
    TftpServer server = start(builder -> builder.errorsPerSecond(2).clock(() -> 0));
    RawClient client = client(server);
    for (int i = 0; i < 10; i++) {
      client.request(ack(1));
    }
    client.receive();
    client.receive();
    client.expectSilence();
    assertThat(journal.entries("limited")).hasSize(8);
  }

  @Test
  void aUsedUpPortRangeIsALimit() throws Exception {
    int port;
    try (RawClient probe =
        new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))) {
      port = probe.address().getPort();
    }
    TftpServer server = start(builder -> builder.mode(TftpPortMode.portRange(port, port)));
    RawClient first = client(server);
    first.request(rrq("file"));
    first.receive();
    assertThat(first.lastSender().getPort()).isEqualTo(port);
    RawClient second = client(server);
    second.request(rrq("file"));
    journal.await("limited", entry -> entry.text().equals("ports"));
    first.reply(RawClient.error(0, "enough"));
    journal.await("aborted");
    second.request(rrq("file"));
    assertThat(second.receive()).hasSize(516);
    assertThat(second.lastSender().getPort()).isEqualTo(port);
  }

  @Test
  void memoryRunsShortGently() throws Exception {
    TftpHandler files = TestFiles.handler(Map.of("file", FILE));
    TftpServer server =
        start(
            builder ->
                builder
                    .maxBufferedBytes(160 << 10)
                    .handler(
                        request ->
                            request.fileName().equals("stream")
                                ? CompletableFuture.completedFuture(
                                    TftpResult.content(
                                        TftpContent.ofStream(new ByteArrayInputStream(FILE))))
                                : files.open(request)));
    RawClient first = client(server);
    first.request(rrq("stream", "blksize=60000", "windowsize=64"));
    first.expectOptions("blksize=60000", "windowsize=1");
    first.reply(ack(0));
    first.receive();
    RawClient second = client(server);
    second.request(rrq("stream", "blksize=60000"));
    journal.await("limited", entry -> entry.text().equals("buffers"));
    second.request(rrq("file", "windowsize=64"));
    second.expectOptions("windowsize=64");
  }

  @Test
  void windowsOfWhatCanBeHadAgainTakeNoMemory() throws Exception {
    TftpServer server = start(builder -> builder.maxBufferedBytes(128 << 10));
    for (int i = 0; i < 3; i++) {
      RawClient client = client(server);
      client.request(rrq("file", "windowsize=64"));
      client.expectOptions("windowsize=64");
      client.reply(ack(0));
      for (int block = 1; block <= 40; block++) {
        assertThat(client.receive()).hasSize(block < 40 ? 516 : 4 + 20_000 % 512);
      }
    }
    assertThat(journal.entries("limited")).isEmpty();
  }

  @Test
  void memoryOfTransfersThatNobodyReactedToIsTakenBack() throws Exception {
    TftpServer server = start(builder -> builder.maxBufferedBytes(128 << 10));
    for (int i = 0; i < 3; i++) {
      RawClient flood = client(server);
      flood.request(rrq("file", "blksize=60000"));
      flood.expectOptions("blksize=60000");
    }
    assertThat(limited("unacknowledged")).isTrue();
    assertThat(limited("buffers")).isFalse();
    assertThat(server.activeTransfers()).isEqualTo(2);
  }

  @Test
  void handlersThatFailHarmNobodyElse() throws Exception {
    TftpHandler handler =
        request ->
            switch (request.fileName()) {
              case "throws" -> throw new IllegalStateException("secret");
              case "fails" -> CompletableFuture.failedFuture(new IllegalStateException("secret"));
              case "null" -> null;
              case "hangs" -> new CompletableFuture<>();
              default ->
                  CompletableFuture.completedFuture(TftpResult.content(TftpContent.ofBytes(FILE)));
            };
    TftpServer server =
        start(builder -> builder.handler(handler).handlerTimeout(Duration.ofMillis(200)));
    for (String name : List.of("throws", "fails", "null")) {
      RawClient client = client(server);
      client.request(rrq(name));
      client.expectError(0, "internal server error");
    }
    RawClient client = client(server);
    client.request(rrq("hangs"));
    client.request(rrq("hangs"));
    client.expectError(0, "the file was not there in time");
    journal.await("repeated");
    client.request(rrq("file"));
    assertThat(client.receive()).hasSize(516);
    assertThat(journal.entries("failed"))
        .extracting(entry -> ((TftpFailure) entry.detail()).reason())
        .containsExactly(
            TftpFailure.Reason.HANDLER,
            TftpFailure.Reason.HANDLER,
            TftpFailure.Reason.HANDLER,
            TftpFailure.Reason.HANDLER_TIMEOUT);
  }

  @Test
  void anObserverThatThrowsHarmsNobody() throws Exception {
    TftpServer server =
        start(
            builder ->
                builder.observer(
                    new TftpObserver() {
                      @Override
                      public void requested(TftpRequest request) {
                        throw new IllegalStateException("thrown on purpose by a test");
                      }
                    }));
    RawClient client = client(server);
    client.request(rrq("file"));
    assertThat(client.receive()).hasSize(516);
  }

  @Test
  void arbitraryDatagramsHarmNobody() throws Exception {
    TftpServer server = start(builder -> builder);
    java.util.Random random = new java.util.Random(5);
    RawClient noise = client(server);
    try (TftpClient client = TftpClient.create()) {
      CompletableFuture<byte[]> download =
          client.get(server.boundAddresses().get(0), "file").toCompletableFuture();
      for (int i = 0; i < 5000; i++) {
        byte[] datagram = new byte[random.nextInt(40)];
        random.nextBytes(datagram);
        if (datagram.length > 1) {
          datagram[0] = 0;
          datagram[1] = (byte) random.nextInt(8);
        }
        noise.request(datagram);
      }
      assertThat(download.get(20, TimeUnit.SECONDS)).isEqualTo(FILE);
      assertThat(
              client
                  .get(server.boundAddresses().get(0), "file")
                  .toCompletableFuture()
                  .get(20, TimeUnit.SECONDS))
          .isEqualTo(FILE);
    }
  }
}
