// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tinkerbell.smee.dhcp.Packets.hex;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserClassTest {

  private static UserClass read(String payload) {
    return DhcpOptions.USER_CLASS.codec().decode(hex(payload)).orElseThrow();
  }

  @Test
  void bareTextAndListsAreRead() {
    assertThat(read("69505845")).isEqualTo(UserClass.bare("iPXE")).hasToString("iPXE");
    assertThat(read("69505845").elements()).isEmpty();
    UserClass list = read("0361626304" + "69505845");
    assertThat(list).isEqualTo(UserClass.list(List.of("abc", "iPXE"))).hasToString("abc,iPXE");
    assertThat(list.contains("iPXE")).isTrue();
    assertThat(list.contains("ipxe")).isFalse();
    assertThat(UserClass.bare("iPXE").contains("iPXE")).isTrue();
  }

  @Test
  void anyBytesAreOneAndSurvive() {
    for (String payload : List.of("00", "ff", "0269", "6950584500", "036162630069")) {
      assertThat(DhcpOptions.USER_CLASS.codec().encode(read(payload))).isEqualTo(hex(payload));
    }
    assertThat(read("6950584500").bareText()).isEqualTo("iPXE");
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> UserClass.bare(""));
    assertThatIllegalArgumentException().isThrownBy(() -> UserClass.list(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UserClass.list(List.of("a", "b".repeat(256))))
        .withMessage("element: 256 bytes (expected: 1 to 255)");
  }
}
