// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08:00:27:29:4e:67",
        "08-00-27-29-4E-67",
        "0800.2729.4e67",
        "08:00:27:29:4E:67",
      })
  void everyAcceptedFormIsTheSameAddress(String text) {
    assertThat(MacAddress.parse(text)).hasToString("08:00:27:29:4e:67");
    assertThat(MacAddress.parse(text)).isEqualTo(MacAddress.parse("08:00:27:29:4e:67"));
  }

  @ParameterizedTest(name = "H27 {0}")
  @ValueSource(strings = {"02:00:5e:10:00:00:00:01", "0200.5e10.0000.0001"})
  void eightOctetsAreAnAddress(String text) {
    assertThat(MacAddress.parse(text).length()).isEqualTo(8);
  }

  @Test
  void twentyOctetsAreAnAddress() {
    String text = "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01";
    assertThat(MacAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest(name = "H27 \"{0}\"")
  @ValueSource(
      strings = {
        "",
        ":",
        "52:54:00:aa:88",
        "52:54:00-aa:88:2a",
        "5:54:00:aa:88:2a",
        "5254:00aa:882a",
        "52:54:00:aa:88:2a ",
        " 52:54:00:aa:88:2a",
        "5254.00aa:882a",
        "525400aa882a",
        "52:54:00:aa:88:2g",
        "52:54:00:aa:88:2a:01",
        "52:54:00:aa:88:2",
        "................",
      })
  void anythingElseIsNot(String text) {
    assertThat(MacAddress.tryParse(text)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MacAddress.parse(text))
        .withMessageContaining("expected: a MAC address");
  }

  @ParameterizedTest
  @CsvSource({
    "COLON, 02:00:00:00:00:ff",
    "DASH, 02-00-00-00-00-ff",
    "DOT, 0200.0000.00ff",
    "NO_DELIMITER, 0200000000ff",
  })
  void formats(MacAddress.Format format, String expected) {
    assertThat(MacAddress.parse("02:00:00:00:00:FF").format(format)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(MacAddress.Format.class)
  void sixteenOctetsOfInfiniBandHaveEveryFormat(MacAddress.Format format) {
    byte[] octets = new byte[16];
    octets[0] = (byte) 0x80;
    assertThat(MacAddress.of(octets).format(format)).startsWith("80");
  }

  @Test
  void octetsAreCopiedBothWays() {
    byte[] octets = {2, 0, 0, 0, 0, 1};
    MacAddress address = MacAddress.of(octets);
    octets[0] = 9;
    address.octets()[0] = 9;
    assertThat(address).hasToString("02:00:00:00:00:01");
  }

  @Test
  void lengthIsBounded() {
    assertThatIllegalArgumentException().isThrownBy(MacAddress::of);
    assertThatIllegalArgumentException().isThrownBy(() -> MacAddress.of(new byte[21]));
  }

  @Test
  void ouiIsMatchedByPrefix() {
    MacAddress address = MacAddress.parse("b8:27:eb:00:00:01");
    assertThat(address.startsWith((byte) 0xb8, (byte) 0x27, (byte) 0xeb)).isTrue();
    assertThat(address.startsWith((byte) 0xb8, (byte) 0x27, (byte) 0xec)).isFalse();
    assertThat(MacAddress.of((byte) 0xb8).startsWith((byte) 0xb8, (byte) 0x27)).isFalse();
  }

  @Test
  void neighboursHaveHashCodesOfTheirOwn() {
    Set<Integer> hashCodes = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      hashCodes.add(
          MacAddress.of((byte) 2, (byte) 0, (byte) 0, (byte) (i >> 16), (byte) (i >> 8), (byte) i)
              .hashCode());
    }
    assertThat(hashCodes).hasSizeGreaterThan(99_900);
  }
}
