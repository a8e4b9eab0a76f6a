// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.dhcp.Packets.at;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class DatagramDhcpCodecTest {

  private static final DhcpMessage MESSAGE = Packets.request(DhcpMessageType.DISCOVER).build();
  private static final InetSocketAddress SERVER = at("10.0.0.5", 67);
  private static final InetSocketAddress CLIENT = at("10.0.0.43", 68);

  private final EmbeddedChannel channel =
      new EmbeddedChannel(new DatagramDhcpDecoder(), new DatagramDhcpEncoder());

  @Test
  void packetsBecomeMessages() {
    ByteBuf bytes = Unpooled.wrappedBuffer(DhcpCodec.encode(MESSAGE));
    channel.writeInbound(new DatagramPacket(bytes, SERVER, CLIENT));

    AddressedEnvelope<?, ?> envelope = channel.readInbound();

    assertThat(envelope.content()).isEqualTo(MESSAGE);
    assertThat(envelope.sender()).isEqualTo(CLIENT);
    assertThat(envelope.recipient()).isEqualTo(SERVER);
    assertThat(bytes.refCnt()).isZero();
  }

  @Test
  void malformedPacketsBecomeExceptionEvents() {
    ByteBuf bytes = Unpooled.copiedBuffer(new byte[10]);

    assertThatThrownBy(() -> channel.writeInbound(new DatagramPacket(bytes, SERVER, CLIENT)))
        .isInstanceOf(DhcpDecodeException.class);
    assertThat(bytes.refCnt()).isZero();
  }

  @Test
  void messagesBecomePackets() {
    channel.writeOutbound(new DefaultAddressedEnvelope<>(MESSAGE, CLIENT));

    DatagramPacket packet = channel.readOutbound();

    assertThat(ByteBufUtil.getBytes(packet.content())).isEqualTo(DhcpCodec.encode(MESSAGE));
    assertThat(packet.recipient()).isEqualTo(CLIENT);
    packet.release();
  }

  @Test
  void messagesThatCannotBeWrittenFailThePromise() {
    DhcpMessage message = MESSAGE.toBuilder().file("f".repeat(128)).build();

    assertThat(channel.writeAndFlush(new DefaultAddressedEnvelope<>(message, CLIENT)).cause())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherMessagesPass() {
    channel.writeInbound("in");
    channel.writeOutbound("out");

    assertThat((String) channel.readInbound()).isEqualTo("in");
    assertThat((String) channel.readOutbound()).isEqualTo("out");
  }
}
