// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.dhcp.Packets.hex;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.ClasslessRoute;

class OptionCodecsTest {

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(DhcpOptions.SUBNET_MASK, ip("255.255.255.0"), "ffffff00"),
        Arguments.of(
            DhcpOptions.DOMAIN_NAME_SERVERS,
            List.of(ip("8.8.8.8"), ip("1.1.1.1")),
            "0808080801010101"),
        Arguments.of(DhcpOptions.HOST_NAME, "h1", "6831"),
        Arguments.of(DhcpOptions.LEASE_TIME, 4294967295L, "ffffffff"),
        Arguments.of(DhcpOptions.LEASE_TIME, 86400L, "00015180"),
        Arguments.of(DhcpOptions.OVERLOAD, 3, "03"),
        Arguments.of(DhcpOptions.MAXIMUM_MESSAGE_SIZE, 65280, "ff00"),
        Arguments.of(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.NAK, "06"),
        Arguments.of(DhcpOptions.PARAMETER_REQUEST_LIST, List.of(1, 3, 255), "0103ff"),
        Arguments.of(DhcpOptions.CLIENT_ARCHITECTURE, List.of(7, 16), "00070010"),
        Arguments.of(
            DhcpOptions.DOMAIN_SEARCH,
            List.of("example.com", "lab.example.com"),
            "076578616d706c6503636f6d00036c6162076578616d706c6503636f6d00"),
        // Among them destinations from the table of RFC 3442.
        Arguments.of(
            DhcpOptions.CLASSLESS_STATIC_ROUTES,
            List.of(
                route("10.0.0.0", 8, "10.198.122.47"),
                route("10.229.0.128", 25, "10.198.122.47"),
                route("192.168.1.77", 32, "10.198.122.47"),
                route("0.0.0.0", 0, "10.198.122.47")),
            "080a0ac67a2f" + "190ae500800ac67a2f" + "20c0a8014d0ac67a2f" + "000ac67a2f"));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("values")
  <T> void valuesAreWrittenAndRead(DhcpOption<T> option, T value, String hex) {
    assertThat(option.codec().encode(value)).isEqualTo(hex(hex));
    assertThat(option.codec().decode(hex(hex))).contains(value);
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        Arguments.of(DhcpOptions.SUBNET_MASK, "ffffff"),
        Arguments.of(DhcpOptions.SUBNET_MASK, "ffffff0000"),
        Arguments.of(DhcpOptions.ROUTERS, "0a0000010a"),
        Arguments.of(DhcpOptions.LEASE_TIME, "0001"),
        Arguments.of(DhcpOptions.MESSAGE_TYPE, "0101"),
        Arguments.of(DhcpOptions.MAXIMUM_MESSAGE_SIZE, "01"),
        Arguments.of(DhcpOptions.CLIENT_ARCHITECTURE, "000700"),
        Arguments.of(DhcpOptions.HOST_NAME, "0000"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "0361"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "00"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "0161"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "c000"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "0161c000"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "016100c0"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "4061"),
        Arguments.of(DhcpOptions.DOMAIN_SEARCH, "03612e6200"),
        Arguments.of(DhcpOptions.CLASSLESS_STATIC_ROUTES, "210a0000000a000001"),
        Arguments.of(DhcpOptions.CLASSLESS_STATIC_ROUTES, "180a00000a0000"));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("misfits")
  void bytesThatDoNotFitReadAsAbsent(DhcpOption<?> option, String hex) {
    assertThat(option.codec().decode(hex(hex))).isEmpty();
  }

  @Test
  void trailingNulsOfTextAreTakenOff() {
    assertThat(OptionCodecs.text().decode(hex("68310000"))).contains("h1");
  }

  @Test
  void compressedNamesAreRead() {
    // RFC 3397, section 2: the second name points into the first.
    assertThat(
            OptionCodecs.domainNames()
                .decode(hex("03656e67056170706c6503636f6d00" + "096d61726b6574696e67c004")))
        .contains(List.of("eng.apple.com", "marketing.apple.com"));
  }

  @Test
  void sixteenNamesAreOneLongOption() {
    List<String> names =
        IntStream.range(0, 16).mapToObj(i -> "subdomain-number-" + i + ".example.com").toList();

    byte[] bytes = OptionCodecs.domainNames().encode(names);

    assertThat(bytes).hasSizeGreaterThan(255);
    assertThat(OptionCodecs.domainNames().decode(bytes)).contains(names);
  }

  @Test
  void theFinalDotOfANameIsTakenOff() {
    assertThat(OptionCodecs.domainNames().encode(List.of("example.com.")))
        .isEqualTo(hex("076578616d706c6503636f6d00"));
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        ".a",
        "a..",
        "a123456789a123456789a123456789a123456789a123456789a123456789abcd.com"
      })
  void invalidNamesAreRefused(String name) {
    assertThatThrownBy(() -> OptionCodecs.domainNames().encode(List.of(name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("name: ");
  }

  @Test
  void namesOverTheLimitAreRefused() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);

    assertThat(OptionCodecs.domainNames().encode(List.of(longest))).hasSize(255);
    assertThatThrownBy(() -> OptionCodecs.domainNames().encode(List.of(longest + "a")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bitsBeyondThePrefixAreWrittenAsZero() {
    assertThat(OptionCodecs.routes().encode(List.of(route("10.1.2.3", 20, "10.0.0.1"))))
        .isEqualTo(hex("140a01000a000001"));
  }

  @Test
  void bitsBeyondThePrefixAreReadAsZero() {
    assertThat(OptionCodecs.routes().decode(hex("0c54ef0a000001")))
        .contains(List.of(route("84.224.0.0", 12, "10.0.0.1")));
  }

  @Test
  void listsWithoutEntriesAreRefused() {
    DhcpMessage.Builder builder = DhcpMessage.builder();

    assertThatThrownBy(() -> builder.set(DhcpOptions.DOMAIN_NAME_SERVERS, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.set(DhcpOptions.DOMAIN_SEARCH, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.set(DhcpOptions.CLASSLESS_STATIC_ROUTES, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.set(DhcpOptions.PARAMETER_REQUEST_LIST, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> OptionCodecs.uint32().encode(4294967296L))
        .hasMessage("value: 4294967296 (expected: 0 to 4294967295)");
    assertThatThrownBy(() -> OptionCodecs.uint16().encode(65536))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OptionCodecs.uint8List().encode(List.of(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everyConstantIsFoundByItsCode() {
    assertThat(DhcpOptions.byCode(54)).containsSame(DhcpOptions.SERVER_IDENTIFIER);
    assertThat(DhcpOptions.byCode(200)).isEmpty();
  }

  private static ClasslessRoute route(String destination, int prefixLength, String router) {
    return new ClasslessRoute(ip(destination), prefixLength, ip(router));
  }
}
