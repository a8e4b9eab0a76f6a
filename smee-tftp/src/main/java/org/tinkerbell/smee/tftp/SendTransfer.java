// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The sending half of a transfer: blocks, windows, acknowledgements and timeouts, without sockets
 * (RFC 1350 §2, §6; RFC 7440 §4). All methods run on the event loop.
 *
 * <p>Blocks are counted from 1 without an end; only on the wire does the number wrap (65535 is
 * followed by 0).
 */
final class SendTransfer implements PacketRuns.Reader {

  /** Who is told how it ends. Each transfer calls exactly one method, once, as its last act. */
  interface Ending {
    void completed();

    void timedOut();

    void contentFailed(Throwable cause);
  }

  /**
   * What is sent at a time. Usual windows leave at once; of larger ones, half a megabyte say,
   * others must not have to wait for the whole.
   */
  private static final int TURN_BYTES = 160 << 10;

  private final PacketRuns packets;
  private final PacketSink sink;
  private final LongSupplier clock;
  private final RetransmissionTimer timer;
  private final int maxSends;
  private final long readTimeoutNanos;
  private final Ending ending;
  private final Negotiation negotiation;

  private boolean optionsPending;
  private long acked;
  private long next = 1;
  private long highestSent;
  private long ackedBytes;
  private boolean closed;
  private int retransmissions;

  /** Whether nothing is sent until it is this transfer's turn. */
  private boolean held;

  /** Whether {@link #sentAt} tells when the newest block went out for the first time. */
  private boolean timing;

  private long sentAt;

  /** When what is unacknowledged was sent for the first time. */
  private long begunAt;

  private boolean armed;
  private long deadline;

  SendTransfer(
      PacketRuns packets, Negotiation negotiation, PacketSink sink, Timing timing, Ending ending) {
    this.packets = packets;
    this.negotiation = negotiation;
    this.sink = sink;
    this.clock = timing.clock();
    this.maxSends = timing.maxSends();
    this.readTimeoutNanos = timing.readTimeout().toNanos();
    this.timer = new RetransmissionTimer(timing.timeout(), negotiation.timeout());
    this.ending = ending;
    packets.reader(this);
  }

  /**
   * What a transfer needs besides its content and its peer.
   *
   * @param clock as {@link System#nanoTime}
   * @param timeout the longest wait for an acknowledgement
   * @param maxSends how often a packet is sent, and how many timeouts pass, before the client is
   *     given up
   * @param readTimeout the longest wait for a blocking source
   */
  record Timing(LongSupplier clock, Duration timeout, int maxSends, Duration readTimeout) {}

  /** Sends the OACK, or the first block if no option was granted. */
  void begin() {
    optionsPending = !negotiation.granted().isEmpty();
    if (optionsPending) {
      sendOptions();
      sent(true, clock.getAsLong());
      if (packets.isBlocking()) {
        // While the client answers.
        readAhead();
      }
    } else {
      pump(clock.getAsLong());
    }
  }

  /**
   * Takes an ACK.
   *
   * @param now when it came
   * @return whether it moved the transfer on
   */
  boolean acknowledge(int block, long now) {
    if (closed) {
      return false;
    }
    if (optionsPending) {
      if (block == 0) {
        optionsPending = false;
        measure(now);
        timer.restart();
        pump(now);
        return true;
      }
      return false;
    }
    long number = acked + ((block - acked) & 0xffff);
    if (number <= acked || number > highestSent) {
      // Old, doubled, or never sent. A doubled ACK must not cause DATA (RFC 1123 §4.2.3.1), and
      // nothing here moves the deadline, or junk could keep a transfer alive.
      return false;
    }
    if (number == highestSent) {
      measure(now);
    }
    account(number);
    acked = number;
    // After an ACK in the middle of a window, sending resumes right behind it (RFC 7440 §4).
    next = acked + 1;
    packets.acknowledged(acked);
    if (acked == packets.lastBlock()) {
      close();
      ending.completed();
      return true;
    }
    timer.restart();
    pump(now);
    return true;
  }

  private void account(long number) {
    long blocks = number - acked;
    if (number == packets.lastBlock()) {
      ackedBytes += (blocks - 1) * negotiation.blockSize() + packets.lastBlockBytes();
    } else {
      ackedBytes += blocks * negotiation.blockSize();
    }
  }

  private void measure(long now) {
    if (timing) {
      timer.measured(now - sentAt);
      timing = false;
    }
  }

  /** Sends once more what the client did not acknowledge, since it asks anew. */
  void repeatFirst() {
    if (!closed && armed && isUnacknowledged()) {
      timing = false;
      resend();
    }
  }

