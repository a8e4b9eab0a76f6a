// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendTransferTest implements PacketSink, SendTransfer.Ending {

  private final List<String> sent = new ArrayList<>();
  private final List<Runnable> blocking = new ArrayList<>();
  private final List<ByteBuf> buffers = new ArrayList<>();
  private RunCache cache = new RunCache(1 << 20);
  private long now = 1L << 62;
  private int flushes;
  private String end = "";

  @Override
  public void send(ByteBuf packets, int packetBytes) {
    buffers.add(packets);
    while (packets.isReadable()) {
      ByteBuf packet = packets.readSlice(Math.min(packetBytes, packets.readableBytes()));
      int opcode = packet.readUnsignedShort();
      sent.add(
          opcode == TftpCodec.OACK
              ? "oack"
              : packet.readUnsignedShort() + ":" + packet.readableBytes());
    }
    packets.release();
  }

  @Override
  public void flush() {
    flushes++;
  }

  @Override
  public void close() {}

  @Override
  public void completed() {
    end = "completed";
  }

  @Override
  public void timedOut() {
    end = "timed out";
  }

  @Override
  public void contentFailed(Throwable cause) {
    end = "failed: " + cause.getMessage();
  }

  @AfterEach
  void everythingIsReleased() {
    cache.close();
    assertThat(buffers).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
  }

  private SendTransfer transfer(int bytes, TftpOptions asked) {
    return transfer(
        new ByteSources.OfBytes(TestFiles.random(bytes, 1)), false, asked, Runnable::run);
  }

  private SendTransfer transfer(
      ByteSource source, boolean blocks, TftpOptions asked, Executor worker) {
    Negotiation negotiation =
        Negotiation.of(asked, source.length(), new Negotiation.Caps(65464, 64, 1 << 20));
    return new SendTransfer(
        source,
        blocks,
        negotiation,
        cache,
        this,
        new SendTransfer.Timing(
            () -> now, Runnable::run, worker, Duration.ofSeconds(5), 6, Duration.ofSeconds(10)),
        this);
  }

  private void drainWorker() {
    while (!blocking.isEmpty()) {
      blocking.remove(0).run();
    }
  }

  private List<String> sent() {
    List<String> copy = List.copyOf(sent);
    sent.clear();
    return copy;
  }

  private boolean after(SendTransfer transfer, int millis) {
    now += Duration.ofMillis(millis).toNanos();
    return transfer.tick(now);
  }

  @Test
  void oneBlockAtATime() {
    SendTransfer transfer = transfer(1025, TftpOptions.none());
    transfer.begin();
    assertThat(sent()).containsExactly("1:512");
    assertThat(transfer.acknowledge(1)).isTrue();
    assertThat(sent()).containsExactly("2:512");
    transfer.acknowledge(2);
    assertThat(sent()).containsExactly("3:1");
    transfer.acknowledge(3);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.ackedBytes()).isEqualTo(1025);
    assertThat(sent()).isEmpty();
  }

  @Test
  void aFileThatFitsExactlyEndsWithAnEmptyBlock() {
    SendTransfer transfer = transfer(512, TftpOptions.none());
    transfer.begin();
    transfer.acknowledge(1);
    assertThat(sent()).containsExactly("1:512", "2:0");
    transfer.acknowledge(2);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.ackedBytes()).isEqualTo(512);
  }

  @Test
  void anEmptyFileIsOneEmptyBlock() {
    SendTransfer transfer = transfer(0, TftpOptions.none());
    transfer.begin();
    assertThat(sent()).containsExactly("1:0");
    transfer.acknowledge(1);
    assertThat(end).isEqualTo("completed");
  }

  @Test
  void duplicateOldAndFutureAcksSendNothing() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    transfer.acknowledge(1);
    sent();
    for (int block : new int[] {1, 0, 3, 4, 65535, 30_000}) {
      assertThat(transfer.acknowledge(block)).isFalse();
    }
    assertThat(sent()).isEmpty();
    transfer.close();
  }

  @Test
  void junkDoesNotPutTheDeadlineOff() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    sent();
    now += Duration.ofMillis(999).toNanos();
    transfer.acknowledge(9);
    assertThat(after(transfer, 2)).isTrue();
    assertThat(sent()).containsExactly("1:512");
    transfer.close();
  }

  @Test
  void optionsAreAcknowledgedBeforeDataFlows() {
    SendTransfer transfer = transfer(5000, TftpOptions.none().withBlksize(1000));
    transfer.begin();
    assertThat(sent()).containsExactly("oack");
    transfer.acknowledge(1);
    assertThat(sent()).isEmpty();
    after(transfer, 1001);
    assertThat(sent()).containsExactly("oack");
    transfer.acknowledge(0);
    assertThat(sent()).containsExactly("1:1000");
    transfer.acknowledge(0);
    assertThat(sent()).isEmpty();
    transfer.close();
  }

  @Test
  void windowsGoOnBehindTheAcknowledgedBlock() {
    SendTransfer transfer = transfer(9 * 512, TftpOptions.none().withWindowsize(4));
    transfer.begin();
    sent();
    transfer.acknowledge(0);
    assertThat(sent()).containsExactly("1:512", "2:512", "3:512", "4:512");
    transfer.acknowledge(2);
    assertThat(sent()).containsExactly("3:512", "4:512", "5:512", "6:512");
    transfer.acknowledge(6);
    assertThat(sent()).containsExactly("7:512", "8:512", "9:512", "10:0");
    after(transfer, 1001);
    assertThat(sent()).containsExactly("7:512", "8:512", "9:512", "10:0");
    transfer.acknowledge(9);
    assertThat(sent()).containsExactly("10:0");
    transfer.acknowledge(10);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.retransmissions()).isEqualTo(1);
  }

  @Test
  void sixSendsThenTheClientIsGivenUp() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    List<Integer> waits = new ArrayList<>();
    int waited = 0;
    while (end.isEmpty()) {
      waited += 100;
      if (after(transfer, 100)) {
        waits.add(waited);
        waited = 0;
      }
    }
    assertThat(sent()).hasSize(6).containsOnly("1:512");
    assertThat(waits).containsExactly(1000, 1000, 2000, 4000, 5000);
    assertThat(waited).isEqualTo(5000);
    assertThat(end).isEqualTo("timed out");
  }

  @Test
  void theClientsIntervalIsKept() {
    SendTransfer transfer = transfer(5000, TftpOptions.none().withTimeout(Duration.ofSeconds(3)));
    transfer.begin();
    assertThat(after(transfer, 2999)).isFalse();
    assertThat(after(transfer, 1)).isTrue();
    assertThat(after(transfer, 2999)).isFalse();
    assertThat(after(transfer, 1)).isTrue();
    transfer.close();
  }

  @Test
  void fastRoundTripsMakeForAFastRepair() {
    SendTransfer transfer = transfer(50_000, TftpOptions.none());
    transfer.begin();
    for (int block = 1; block <= 10; block++) {
      now += Duration.ofMillis(2).toNanos();
      transfer.acknowledge(block);
    }
    sent();
    assertThat(after(transfer, 199)).isFalse();
    assertThat(after(transfer, 1)).isTrue();
    assertThat(sent()).containsExactly("11:512");
    assertThat(after(transfer, 999)).isFalse();
    assertThat(after(transfer, 1)).isTrue();
    transfer.close();
  }

  @Test
  void blockNumbersWrapToZero() {
    SendTransfer transfer =
        transfer(70_000 * 8, TftpOptions.none().withBlksize(8).withWindowsize(10));
    transfer.begin();
    transfer.acknowledge(0);
    for (int block = 10; block <= 65_530; block += 10) {
      transfer.acknowledge(block);
    }
    sent.subList(0, sent.size() - 10).clear();
    assertThat(sent())
        .containsExactly(
            "65531:8", "65532:8", "65533:8", "65534:8", "65535:8", "0:8", "1:8", "2:8", "3:8",
            "4:8");
    transfer.acknowledge(0);
    assertThat(sent()).startsWith("1:8", "2:8").hasSize(10);
    transfer.close();
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerAgain() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    transfer.repeatFirst();
    assertThat(sent()).containsExactly("1:512", "1:512");
    transfer.acknowledge(1);
    sent();
    transfer.repeatFirst();
    assertThat(sent()).isEmpty();
    transfer.close();
  }

  @Test
  void whatBlocksIsReadAheadByTheWorker() {
    ByteSource source = new ByteSources.OfBytes(TestFiles.random(40_000, 1));
    SendTransfer transfer =
        transfer(source, true, TftpOptions.none().withBlksize(8192), blocking::add);
    transfer.begin();
    assertThat(sent()).containsExactly("oack");
    transfer.acknowledge(0);
    assertThat(sent()).isEmpty();
    assertThat(blocking).hasSize(1);
    blocking.remove(0).run();
    assertThat(sent()).containsExactly("1:8192");
    assertThat(blocking).as("the next run is read while the first is sent").hasSize(1);
    transfer.acknowledge(1);
    assertThat(sent()).containsExactly("2:8192");
    transfer.acknowledge(2);
    assertThat(sent()).isEmpty();
    assertThat(flushes).isOne();
    blocking.remove(0).run();
    assertThat(sent()).containsExactly("3:8192");
    assertThat(flushes).as("nothing was received that would make the channel flush").isEqualTo(2);
    transfer.close();
    drainWorker();
  }

  @Test
  void aSourceThatHangsFailsTheTransfer() {
    ByteSource source = new ByteSources.OfBytes(new byte[10]);
    SendTransfer transfer = transfer(source, true, TftpOptions.none(), blocking::add);
    transfer.begin();
    assertThat(after(transfer, 9_999)).isFalse();
    assertThat(end).isEmpty();
    after(transfer, 1);
    assertThat(end).isEqualTo("failed: the content could not be read in time");
    drainWorker();
    assertThat(sent()).isEmpty();
  }

  @Test
  void aSourceThatFailsFailsTheTransferAndIsClosed() {
    List<String> calls = new ArrayList<>();
    ByteSource source =
        new ByteSource() {
          @Override
          public OptionalLong length() {
            return OptionalLong.of(5);
          }

          @Override
          public ByteBuf read(int max) throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public void close() {
            calls.add("closed");
          }
        };
    transfer(source, true, TftpOptions.none(), Runnable::run).begin();
    assertThat(end).isEqualTo("failed: disk on fire");
    assertThat(calls).containsExactly("closed");
  }

  @Test
  void theFirstWaitFollowsTheRoundTrips() {
    RetransmissionTimer timer = new RetransmissionTimer(Duration.ofSeconds(5), Optional.empty());
    timer.restart();
    assertThat(timer.waitNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
    for (int i = 0; i < 10; i++) {
      timer.measured(Duration.ofMillis(400).toNanos());
    }
    assertThat(Duration.ofNanos(timer.waitNanos()))
        .isBetween(Duration.ofMillis(400), Duration.ofSeconds(1));
  }

  @Test
  void windowsReachOverTheEndOfASharedRun() {
    int blocks = RunCache.blocks(1000);
    SendTransfer transfer =
        transfer((blocks + 20) * 1000, TftpOptions.none().withBlksize(1000).withWindowsize(10));
    transfer.begin();
    transfer.acknowledge(0);
    sent();
    transfer.acknowledge(10);
    int upTo = 10;
    while (upTo + 10 < blocks - 4) {
      upTo += 10;
      transfer.acknowledge(upTo);
    }
    sent();
    transfer.acknowledge(blocks - 4);
    assertThat(sent())
        .startsWith((blocks - 3) + ":1000")
        .hasSize(10)
        .endsWith((blocks + 6) + ":1000");
    transfer.acknowledge(blocks + 6);
    transfer.acknowledge(blocks + 16);
    transfer.acknowledge(blocks + 21);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.ackedBytes()).isEqualTo((blocks + 20) * 1000L);
  }

  @Test
  void whereNoRunCanBeSharedTheTransferRendersForItself() {
    cache = new RunCache(0);
    SendTransfer transfer =
        transfer(600_000, TftpOptions.none().withBlksize(1000).withWindowsize(10));
    transfer.begin();
    for (int block = 0; block <= 600; block += 10) {
      transfer.acknowledge(block);
    }
    transfer.acknowledge(601);
    assertThat(end).isEqualTo("completed");
    assertThat(sent()).hasSize(602).endsWith("600:1000", "601:0");
    assertThat(cache.bytes()).isZero();
  }
}
