// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.tinkerbell.smee.tftp.RawClient.ack;
import static org.tinkerbell.smee.tftp.RawClient.rrq;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerLifecycleIT {

  private static final byte[] FILE = TestFiles.random(2_000, 9);

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static TftpServer.Builder builder() {
    return TftpServer.builder().handler(TestFiles.handler(Map.of("file", FILE)));
  }

  private static TftpServer started(TftpServer.Builder builder) throws Exception {
    TftpServer server = builder.build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return server;
  }

  @Test
  void aTakenPortIsToldWithTheRemedyAndNothingStaysBound() throws Exception {
    try (TftpServer first = started(builder().bind(loopback(0)))) {
      InetSocketAddress taken = first.boundAddresses().get(0);
      int free;
      try (RawClient probe = new RawClient(taken)) {
        free = probe.address().getPort();
      }
      TftpServer second = builder().bind(loopback(free), taken).build();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> second.start().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .havingCause()
          .isInstanceOf(java.io.IOException.class)
          .withMessageContaining("cannot bind 127.0.0.1 port " + taken.getPort())
          .withMessageContaining("another server is running");
      started(builder().bind(loopback(free))).close();
    }
  }

  @Test
  void anAddressOfSomebodyElseIsTold() {
    TftpServer server = builder().bind(new InetSocketAddress("192.0.2.1", 0)).build();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> server.start().toCompletableFuture().get(10, TimeUnit.SECONDS))
        .withMessageContaining("no interface has this address");
  }

  @Test
  void aServerIsStartedOnceAndClosedOnce() throws Exception {
    TftpServer server = started(builder().bind(loopback(0)));
    assertThatIllegalStateException().isThrownBy(server::start);
    server.close();
    server.close();
    assertThatIllegalStateException().isThrownBy(server::start);
    builder().bind(loopback(0)).build().close();
  }

  @Test
  void settingsAreCheckedAtOnce() {
    assertThatIllegalArgumentException().isThrownBy(() -> builder().maxBlockSize(7));
    assertThatIllegalArgumentException().isThrownBy(() -> builder().maxWindowSize(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder().timeout(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> TftpPortMode.portRange(5, 4));
    assertThatIllegalStateException().isThrownBy(() -> builder().build());
    assertThatIllegalStateException()
        .isThrownBy(() -> TftpServer.builder().bind(loopback(0)).build());
  }

  @Test
  void closingLeavesNoThreadsAndManyServersLiveTogether() throws Exception {
    TftpServer first = started(builder().bind(loopback(0), loopback(0)));
    TftpServer second = started(builder().bind(loopback(0)));
    try (TftpClient client = TftpClient.create()) {
      for (InetSocketAddress address : first.boundAddresses()) {
        assertThat(client.get(address, "file").toCompletableFuture().get(10, TimeUnit.SECONDS))
            .isEqualTo(FILE);
      }
      first.close();
      assertThat(
              client
                  .get(second.boundAddresses().get(0), "file")
                  .toCompletableFuture()
                  .get(10, TimeUnit.SECONDS))
          .isEqualTo(FILE);
    }
    second.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("smee-tftp")) {
        // Servers of other tests may just be ending.
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  @Test
  void runningTransfersMayFinishWhileTheServerStops() throws Exception {
    TftpServer server = started(builder().bind(loopback(0)));
    try (RawClient client = new RawClient(server.boundAddresses().get(0));
        RawClient late = new RawClient(server.boundAddresses().get(0))) {
      client.request(rrq("file"));
      client.receive();
      CompletableFuture<Void> closed =
          CompletableFuture.runAsync(() -> server.close(Duration.ofSeconds(20)));
      do {
        late.request(rrq("missing"));
      } while (late.isAnswered());
      for (int block = 1; block <= 3; block++) {
        client.reply(ack(block));
        client.receive();
      }
      late.request(rrq("file"));
      late.expectSilence();
      assertThat(closed).isNotDone();
      client.reply(ack(4));
      closed.get(10, TimeUnit.SECONDS);
      client.expectSilence();
    }
  }

  @Test
  void closingAtOnceTellsTheClients() throws Exception {
    Journal journal = new Journal();
    TftpServer server = started(builder().bind(loopback(0)).observer(journal));
    try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
      client.request(rrq("file"));
      client.receive();
      server.close();
      client.expectError(0, "server is shutting down");
      assertThat(((TftpFailure) journal.await("failed").detail()).reason())
          .isEqualTo(TftpFailure.Reason.CLOSED);
    }
  }

  @ParameterizedTest(name = "port per transfer: {0}")
  @ValueSource(booleans = {false, true})
  void answersLeaveFromTheAddressThatWasAsked(boolean ports) throws Exception {
    assumeThat(Transport.preferred())
        .as("only native epoll tells the destination of a datagram")
        .isEqualTo(Transport.EPOLL);
    try (TftpServer server =
        started(
            builder()
                .mode(ports ? TftpPortMode.PORT_PER_TRANSFER : TftpPortMode.SINGLE_PORT)
                .bind(new InetSocketAddress("0.0.0.0", 0)))) {
      int port = server.boundAddresses().get(0).getPort();
      for (String host : new String[] {"127.0.0.2", "127.0.0.1", "127.0.0.3", "127.0.0.2"}) {
        try (RawClient client = new RawClient(new InetSocketAddress(host, port))) {
          client.request(rrq("file"));
          for (int block = 1; block <= 4; block++) {
            assertThat(client.receive()).hasSizeGreaterThan(400);
            assertThat(client.lastSender().getAddress().getHostAddress()).isEqualTo(host);
            client.reply(ack(block));
          }
          client.request(rrq("missing"));
          client.expectError(1, "file [missing] unknown: file does not exist");
          assertThat(client.lastSender().getAddress().getHostAddress()).isEqualTo(host);
        }
      }
      TftpServer rival = builder().bind(new InetSocketAddress("127.0.0.9", port)).build();
      assertThatExceptionOfType(ExecutionException.class)
          .as("the port is not shared with others")
          .isThrownBy(() -> rival.start().toCompletableFuture().get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void ipv6Works() throws Exception {
    InetSocketAddress six = new InetSocketAddress("::1", 0);
    TftpServer server = builder().bind(six).build();
    try (server) {
      try {
        server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        assumeThat(e.getCause()).as("this machine has IPv6").isNull();
      }
      try (TftpClient client = TftpClient.create()) {
        assertThat(
                client
                    .get(server.boundAddresses().get(0), "file")
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS))
            .isEqualTo(FILE);
      }
    }
  }

  @Test
  void aVanishedPeerEndsItsTransferAtOnce() throws Exception {
    Journal journal = new Journal();
    try (TftpServer server =
        started(
            builder()
                .bind(loopback(0))
                .mode(TftpPortMode.PORT_PER_TRANSFER)
                .timeout(Duration.ofMillis(50))
                .observer(journal))) {
      try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
        client.request(rrq("file"));
        client.receive();
      }
      TftpFailure failure = (TftpFailure) journal.await("failed").detail();
      assertThat(failure.reason()).isEqualTo(TftpFailure.Reason.UNREACHABLE);
    }
  }

  @ParameterizedTest(name = "from the same port: {0}")
  @ValueSource(booleans = {false, true})
  void theSizeProbeOfEdk2IsServed(boolean samePort) throws Exception {
    Journal journal = new Journal();
    byte[] file = TestFiles.random(10_000, 1);
    try (TftpServer server =
            started(
                builder()
                    .bind(loopback(0))
                    .handler(TestFiles.handler(Map.of("ipxe.efi", file)))
                    .observer(journal));
        RawClient probe = new RawClient(server.boundAddresses().get(0));
        RawClient next = new RawClient(server.boundAddresses().get(0))) {
      probe.request(rrq("ipxe.efi", "tsize=0", "blksize=1468", "windowsize=4"));
      probe.expectOptions("tsize=10000", "blksize=1468", "windowsize=4");
      probe.reply(RawClient.error(8, "User aborted the transfer"));
      RawClient second = samePort ? probe : next;
      second.request(rrq("ipxe.efi", "blksize=1468", "windowsize=4"));
      second.expectOptions("blksize=1468", "windowsize=4");
      second.reply(ack(0));
      for (int block = 1; block <= 7; block++) {
        second.expectData(
            block,
            java.util.Arrays.copyOfRange(file, (block - 1) * 1468, Math.min(10_000, block * 1468)));
        if (block == 4 || block == 7) {
          second.reply(ack(block));
        }
      }
      TftpTransfer done = (TftpTransfer) journal.await("completed").detail();
      assertThat(done.windowSize()).isEqualTo(4);
      assertThat(done.bytes()).isEqualTo(10_000);
      assertThat(journal.entries("aborted")).hasSize(1);
      assertThat(journal.entries("failed")).isEmpty();
      second.reply(ack(7));
      second.expectSilence();
    }
  }
}
