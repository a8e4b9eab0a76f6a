// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
  private static final String ALL = "0.0.0.0/0,::/0";

  @ParameterizedTest(name = "{0}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "H28 | 0.0.0.0/0 | 127.0.0.1 | 12.13.14.15, 68.45.152.220 | 12.13.14.15",
        "H29 | 0.0.0.0/0 | 127.0.0.1 | invalid, 190.57.149.90 | 190.57.149.90",
        "H30 | 0.0.0.0/0 | 127.0.0.1 | 190.57.149.90, invalid | 127.0.0.1",
        "H31 | 127.0.0.0/16 | 127.0.0.1 | 1.1.1.1, 8.8.8.8, 127.0.0.1, 127.0.0.2 | 8.8.8.8",
        "H32 | 127.0.0.0/16 | 127.0.0.1 | 1.1.1.1, 127.0.0.1, 127.0.0.2, 127.0.0.3 | 1.1.1.1",
        "H33 | 127.0.0.0/16 | 127.1.0.1 | 1.1.1.1 | 127.1.0.1",
        "one trusted element | 127.0.0.0/8 | 127.0.0.1 | 127.0.0.9 | 127.0.0.9",
        "port | 127.0.0.0/8 | 127.0.0.1 | 192.168.2.15:1234 | 192.168.2.15",
        "brackets | 127.0.0.0/8 | 127.0.0.1 | [2001:db8::1]:443 | 2001:db8::1",
        "brackets, no port | 127.0.0.0/8 | 127.0.0.1 | [2001:db8::1] | 2001:db8::1",
        "bare IPv6 | 127.0.0.0/8 | 127.0.0.1 | 2001:db8::1 | 2001:db8::1",
        "IPv4 in IPv6 | 127.0.0.0/8 | 127.0.0.1 | ::ffff:1.2.3.4 | 1.2.3.4",
        "leading zeros | 127.0.0.0/8 | 127.0.0.1 | 192.168.02.15 | 127.0.0.1",
        "zone | 127.0.0.0/8 | 127.0.0.1 | fe80::1%eth0 | 127.0.0.1",
        "bad port | 127.0.0.0/8 | 127.0.0.1 | 1.2.3.4:x | 127.0.0.1",
        "open bracket | 127.0.0.0/8 | 127.0.0.1 | [2001:db8::1 | 127.0.0.1",
        "too large | 127.0.0.0/8 | 127.0.0.1 | 1.2.3.256 | 127.0.0.1",
        "short form | 127.0.0.0/8 | 127.0.0.1 | 1.2.3 | 127.0.0.1",
        "host name | 127.0.0.0/8 | 127.0.0.1 | localhost | 127.0.0.1",
        "ends in a comma | 127.0.0.0/8 | 127.0.0.1 | 1.2.3.4, | 127.0.0.1",
      })
  void clientIsFound(String number, String trusted, String peer, String field, String client)
      throws UnknownHostException {
    assertThat(TrustedProxies.parse(trusted).clientOf(InetAddress.getByName(peer), List.of(field)))
        .isEqualTo(InetAddress.getByName(client));
  }

  @Test
  void linesAreOneList() throws UnknownHostException {
    TrustedProxies proxies = TrustedProxies.parse("127.0.0.0/8");
    InetAddress peer = InetAddress.getByName("127.0.0.1");
    assertThat(proxies.clientOf(peer, List.of("192.168.2.15", "10.9.9.9")))
        .isEqualTo(InetAddress.getByName("10.9.9.9"));
    assertThat(proxies.clientOf(peer, List.of("192.168.2.15", "127.0.0.9")))
        .isEqualTo(InetAddress.getByName("192.168.2.15"));
    assertThat(proxies.clientOf(peer, List.of())).isEqualTo(peer);
    assertThat(proxies.clientOf(peer, List.of(""))).isEqualTo(peer);
  }

  @Test
  void listTextIsRead() {
    assertThat(TrustedProxies.parse(" 10.0.0.0/8 ,192.168.1.1, ::1,,10.1.2.3/16"))
        .as("H34")
        .hasToString("10.0.0.0/8,192.168.1.1/32,::1/128,10.1.0.0/16");
    assertThat(TrustedProxies.parse(" , ").isEmpty()).isTrue();
    assertThat(TrustedProxies.none().isEmpty()).isTrue();
  }

  @ParameterizedTest(name = "H35: {0}")
  @ValueSource(
      strings = {
        "x",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "::1/129",
        "10.0.0/8",
        "a.b.c.d",
        "1.2.3.4/08",
        "fe80::1%eth0",
        "[::1]",
        "1:2"
      })
  void badElementsAreNamed(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrustedProxies.parse("10.0.0.0/8, " + text))
        .withMessageContaining(text)
        .withMessageContaining("expected:");
  }

  @Test
  void networksOfBothFamiliesMatchTheirOwn() throws UnknownHostException {
    TrustedProxies proxies = TrustedProxies.parse("10.32.0.0/11,2001:db8:80::/41");
    assertThat(proxies.contains(InetAddress.getByName("10.63.255.255"))).isTrue();
    assertThat(proxies.contains(InetAddress.getByName("10.64.0.0"))).isFalse();
    assertThat(proxies.contains(InetAddress.getByName("10.31.255.255"))).isFalse();
    assertThat(proxies.contains(InetAddress.getByName("2001:db8:ff:ffff::1"))).isTrue();
    assertThat(proxies.contains(InetAddress.getByName("2001:db8:7f::1"))).isFalse();
    assertThat(TrustedProxies.parse(ALL).contains(InetAddress.getByName("::1"))).isTrue();
  }
}
