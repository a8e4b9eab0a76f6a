// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/**
 * Writes messages in a pipeline of your own: an {@link AddressedEnvelope} of a {@link DhcpMessage}
 * becomes a {@link DatagramPacket} to the same recipient.
 *
 * <p>A message that cannot be written fails the promise with an {@link IllegalArgumentException}.
 * Other messages pass. One object may serve many channels.
 */
@Sharable
public final class DatagramDhcpEncoder extends ChannelOutboundHandlerAdapter {

  /** Makes an encoder. */
  public DatagramDhcpEncoder() {}

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the promise tells
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof AddressedEnvelope<?, ?> envelope)
        || !(envelope.content() instanceof DhcpMessage content)
        || !(envelope.recipient() instanceof InetSocketAddress recipient)) {
      context.write(message, promise);
      return;
    }
    byte[] bytes;
    try {
      bytes = DhcpCodec.encode(content);
    } catch (IllegalArgumentException e) {
      promise.setFailure(e);
      return;
    }
    ByteBuf buffer = context.alloc().ioBuffer(bytes.length).writeBytes(bytes);
    context.write(new DatagramPacket(buffer, recipient), promise);
  }
}
