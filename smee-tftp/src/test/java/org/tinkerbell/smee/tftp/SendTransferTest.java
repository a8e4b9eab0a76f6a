// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
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
  private boolean writable = true;
  private final List<Runnable> turns = new ArrayList<>();
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
  public boolean isWritable() {
    return writable;
  }

  @Override
  public void whenTurn(Runnable turn) {
    turns.add(turn);
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
        new PacketRuns(source, blocks, negotiation, cache, Runnable::run, worker),
        negotiation,
        this,
        new SendTransfer.Timing(() -> now, Duration.ofSeconds(5), 6, Duration.ofSeconds(10)),
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
    assertThat(transfer.acknowledge(1, now)).isTrue();
    assertThat(sent()).containsExactly("2:512");
    transfer.acknowledge(2, now);
    assertThat(sent()).containsExactly("3:1");
    transfer.acknowledge(3, now);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.ackedBytes()).isEqualTo(1025);
    assertThat(sent()).isEmpty();
  }

  @Test
  void aFileThatFitsExactlyEndsWithAnEmptyBlock() {
    SendTransfer transfer = transfer(512, TftpOptions.none());
    transfer.begin();
    transfer.acknowledge(1, now);
    assertThat(sent()).containsExactly("1:512", "2:0");
    transfer.acknowledge(2, now);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.ackedBytes()).isEqualTo(512);
  }

  @Test
  void anEmptyFileIsOneEmptyBlock() {
    SendTransfer transfer = transfer(0, TftpOptions.none());
    transfer.begin();
    assertThat(sent()).containsExactly("1:0");
    transfer.acknowledge(1, now);
    assertThat(end).isEqualTo("completed");
  }

  @Test
  void duplicateOldAndFutureAcksSendNothing() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    transfer.acknowledge(1, now);
    sent();
    for (int block : new int[] {1, 0, 3, 4, 65535, 30_000}) {
      assertThat(transfer.acknowledge(block, now)).isFalse();
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
    transfer.acknowledge(9, now);
    assertThat(after(transfer, 2)).isTrue();
    assertThat(sent()).containsExactly("1:512");
    transfer.close();
  }

  @Test
  void optionsAreAcknowledgedBeforeDataFlows() {
    SendTransfer transfer = transfer(5000, TftpOptions.none().withBlksize(1000));
    transfer.begin();
    assertThat(sent()).containsExactly("oack");
    transfer.acknowledge(1, now);
    assertThat(sent()).isEmpty();
    after(transfer, 1001);
    assertThat(sent()).containsExactly("oack");
    transfer.acknowledge(0, now);
    assertThat(sent()).containsExactly("1:1000");
    transfer.acknowledge(0, now);
    assertThat(sent()).isEmpty();
    transfer.close();
  }

  @Test
  void windowsGoOnBehindTheAcknowledgedBlock() {
    SendTransfer transfer = transfer(9 * 512, TftpOptions.none().withWindowsize(4));
    transfer.begin();
    sent();
    transfer.acknowledge(0, now);
    assertThat(sent()).containsExactly("1:512", "2:512", "3:512", "4:512");
    transfer.acknowledge(2, now);
    assertThat(sent()).containsExactly("3:512", "4:512", "5:512", "6:512");
    transfer.acknowledge(6, now);
    assertThat(sent()).containsExactly("7:512", "8:512", "9:512", "10:0");
    after(transfer, 1001);
    assertThat(sent()).containsExactly("7:512", "8:512", "9:512", "10:0");
    transfer.acknowledge(9, now);
    assertThat(sent()).containsExactly("10:0");
    transfer.acknowledge(10, now);
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
    assertThat(waited)
        .as("30 s in all, in which a client has timeouts of its own")
        .isEqualTo(17_000);
    assertThat(end).isEqualTo("timed out");
  }

  @Test
  void clientThatAnswersAtLastIsServed() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    transfer.acknowledge(1, now);
    sent();
    // It has block 2; its two ACKs were lost, and so were those at its own timeouts, but one.
    after(transfer, 1000);
    for (int i = 0; i < 289; i++) {
      after(transfer, 100);
    }
    assertThat(sent()).hasSize(5).containsOnly("2:512");
    transfer.acknowledge(2, now);
    assertThat(sent()).containsExactly("3:512");
    for (int i = 0; i < 299; i++) {
      after(transfer, 100);
    }
    assertThat(end).as("the next one has as much time").isEmpty();
    after(transfer, 100);
    assertThat(end).isEqualTo("timed out");
    assertThat(sent()).hasSize(5);
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
      transfer.acknowledge(block, now);
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
    transfer.acknowledge(0, now);
    for (int block = 10; block <= 65_530; block += 10) {
      transfer.acknowledge(block, now);
    }
    sent.subList(0, sent.size() - 10).clear();
    assertThat(sent())
        .containsExactly(
            "65531:8", "65532:8", "65533:8", "65534:8", "65535:8", "0:8", "1:8", "2:8", "3:8",
            "4:8");
    transfer.acknowledge(0, now);
    assertThat(sent()).startsWith("1:8", "2:8").hasSize(10);
    transfer.close();
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerAgain() {
    SendTransfer transfer = transfer(5000, TftpOptions.none());
    transfer.begin();
    transfer.repeatFirst();
    assertThat(sent()).containsExactly("1:512", "1:512");
    transfer.acknowledge(1, now);
    sent();
    transfer.repeatFirst();
    assertThat(sent()).isEmpty();
    transfer.close();
  }

  private static ByteSource stream(int bytes) {
    return new ByteSources.OfChannel(
        Channels.newChannel(new ByteArrayInputStream(TestFiles.random(bytes, 1))),
        OptionalLong.of(bytes));
  }

  /** A file, as far as a transfer can tell. */
  private static PositionalSource file(int bytes, Object identity) {
    byte[] octets = TestFiles.random(bytes, 1);
    return new PositionalSource() {
      @Override
      long size() {
        return bytes;
      }

      @Override
      Object identity() {
        return identity;
      }

      @Override
      ByteBuf readAt(long position, int max) {
        int start = (int) position;
        return Unpooled.wrappedBuffer(octets, start, Math.min(max, bytes - start));
      }
    };
  }

  @Test
  void whatBlocksIsReadAheadByTheWorker() {
    ByteSource source = stream(40_000);
    SendTransfer transfer =
        transfer(source, true, TftpOptions.none().withBlksize(8192), blocking::add);
    transfer.begin();
    assertThat(sent()).containsExactly("oack");
    transfer.acknowledge(0, now);
    assertThat(sent()).isEmpty();
    assertThat(blocking).hasSize(1);
    blocking.remove(0).run();
    assertThat(sent()).containsExactly("1:8192");
    assertThat(blocking).as("the next run is read while the first is sent").hasSize(1);
    transfer.acknowledge(1, now);
    assertThat(sent()).containsExactly("2:8192");
    transfer.acknowledge(2, now);
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
    transfer.acknowledge(0, now);
    sent();
    transfer.acknowledge(10, now);
    int upTo = 10;
    while (upTo + 10 < blocks - 4) {
      upTo += 10;
      transfer.acknowledge(upTo, now);
    }
    sent();
    transfer.acknowledge(blocks - 4, now);
    assertThat(sent())
        .startsWith((blocks - 3) + ":1000")
        .hasSize(10)
        .endsWith((blocks + 6) + ":1000");
    transfer.acknowledge(blocks + 6, now);
    transfer.acknowledge(blocks + 16, now);
    transfer.acknowledge(blocks + 21, now);
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
      transfer.acknowledge(block, now);
    }
    transfer.acknowledge(601, now);
    assertThat(end).isEqualTo("completed");
    assertThat(sent()).hasSize(602).endsWith("600:1000", "601:0");
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void transfersOfOneFileShareWhatWasReadOnce() {
    TftpOptions options = TftpOptions.none().withBlksize(1000).withWindowsize(3);
    SendTransfer first = transfer(file(100_000, "f"), true, options, blocking::add);
    SendTransfer second = transfer(file(100_000, "f"), true, options, blocking::add);
    first.begin();
    second.begin();
    assertThat(blocking).as("read once for both").hasSize(1);
    first.acknowledge(0, now);
    second.acknowledge(0, now);
    assertThat(sent()).containsExactly("oack", "oack");
    drainWorker();
    assertThat(sent()).containsExactly("1:1000", "2:1000", "3:1000", "1:1000", "2:1000", "3:1000");
    SendTransfer third = transfer(file(100_000, "f"), true, options, blocking::add);
    third.begin();
    third.acknowledge(0, now);
    assertThat(sent()).as("without any wait").containsExactly("oack", "1:1000", "2:1000", "3:1000");
    assertThat(blocking).isEmpty();
    SendTransfer other = transfer(file(100_000, "g"), true, options, blocking::add);
    other.begin();
    assertThat(blocking).hasSize(1);
    List.of(first, second, third, other).forEach(SendTransfer::close);
    drainWorker();
  }

  @Test
  void aFileWithoutRoomIsReadInPartsAndAgainIfNeedBe() {
    cache = new RunCache(0);
    SendTransfer transfer =
        transfer(
            file(100_000, "f"),
            true,
            TftpOptions.none().withBlksize(1000).withWindowsize(64),
            blocking::add);
    transfer.begin();
    transfer.acknowledge(0, now);
    drainWorker();
    assertThat(sent()).hasSize(65).startsWith("oack", "1:1000").endsWith("64:1000");
    // The first part was given up long ago.
    transfer.acknowledge(3, now);
    drainWorker();
    assertThat(sent()).hasSize(64).startsWith("4:1000").endsWith("67:1000");
    transfer.acknowledge(67, now);
    drainWorker();
    transfer.acknowledge(101, now);
    assertThat(end).isEqualTo("completed");
    assertThat(transfer.ackedBytes()).isEqualTo(100_000);
  }

  @Test
  void aReadThatIsOvertakenByTheClientIsNotSent() {
    cache = new RunCache(0);
    SendTransfer transfer =
        transfer(
            file(100_000, "f"),
            true,
            TftpOptions.none().withBlksize(1000).withWindowsize(40),
            blocking::add);
    transfer.begin();
    transfer.acknowledge(0, now);
    blocking.remove(0).run();
    blocking.remove(0).run();
    assertThat(sent()).hasSize(33).endsWith("32:1000");
    // Blocks 33 and on are being read when the client asks for 3 again.
    transfer.acknowledge(2, now);
    assertThat(blocking).hasSize(1);
    drainWorker();
    assertThat(sent()).startsWith("3:1000", "4:1000").endsWith("42:1000").hasSize(40);
    transfer.close();
    drainWorker();
  }

  @Test
  void whatTheSocketDoesNotTakeWaitsForItsTurn() {
    SendTransfer transfer = transfer(9 * 512, TftpOptions.none().withWindowsize(4));
    transfer.begin();
    sent();
    writable = false;
    transfer.acknowledge(0, now);
    transfer.acknowledge(0, now);
    assertThat(sent()).isEmpty();
    assertThat(turns).hasSize(1);
    writable = true;
    turns.remove(0).run();
    assertThat(sent()).containsExactly("1:512", "2:512", "3:512", "4:512");
    writable = false;
    transfer.acknowledge(4, now);
    assertThat(turns).hasSize(1);
    int waited = 0;
    while (end.isEmpty() && waited++ < 1000) {
      after(transfer, 100);
    }
    assertThat(end).as("a socket that never takes anything").isEqualTo("timed out");
    assertThat(sent()).isEmpty();
    turns.remove(0).run();
    assertThat(sent()).isEmpty();
  }

  @Test
  void largeWindowIsSentInTurns() {
    SendTransfer transfer =
        transfer(100 * 8192, TftpOptions.none().withBlksize(8192).withWindowsize(32));
    transfer.begin();
    sent();
    transfer.acknowledge(0, now);
    assertThat(sent()).as("160 KiB of packets").hasSize(19).endsWith("19:8192");
    // An acknowledgement meanwhile moves the window, but is no reason to get ahead of others.
    transfer.acknowledge(10, now);
    assertThat(sent()).isEmpty();
    assertThat(turns).hasSize(1);
    turns.remove(0).run();
    assertThat(sent()).hasSize(19).startsWith("11:8192");
    turns.remove(0).run();
    assertThat(sent()).startsWith("30:8192").endsWith("42:8192");
    assertThat(turns).isEmpty();
    transfer.close();
  }

  @Test
  void largestBlocksAreSentTwoAtATime() {
    SendTransfer transfer =
        transfer(300_000, TftpOptions.none().withBlksize(65464).withWindowsize(4));
    transfer.begin();
    sent();
    transfer.acknowledge(0, now);
    assertThat(sent()).containsExactly("1:65464", "2:65464");
    turns.remove(0).run();
    assertThat(sent()).containsExactly("3:65464", "4:65464");
    transfer.close();
  }
}
