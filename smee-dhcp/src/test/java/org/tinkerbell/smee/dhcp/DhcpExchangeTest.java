// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import java.net.Inet4Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DhcpExchangeTest {

  private static final Inet4Address SERVER = ip("10.0.0.5");
  private static final Inet4Address CLIENT = ip("10.0.0.43");

  @Test
  void repliesCopyWhatTheProtocolWants() {
    DhcpMessage request =
        Packets.request(DhcpMessageType.DISCOVER)
            .htype(6)
            .hops(3)
            .flags(0x8001)
            .giaddr(ip("10.9.0.1"))
            .ciaddr(ip("10.0.0.77"))
            .set(DhcpOptions.CLIENT_IDENTIFIER, new byte[] {1, 2})
            .setRaw(82, new byte[] {3})
            .set(DhcpOptions.HOST_NAME, "h")
            .build();

    DhcpMessage offer = exchange(request).replyTo(CLIENT).build();

    assertThat(offer)
        .isEqualTo(
            DhcpMessage.builder()
                .op(2)
                .htype(6)
                .xid(0x12345678)
                .flags(0x8001)
                .yiaddr(CLIENT)
                .giaddr(ip("10.9.0.1"))
                .hardwareAddress(Packets.MAC)
                .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.OFFER)
                .set(DhcpOptions.CLIENT_IDENTIFIER, new byte[] {1, 2})
                .setRaw(82, new byte[] {3})
                .set(DhcpOptions.SERVER_IDENTIFIER, SERVER)
                .build());
  }

  @Test
  void requestsGetAnAckWithTheirAddress() {
    DhcpMessage request =
        Packets.request(DhcpMessageType.REQUEST)
            .ciaddr(CLIENT)
            .set(DhcpOptions.SERVER_IDENTIFIER, SERVER)
            .build();

    DhcpMessage ack = exchange(request).replyTo(CLIENT).build();

    assertThat(ack.messageType()).contains(DhcpMessageType.ACK);
    assertThat(ack.yiaddr()).isEqualTo(CLIENT);
    assertThat(ack.ciaddr()).isEqualTo(CLIENT);
  }

  @Test
  void informGetsAnAckWithoutAddress() {
    DhcpMessage request = Packets.request(DhcpMessageType.INFORM).ciaddr(CLIENT).build();

    DhcpMessage ack = exchange(request).replyTo(CLIENT).build();

    assertThat(ack.messageType()).contains(DhcpMessageType.ACK);
    assertThat(ack.yiaddr()).isEqualTo(ip("0.0.0.0"));
    assertThat(ack.ciaddr()).isEqualTo(CLIENT);
  }

  @Test
  void refusalsThroughARelayAreToBeBroadcast() {
    DhcpMessage direct = Packets.request(DhcpMessageType.REQUEST).build();
    DhcpMessage relayed = direct.toBuilder().giaddr(ip("10.9.0.1")).build();

    assertThat(exchange(direct).reply(DhcpMessageType.NAK).build().isBroadcast()).isFalse();
    assertThat(exchange(relayed).reply(DhcpMessageType.NAK).build().isBroadcast()).isTrue();
    assertThat(exchange(relayed).reply(DhcpMessageType.ACK).build().isBroadcast()).isFalse();
  }

  @Test
  void aRequestForAnotherServerHasNoReply() {
    DhcpMessage request =
        Packets.request(DhcpMessageType.REQUEST)
            .set(DhcpOptions.SERVER_IDENTIFIER, ip("10.0.0.6"))
            .build();

    assertThatThrownBy(() -> exchange(request).replyTo(CLIENT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("other-server-selected: 10.0.0.6");
  }

  @ParameterizedTest(name = "type {0}")
  @CsvSource({"2", "4", "5", "6", "7", "0", "13"})
  void otherTypesHaveNoReply(int type) {
    DhcpMessage request = Packets.request(DhcpMessageType.of(type)).build();

    assertThatThrownBy(() -> exchange(request).replyTo(CLIENT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("unsupported-message-type");
  }

  @Test
  void bootpRequestsHaveNoReply() {
    DhcpMessage request = Packets.request(DhcpMessageType.DISCOVER).remove(53).build();

    assertThatThrownBy(() -> exchange(request).replyTo(CLIENT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no-message-type");
  }

  @Test
  void reasonsAreTokens() {
    assertThat(IgnoreReason.of("not-a-request")).isEqualTo(IgnoreReason.NOT_A_REQUEST);
    assertThat(DhcpResult.ignore(IgnoreReason.UNKNOWN_HARDWARE, "a\nb"))
        .hasToString("unknown-hardware: a\\u000ab");
    assertThatThrownBy(() -> IgnoreReason.of("Not A Request"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> IgnoreReason.of("")).isInstanceOf(IllegalArgumentException.class);
  }

  private static DhcpExchange exchange(DhcpMessage request) {
    return DhcpExchange.of(request, Packets.arrival(SERVER));
  }
}
