// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Reads messages in a pipeline of your own: a {@link DatagramPacket} becomes an {@link
 * AddressedEnvelope} of a {@link DhcpMessage} with the same sender and recipient.
 *
 * <p>The packet is released. A malformed one goes on as an exception event with a {@link
 * DhcpDecodeException}, so a handler behind this one must take those. Other messages pass. One
 * object may serve many channels.
 */
@Sharable
public final class DatagramDhcpDecoder extends ChannelInboundHandlerAdapter {

  private final DecodeOptions options;

  /** Makes a strict decoder. */
  public DatagramDhcpDecoder() {
    this(DecodeOptions.strict());
  }

  /**
   * Makes a decoder.
   *
   * @param options how strictly to read
   */
  public DatagramDhcpDecoder(DecodeOptions options) {
    this.options = Objects.requireNonNull(options, "options");
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof DatagramPacket packet)) {
      context.fireChannelRead(message);
      return;
    }
    AddressedEnvelope<DhcpMessage, InetSocketAddress> envelope;
    try {
      envelope =
          new DefaultAddressedEnvelope<>(
              DhcpCodec.decode(packet.content(), options), packet.recipient(), packet.sender());
    } catch (DhcpDecodeException e) {
      context.fireExceptionCaught(e);
      return;
    } finally {
      packet.release();
    }
    context.fireChannelRead(envelope);
  }
}
