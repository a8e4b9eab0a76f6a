// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DhcpMessageTest {

  private static final DhcpOption<String> SITE =
      DhcpOption.define(224, "Site", OptionCodecs.text());

  @Test
  void optionsOfOnesOwnAreTyped() throws Exception {
    DhcpMessage message =
        DhcpCodec.decode(DhcpCodec.encode(DhcpMessage.builder().set(SITE, "ams1").build()));

    assertThat(message.get(SITE)).contains("ams1");
    assertThat(message.raw(224)).hasValue(new byte[] {'a', 'm', 's', '1'});
  }

  @Test
  void settingAnOptionAgainKeepsItsPlace() {
    DhcpMessage message =
        DhcpMessage.builder().set(SITE, "a").set(DhcpOptions.HOST_NAME, "h").set(SITE, "b").build();

    assertThat(message.optionCodes()).containsExactly(224, 12);
    assertThat(message.get(SITE)).contains("b");
    assertThat(message.toBuilder().remove(224).build().optionCodes()).containsExactly(12);
  }

  @Test
  void buildersDoNotTouchMessagesMadeBefore() {
    DhcpMessage.Builder builder = Packets.request(DhcpMessageType.DISCOVER);
    DhcpMessage first = builder.build();
    for (int code = 100; code < 130; code++) {
      builder.setRaw(code, new byte[] {1});
    }
    builder.remove(53);

    assertThat(first.optionCodes()).containsExactly(53);
    assertThat(builder.build().optionCodes()).hasSize(30);
  }

  @Test
  void arraysAreCopied() {
    byte[] payload = {1, 2};
    byte[] chaddr = {1, 2, 3, 4, 5, 6};
    DhcpMessage message =
        DhcpMessage.builder()
            .chaddr(chaddr)
            .setRaw(43, payload)
            .set(DhcpOptions.CLIENT_IDENTIFIER, payload)
            .build();

    payload[0] = 9;
    chaddr[0] = 9;
    message.raw(43).orElseThrow()[1] = 9;
    message.get(DhcpOptions.CLIENT_IDENTIFIER).orElseThrow()[1] = 9;
    message.chaddr()[1] = 9;

    assertThat(message.raw(43)).hasValue(new byte[] {1, 2});
    assertThat(message.raw(61)).hasValue(new byte[] {1, 2});
    assertThat(message.chaddr()).isEqualTo(new byte[] {1, 2, 3, 4, 5, 6});
  }

  @Test
  void valuesThatDoNotFitTheirTypeAreAbsentButSurvive() {
    DhcpMessage message =
        DhcpMessage.builder().setRaw(54, new byte[3]).setRaw(93, new byte[3]).build();

    assertThat(message.get(DhcpOptions.SERVER_IDENTIFIER)).isEmpty();
    assertThat(message.get(DhcpOptions.CLIENT_ARCHITECTURE)).isEmpty();
    assertThat(message.raw(54)).isPresent();
  }

  @Test
  void equalityCoversEverything() {
    DhcpMessage message = Packets.request(DhcpMessageType.DISCOVER).build();
    List<UnaryOperator<DhcpMessage.Builder>> changes =
        List.of(
            b -> b.op(2),
            b -> b.htype(6),
            b -> b.hops(1),
            b -> b.xid(1),
            b -> b.secs(1),
            b -> b.broadcast(true),
            b -> b.ciaddr(ip("10.0.0.1")),
            b -> b.yiaddr(ip("10.0.0.1")),
            b -> b.siaddr(ip("10.0.0.1")),
            b -> b.giaddr(ip("10.0.0.1")),
            b -> b.chaddr(new byte[6]),
            b -> b.sname("s"),
            b -> b.file("f"),
            b -> b.setRaw(224, new byte[0]),
            b -> b.remove(53));

    assertThat(message.toBuilder().build()).isEqualTo(message).hasSameHashCodeAs(message);
    assertThat(changes)
        .allSatisfy(
            change -> assertThat(change.apply(message.toBuilder()).build()).isNotEqualTo(message));
  }

  @Test
  void textHasOneOptionALineAndIsSafeToPrint() {
    String text =
        Packets.request(DhcpMessageType.REQUEST)
            .broadcast(true)
            .file("a\u001b[2Jb")
            .set(DhcpOptions.PARAMETER_REQUEST_LIST, List.of(1, 3, 66))
            .set(DhcpOptions.ROUTERS, List.of(ip("10.0.0.1"), ip("10.0.0.2")))
            .setRaw(54, new byte[] {1})
            .setRaw(200, new byte[] {(byte) 0xab})
            .build()
            .toText();

    assertThat(text)
        .isEqualTo(
            """
            BOOTREQUEST htype=1 hlen=6 hops=0 xid=0x12345678 secs=4 flags=0x8000
            ciaddr: 0.0.0.0
            yiaddr: 0.0.0.0
            siaddr: 0.0.0.0
            giaddr: 0.0.0.0
            chaddr: 02:00:00:00:00:ff
            sname:\s
            file: a\\u001b[2Jb
            option 53 DHCP Message Type: REQUEST
            option 55 Parameter Request List: 1,3,66
            option 3 Router: 10.0.0.1,10.0.0.2
            option 54 Server Identifier: 0x01
            option 200: 0xab""");
  }

  @Test
  void toStringIsOneLine() {
    DhcpMessage message = Packets.request(DhcpMessageType.DISCOVER).giaddr(ip("10.0.0.2")).build();

    assertThat(message)
        .hasToString(
            "DISCOVER op=1 xid=0x12345678 chaddr=02:00:00:00:00:ff giaddr=10.0.0.2 options=[53]");
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    DhcpMessage.Builder builder = DhcpMessage.builder();

    assertThatThrownBy(() -> builder.op(256)).hasMessage("op: 256 (expected: 0 to 255)");
    assertThatThrownBy(() -> builder.secs(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.flags(65536)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.chaddr(new byte[17]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.setRaw(0, new byte[0]))
        .hasMessage("code: 0 (expected: 1 to 254)");
    assertThatThrownBy(() -> builder.setRaw(255, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.file("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DhcpOption.define(255, "End", OptionCodecs.bytes()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void messageTypesAreOpen() {
    assertThat(DhcpMessageType.of(3)).isSameAs(DhcpMessageType.REQUEST).hasToString("REQUEST");
    assertThat(DhcpMessageType.of(9)).hasToString("unknown (9)");
    assertThat(DhcpMessageType.of(0)).hasToString("unknown (0)");
    assertThatThrownBy(() -> DhcpMessageType.of(256)).isInstanceOf(IllegalArgumentException.class);
  }
}
