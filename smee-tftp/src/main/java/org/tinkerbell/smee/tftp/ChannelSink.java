// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends packets through a channel to one peer. Nothing is flushed here: the caller does it once for
 * all that one wake-up of the event loop brings, which lets them leave by one sendmmsg.
 */
final class ChannelSink implements PacketSink {

  private static final Logger log = LoggerFactory.getLogger(ChannelSink.class);

  /** Older kernels take 64 segments, newer ones 128. */
  private static final int MAX_SEGMENTS = 64;

  /** A segmented send has to fit one IP datagram. */
  private static final int MAX_SEGMENTED_BYTES = 65_000;

  private final Channel channel;
  private final InetSocketAddress remote;
  private final ChildChannels.@Nullable Child own;
  private boolean segmenting;

  /**
   * Makes a sink.
   *
   * @param channel where packets leave
   * @param own what is closed together with the sink, or null for a socket that others use too
   * @param remote the peer
   * @param segmenting whether the system cuts windows into datagrams
   */
  ChannelSink(
      Channel channel,
      ChildChannels.@Nullable Child own,
      InetSocketAddress remote,
      boolean segmenting) {
    this.channel = channel;
    this.own = own;
    this.remote = remote;
    this.segmenting = segmenting;
  }

  /** Tells whether nobody else uses the socket. */
  boolean isOwn() {
    return own != null;
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void send(ByteBuf packets, int packetBytes) {
    int bytes = packets.readableBytes();
    int most = Math.min(MAX_SEGMENTS, MAX_SEGMENTED_BYTES / packetBytes) * packetBytes;
    if (bytes <= packetBytes) {
      write(packets);
    } else if (segmenting && bytes <= most) {
      writeSegmented(packets, packetBytes);
    } else {
      writeParts(packets, packetBytes, most);
    }
  }

  private void write(ByteBuf packet) {
    var unused = channel.write(new DatagramPacket(packet, remote), channel.voidPromise());
  }

  private void writeParts(ByteBuf packets, int packetBytes, int most) {
    try {
      // One packet is not worth it, and a block of 64 KiB fits no segmented send.
      while (segmenting && most > packetBytes && packets.readableBytes() > packetBytes) {
        writeSegmented(
            packets.readRetainedSlice(Math.min(most, packets.readableBytes())), packetBytes);
      }
      writeEach(packets, packetBytes);
    } finally {
      packets.release();
    }
  }

  private void writeEach(ByteBuf packets, int packetBytes) {
    while (packets.isReadable()) {
      write(packets.readRetainedSlice(Math.min(packetBytes, packets.readableBytes())));
    }
  }

  private void writeSegmented(ByteBuf packets, int packetBytes) {
    ByteBuf again = packets.retainedDuplicate();
    channel
        .write(Transport.segmented(packets, packetBytes, remote))
        .addListener(
            written -> {
              try {
                if (!written.isSuccess() && channel.isActive()) {
                  // A device without checksum offload, or a route with a smaller MTU.
                  segmenting = false;
                  log.debug(
                      "segmented send failed, packets go out one by one: remote={}",
                      remote,
                      written.cause());
                  writeEach(again, packetBytes);
                  channel.flush();
                }
              } finally {
                again.release();
              }
            });
  }

  @Override
  public boolean isWritable() {
    if (!channel.isWritable()) {
      channel.flush();
    }
    return channel.isWritable();
  }

  @Override
  public void whenTurn(Runnable turn) {
    Turns turns = channel.pipeline().get(Turns.class);
    if (turns != null) {
      turns.add(turn);
    }
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
