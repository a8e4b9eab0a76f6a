// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tinkerbell.smee.dhcp.Packets.hex;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubOptionsTest {

  @Test
  void relayAgentInformationIsTyped() {
    DhcpMessage request =
        Packets.request(DhcpMessageType.DISCOVER)
            .setRaw(82, hex("010465746830" + "0202aabb" + "0b040a000001" + "1300"))
            .build();

    SubOptions relay = request.get(DhcpOptions.RELAY_AGENT_INFORMATION).orElseThrow();

    assertThat(relay.codes()).containsExactly(1, 2, 11, 19);
    assertThat(relay.get(SubOptions.Relay.CIRCUIT_ID)).contains(hex("65746830"));
    assertThat(relay.get(SubOptions.Relay.REMOTE_ID)).contains(hex("aabb"));
    assertThat(relay.get(SubOptions.Relay.SERVER_IDENTIFIER_OVERRIDE)).contains(ip("10.0.0.1"));
    assertThat(relay.has(SubOptions.Relay.SOURCE_PORT.code())).isTrue();
    assertThat(relay.get(SubOptions.Relay.SOURCE_PORT)).isEmpty();
    assertThat(relay.get(SubOptions.Relay.LINK_SELECTION)).isEmpty();
    assertThat(request.toText())
        .contains("option 82 Relay Agent Information: 1=65746830,2=aabb,11=0a000001,19=");
  }

  @Test
  void vendorSpecificInformationIsWrittenInTheOrderItWasSet() {
    SubOptions pxe =
        SubOptions.builder()
            .set(SubOptions.Pxe.DISCOVERY_CONTROL, 0)
            .set(SubOptions.Pxe.MENU_PROMPT, hex("00505845"))
            .setRaw(200, hex(""))
            .set(SubOptions.Pxe.DISCOVERY_CONTROL, 8)
            .build();

    DhcpMessage message =
        Packets.request(DhcpMessageType.OFFER).set(DhcpOptions.VENDOR_SPECIFIC, pxe).build();

    assertThat(message.raw(43)).contains(hex("060108" + "0a0400505845" + "c800"));
    assertThat(message.get(DhcpOptions.VENDOR_SPECIFIC)).contains(pxe);
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource({
    "0006010800ff0901, '6=08'", // pads, and what follows End
    "060108, '6=08'",
    "060108060109, '6=08,6=09'", // both are kept
  })
  void vendorsMayPadAndEnd(String payload, String text) {
    SubOptions read = SubOptions.read(hex(payload));

    assertThat(read).hasToString(text);
    assertThat(read.isWhole()).isTrue();
    assertThat(read.get(SubOptions.Pxe.DISCOVERY_CONTROL)).contains(8);
  }

  @Test
  void relaysNeitherPadNorEnd() {
    assertThat(SubOptions.readRelay(hex("0001aaff01bb0101cc"))).hasToString("0=aa,255=bb,1=cc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"06010809", "0601080902aa", "06010809ff"})
  void whatIsMalformedReadsAsAbsentOrAsFarAsItGoes(String payload) {
    assertThat(DhcpOptions.VENDOR_SPECIFIC.codec().decode(hex(payload))).isEmpty();
    assertThat(DhcpOptions.RELAY_AGENT_INFORMATION.codec().decode(hex(payload))).isEmpty();
    SubOptions read = SubOptions.read(hex(payload));
    assertThat(read).hasToString("6=08");
    assertThat(read.isWhole()).isFalse();
  }

  @Test
  void valuesThatCannotBeWrittenAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SubOptions.builder().setRaw(1, new byte[256]))
        .withMessage("sub-option 1: 256 bytes (expected: at most 255)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SubOptions.builder().setRaw(255, new byte[1]))
        .withMessage("code: 255 (expected: 1 to 254)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DhcpOptions.VENDOR_SPECIFIC.codec().encode(SubOptions.builder().build()))
        .withMessage("sub-options: none (expected: at least one)");
  }

  @Test
  void arraysAreCopiedAndBuildersLeaveWhatTheyMadeAlone() {
    byte[] value = {1};
    SubOptions.Builder builder = SubOptions.builder().setRaw(1, value);
    SubOptions made = builder.build();
    value[0] = 2;
    made.raw(1).orElseThrow()[0] = 3;
    builder.setRaw(1, hex("04")).setRaw(2, hex("05"));

    assertThat(made).hasToString("1=01");
    assertThat(builder.build()).hasToString("1=04,2=05").isNotEqualTo(made);
  }
}
