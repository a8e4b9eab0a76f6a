// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedNetworksTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.0.0.77/8, 10.1.2.3, true",
    "192.168.2.0/23, 192.168.3.255, true",
    "192.168.2.0/23, 192.168.4.0, false",
    "192.168.1.1, 192.168.1.1, true",
    "192.168.1.1, 192.168.1.2, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fd12::1, true",
    "fd00::/8, fe80::1, false",
    "::/0, 10.0.0.1, false",
    "' 10.0.0.0/8 , , fd00::/8 ', fd00::1, true",
    "'', 203.0.113.9, true",
    "',', ::1, true"
  })
  void addressIsInOneOfTheNetworks(String networks, String address, boolean inside)
      throws Exception {
    assertThat(AllowedNetworks.parse(networks).contains(InetAddress.getByName(address)))
        .isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "::/129",
        "host",
        "10/8"
      })
  void otherTextIsRefused(String text) {
    assertThatThrownBy(() -> AllowedNetworks.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "allowedSources: %s (expected: a network such as 10.0.0.0/8, or an address)", text);
  }

  @Test
  void builderRefusesThemAtOnce() {
    assertThatThrownBy(() -> SyslogServer.builder().allowedSources("10.0.0.0/8,nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
