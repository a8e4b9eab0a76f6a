// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.Packets.at;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyDestinationTest {

  @ParameterizedTest(name = "{0}: type {1} giaddr {2} ciaddr {3} from {4}:{5}")
  @CsvSource({
    "X11, 2, 0.0.0.0, 0.0.0.0, 0.0.0.0, 68, 255.255.255.255, 68",
    "X13, 2, 0.0.0.0, 0.0.0.0, 0.0.0.0, 5555, 255.255.255.255, 5555",
    "X14, 5, 0.0.0.0, 192.168.99.43, 192.168.99.43, 68, 192.168.99.43, 68",
    "X15, 2, 192.168.99.2, 0.0.0.0, 192.168.99.2, 40000, 192.168.99.2, 67",
    "DH-50, 5, 10.9.0.1, 10.0.0.43, 10.7.0.1, 68, 10.9.0.1, 67",
    "DH-50 NAK, 6, 10.9.0.1, 0.0.0.0, 10.7.0.1, 68, 10.9.0.1, 67",
    "DH-51, 5, 0.0.0.0, 10.0.0.43, 0.0.0.0, 68, 10.0.0.43, 68",
    "DH-51 odd, 5, 0.0.0.0, 255.255.255.255, 0.0.0.0, 68, 255.255.255.255, 68",
    "DH-51 odd, 5, 0.0.0.0, 224.0.0.1, 0.0.0.0, 68, 255.255.255.255, 68",
    "DH-54, 6, 0.0.0.0, 0.0.0.0, 0.0.0.0, 68, 255.255.255.255, 68",
    "DH-54, 6, 0.0.0.0, 10.0.0.43, 10.0.0.43, 68, 255.255.255.255, 68",
    "DH-54, 6, 0.0.0.0, 10.0.0.43, 0.0.0.0, 68, 255.255.255.255, 68",
  })
  void repliesGoWhereTheProtocolSays(
      String number,
      int type,
      String giaddr,
      String ciaddr,
      String from,
      int port,
      String expected,
      int expectedPort) {
    for (boolean broadcastFlag : new boolean[] {true, false}) {
      DhcpMessage request =
          DhcpMessage.builder()
              .giaddr(ip(giaddr))
              .ciaddr(ip(ciaddr))
              .broadcast(broadcastFlag)
              .build();

      assertThat(ReplyDestination.of(request, reply(type), at(from, port), true))
          .isEqualTo(at(expected, expectedPort));
    }
  }

  @ParameterizedTest(name = "option 82 = {0}: port {1}")
  @CsvSource({
    "1300, 40000",
    "0102aabb 1300, 40000",
    "0102aabb, 67",
    "130100, 67",
    "13, 67",
    "0113, 67",
    "01021300, 67",
    "'', 67",
  })
  void relaysThatSaySoAreAnsweredAtTheirSourcePort(String suboptions, int port) {
    DhcpMessage request =
        DhcpMessage.builder()
            .giaddr(ip("192.168.99.2"))
            .setRaw(82, Packets.hex(suboptions))
            .build();

    assertThat(ReplyDestination.of(request, reply(2), at("192.168.99.2", 40000), true))
        .isEqualTo(at("192.168.99.2", port));
  }

  @Test
  void refusalsGoToTheSenderWhereTheSocketCannotBroadcast() {
    InetSocketAddress remote = at("127.0.0.1", 4711);
    DhcpMessage request = DhcpMessage.builder().ciaddr(ip("127.0.0.1")).build();

    assertThat(ReplyDestination.of(request, reply(6), remote, false)).isEqualTo(remote);
  }

  @ParameterizedTest(name = "DH-57: giaddr {0} from {1}, own {2}: answered {3}")
  @CsvSource({
    "10.9.0.1, 10.9.0.1, false, true",
    "10.9.0.1, 10.9.0.1, true, false",
    "255.255.255.255, 10.9.0.1, false, false",
    "224.0.0.1, 10.9.0.1, false, false",
    "240.0.0.1, 10.9.0.1, false, false",
    "0.0.0.7, 10.9.0.1, false, false",
    "127.0.0.2, 10.9.0.1, false, false",
    "127.0.0.2, 127.0.0.3, false, true",
    "127.0.0.1, 127.0.0.1, true, false",
  })
  void onlyRelaysThatCanBeAnsweredAre(String giaddr, String from, boolean own, boolean answered) {
    DhcpMessage request = DhcpMessage.builder().giaddr(ip(giaddr)).build();

    assertThat(ReplyDestination.relayFault(request, at(from, 67), own).isEmpty())
        .isEqualTo(answered);
  }

  private static DhcpMessage reply(int type) {
    return DhcpMessage.builder()
        .op(2)
        .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.of(type))
        .build();
  }
}