  /** Tells whether the client has not reacted at all so far. */
  boolean isUnacknowledged() {
    return acked == 0 && (optionsPending || negotiation.granted().isEmpty());
  }

  /**
   * Acts if the deadline has passed.
   *
   * @return whether something was sent
   */
  boolean tick(long now) {
    if (closed || !armed || now - deadline < 0) {
      return false;
    }
    if (waitsForContent()) {
      failed(new IOException("the content could not be read in time"));
    } else if (timer.sends() >= maxSends) {
      close();
      ending.timedOut();
    } else if (held) {
      // What was to be sent has not left yet; sending it twice would not help.
      timer.repeat();
      deadline = now + timer.waitNanos();
    } else {
      retransmissions++;
      timing = false;
      timer.repeat();
      resend();
      deadline = now + timer.waitNanos();
      if (timer.sends() == maxSends) {
        // Some clients answer a doubled block only once and then wait for their own timeout, which
        // each copy puts off: it has to get its turn, and more than one, as their answer may be
        // lost again, before they are given up.
        long patience = begunAt + maxSends * timer.longestNanos();
        deadline = Math.max(deadline + timer.waitNanos() / 2, patience);
      }
      return true;
    }
    return false;
  }

  private void resend() {
    if (optionsPending) {
      sendOptions();
    } else {
      next = acked + 1;
      sendWindow();
    }
  }

  private boolean waitsForContent() {
    return !optionsPending && highestSent == acked && packets.isReading();
  }

  private void sendOptions() {
    ByteBuf packet = ByteBufAllocator.DEFAULT.directBuffer(64);
    TftpCodec.encode(new TftpPacket.OptionAck(negotiation.granted()), packet);
    sink.send(packet, packet.readableBytes());
  }

  /** Fills the window. */
  private void pump(long now) {
    long before = highestSent;
    if (sendWindow()) {
      // Only blocks that were never sent before tell how long a round trip takes (Karn).
      sent(highestSent > before, now);
    }
    if (packets.isBlocking() && !closed) {
      readAhead();
      if (waitsForContent()) {
        deadline = now + readTimeoutNanos;
        armed = true;
      }
    }
  }

  private void readAhead() {
    try {
      packets.readAhead();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failed(e);
    }
  }

  private long windowEnd() {
    return Math.min(acked + negotiation.windowSize(), packets.lastBlock());
  }

  private void sent(boolean first, long now) {
    if (timer.sends() == 0) {
      timer.restart();
    }
    if (timer.sends() == 1) {
      begunAt = now;
    }
    sentAt = now;
    timing = first;
    deadline = sentAt + timer.waitNanos();
    armed = true;
  }

  /**
   * Sends what is within the window, as far as it is there and the socket takes it; a large window
   * in several turns.
   *
   * @return whether anything was sent
   */
  private boolean sendWindow() {
    int packetBytes = negotiation.blockSize() + PacketRuns.HEADER_BYTES;
    long blocksLeft = Math.max(1, TURN_BYTES / packetBytes);
    boolean any = false;
    try {
      while (!closed && !held && next <= windowEnd()) {
        if (blocksLeft == 0 || !sink.isWritable()) {
          awaitTurn();
          break;
        }
        PacketRuns.Run run = packets.at(next);
        if (run == null) {
          break;
        }
        int from = (int) (next - run.first());
        long last = Math.min(Math.min(windowEnd(), run.last()), next + blocksLeft - 1);
        int to = (int) (last - run.first()) + 1;
        int start = from * packetBytes;
        int length = Math.min(to * packetBytes, run.packets().readableBytes()) - start;
        sink.send(run.packets().retainedSlice(start, length), packetBytes);
        blocksLeft -= to - from;
        next = run.first() + to;
        highestSent = Math.max(highestSent, next - 1);
        any = true;
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failed(e);
    }
    return any && !closed;
  }

  private void awaitTurn() {
    held = true;
    sink.whenTurn(
        () -> {
          held = false;
          if (!closed && !optionsPending) {
            pump(clock.getAsLong());
          }
        });
  }

  @Override
  public void arrived() {
    if (!closed && !optionsPending) {
      pump(clock.getAsLong());
      // Nothing was received just now, so nobody else flushes.
      sink.flush();
    }
  }

  @Override
  public void failed(Throwable cause) {
    if (!closed) {
      close();
      ending.contentFailed(cause);
    }
  }

  /** Releases everything. */
  void close() {
    closed = true;
    packets.close();
  }

  Negotiation negotiation() {
    return negotiation;
  }

  long ackedBytes() {
    return ackedBytes;
  }

  int retransmissions() {
    return retransmissions;
  }
}
