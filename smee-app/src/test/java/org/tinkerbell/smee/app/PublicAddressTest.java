// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.app.PublicAddress.Interface;
import org.tinkerbell.smee.backend.spi.ValueText;

class PublicAddressTest {
  private static final Interface LO = iface("lo", true, "127.0.0.1");
  private static final Interface A = iface("a", true, "10.1.0.2");
  private static final Interface B = iface("b", true, "10.2.0.2", "10.2.0.9");
  private static final String HEADER =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

  private static Interface iface(String name, boolean up, String... addresses) {
    return new Interface(
        name, up, Stream.of(addresses).map(a -> ValueText.ipv4Address(a).orElseThrow()).toList());
  }

  private static String route(
      String iface, String destination, int flags, int metric, String mask) {
    return iface
        + "\t"
        + destination
        + "\t0100020A\t"
        + String.format("%04X", flags)
        + "\t0\t0\t"
        + metric
        + "\t"
        + mask
        + "\t0\t0\t0";
  }

  private static String choose(String wanted, List<Interface> interfaces, String... routes) {
    return PublicAddress.choose(wanted, interfaces, List.of(routes))
        .map(PublicAddress::address)
        .map(Inet4Address::getHostAddress)
        .orElse("");
  }

  @Test
  @DisplayName("C18 the wanted interface wins, loopback too; an unknown one is passed over")
  void wantedInterface() {
    assertThat(choose("lo", List.of(LO, A))).isEqualTo("127.0.0.1");
    assertThat(choose("nope", List.of(LO, A))).isEqualTo("10.1.0.2");
  }

  @Test
  @DisplayName("C19 the interface of the default route, its first address")
  void defaultRoute() {
    assertThat(
            choose(
                "",
                List.of(LO, A, B),
                HEADER,
                route("a", "0000010A", 1, 0, "00FFFFFF"),
                route("b", "00000000", 3, 0, "00000000")))
        .isEqualTo("10.2.0.2");
  }

  @Test
  void lowestMetricWins() {
    assertThat(
            choose(
                "",
                List.of(LO, A, B),
                HEADER,
                route("b", "00000000", 3, 600, "00000000"),
                route("a", "00000000", 3, 100, "00000000")))
        .isEqualTo("10.1.0.2");
  }

  @Test
  void routesThatAreDownOrHaveNoGatewayOrAMaskDoNotCount() {
    assertThat(
            choose(
                "",
                List.of(LO, A, B),
                HEADER,
                "",
                "rubbish",
                route("b", "00000000", 2, 0, "00000000"),
                route("b", "00000000", 1, 0, "00000000"),
                route("b", "00000000", 3, 0, "00000080")))
        .isEqualTo("10.1.0.2");
  }

  @Test
  @DisplayName("C20 without default route the first address, but not of an interface that is down")
  void firstAddress() {
    assertThat(choose("", List.of(LO, A, B))).isEqualTo("10.1.0.2");
    assertThat(choose("", List.of(LO, iface("a", false, "10.1.0.2"), B))).isEqualTo("10.2.0.2");
  }

  @Test
  @DisplayName("C21 link-local addresses only when they are asked for")
  void linkLocal() {
    Interface c = iface("c", true, "169.254.3.4");
    assertThat(choose("", List.of(LO, c))).isEmpty();
    assertThat(choose("c", List.of(LO, c))).isEqualTo("169.254.3.4");
  }

  @Test
  void reasonNamesTheRule() {
    assertThat(PublicAddress.choose("", List.of(LO, A), List.of()).orElseThrow().reason())
        .isEqualTo("first address, of interface a");
  }

  @Test
  void thisMachineIsLookedAtWithoutHarm() {
    assertThat(PublicAddress.detect("lo").map(PublicAddress::reason))
        .hasValue("SMEE_PUBLIC_IP_INTERFACE=lo");
  }
}
