// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodeOptionsTest {

  private static EncodeOptions forOption57(String payload) {
    return EncodeOptions.forRequest(
        Packets.request(DhcpMessageType.DISCOVER).setRaw(57, Packets.hex(payload)).build());
  }

  @ParameterizedTest(name = "57 = {0}: {1} bytes")
  @CsvSource({
    "0240, 548",
    "05dc, 1472",
    "05c0, 1444",
    "ffff, 65507",
    // invalid ones mean what every client takes
    "023f, 548",
    "0000, 548",
    "'', 548",
    "05, 548",
    "0005dc, 548"
  })
  void lengthIsWhatTheClientSaysItTakes(String payload, int bytes) {
    assertThat(forOption57(payload).maxBytes()).isEqualTo(bytes);
    assertThat(forOption57(payload).order()).isEmpty();
  }

  @Test
  void orderIsThatOfTheClient() {
    DhcpMessage request =
        Packets.request(DhcpMessageType.DISCOVER).setRaw(55, Packets.hex("0603010603")).build();

    assertThat(EncodeOptions.forRequest(request))
        .isEqualTo(new EncodeOptions(65_507, List.of(6, 3, 1, 6, 3)));
  }

  @Test
  void clientThatSaysNothingGetsTheStandardLayout() {
    assertThat(EncodeOptions.forRequest(Packets.request(DhcpMessageType.DISCOVER).build()))
        .isSameAs(EncodeOptions.standard());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 299, 65_508})
  void lengthOutOfRangeIsRefused(int maxBytes) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EncodeOptions(maxBytes, List.of()))
        .withMessage("maxBytes: " + maxBytes + " (expected: 300 to 65507)");
  }
}
