// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HostInterfaceTest {

  private static final HostInterface LO = up("lo", true, "127.0.0.1");
  private static final HostInterface ETH0 = up("eth0", false, "10.0.0.5", "10.0.1.5");
  private static final HostInterface ETH1 = up("eth1", false, "10.1.0.5");
  private static final HostInterface BARE = up("eth2", false);
  private static final HostInterface DOWN =
      new HostInterface("eth3", 9, false, false, ETH1.networks());

  @Test
  void interfacesWithAnAddressAreWorthListening() {
    assertThat(wanted(LO, ETH0, BARE, DOWN, ETH1)).containsExactly("eth0", "eth1");
  }

  @Test
  void theOnlyInterfaceNeedsNoAddress() {
    assertThat(wanted(LO, BARE, DOWN)).containsExactly("eth2");
  }

  @Test
  void theLoopbackIsBetterThanNothing() {
    assertThat(wanted(LO, DOWN)).containsExactly("lo");
    assertThat(wanted(LO, BARE, up("eth4", false))).containsExactly("lo");
    assertThat(wanted()).isEmpty();
  }

  @Test
  void networksContainTheirAddresses() {
    HostInterface.Network network = new HostInterface.Network(ip("10.1.2.3"), 20);

    assertThat(network.contains(ip("10.1.15.255"))).isTrue();
    assertThat(network.contains(ip("10.1.16.0"))).isFalse();
    assertThat(new HostInterface.Network(ip("10.1.2.3"), 0).contains(ip("1.1.1.1"))).isTrue();
    assertThat(new HostInterface.Network(ip("10.1.2.3"), 32).contains(ip("10.1.2.4"))).isFalse();
  }

  @Test
  void thisHostHasALoopback() throws Exception {
    assertThat(HostInterface.scan())
        .anySatisfy(
            one -> {
              assertThat(one.loopback()).isTrue();
              assertThat(one.primaryAddress()).contains(ip("127.0.0.1"));
            });
  }

  private static List<String> wanted(HostInterface... interfaces) {
    return HostInterface.worthListening(List.of(interfaces)).stream()
        .map(HostInterface::name)
        .toList();
  }

  private static HostInterface up(String name, boolean loopback, String... addresses) {
    return new HostInterface(
        name,
        1,
        true,
        loopback,
        Stream.of(addresses).map(text -> new HostInterface.Network(ip(text), 24)).toList());
  }
}
