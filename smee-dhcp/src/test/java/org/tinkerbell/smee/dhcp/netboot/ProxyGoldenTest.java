// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;

/** The golden cases of the modes proxy and auto-proxy, through the codec in both directions. */
class ProxyGoldenTest {

  private static final Map<String, IgnoreReason> SILENT =
      Map.ofEntries(
          Map.entry("P01", NetbootReasons.NOT_A_NETBOOT_CLIENT),
          Map.entry("P07", NetbootReasons.NETBOOT_NOT_ALLOWED),
          Map.entry("P08", IgnoreReason.UNKNOWN_HARDWARE),
          Map.entry("P13", IgnoreReason.UNSUPPORTED_MESSAGE_TYPE),
          Map.entry("P14", IgnoreReason.NOT_A_REQUEST),
          Map.entry("P15", NetbootReasons.UNKNOWN_ARCHITECTURE),
          Map.entry("P19", IgnoreReason.OTHER_SERVER_SELECTED),
          Map.entry("P20", NetbootReasons.DHCP_DISABLED),
          Map.entry("N02", IgnoreReason.UNKNOWN_HARDWARE),
          Map.entry("N09", NetbootReasons.DHCP_DISABLED),
          Map.entry("N10", NetbootReasons.NETBOOT_OPTIONS_OFF));

  private static Map<String, DhcpMessage.Builder> improvedReplies() {
    Map<String, DhcpMessage.Builder> replies = new TreeMap<>();
    replies.put("P12", GoldenCase.of("P12").reply().remove(97));
    replies.put(
        "P17",
        GoldenCase.of("P17")
            .reply()
            .siaddr(ip("10.0.0.5"))
            .sname("10.0.0.5")
            .set(DhcpOptions.SERVER_IDENTIFIER, ip("10.0.0.5")));
    replies.put("N11", GoldenCase.of("N07").reply().file("snp-arm64.efi"));
    return replies;
  }

  static Stream<GoldenCase> proxied() {
    return Stream.concat(GoldenCase.ofMode("proxy"), GoldenCase.ofMode("auto-proxy"));
  }

  static Stream<GoldenCase> keptReplies() {
    return proxied().filter(GoldenCase::keep).filter(GoldenCase::hasReply);
  }

  static Stream<Arguments> improved() {
    return improvedReplies().entrySet().stream()
        .map(entry -> Arguments.of(GoldenCase.of(entry.getKey()), entry.getValue().build()));
  }

  static Stream<Arguments> silent() {
    return SILENT.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> Arguments.of(GoldenCase.of(entry.getKey()), entry.getValue()));
  }

  private static DhcpResult run(GoldenCase golden, NetbootSettings settings) {
    ProxyPolicy auto = golden.isStandalone() ? ProxyPolicy.EVERYONE_ALIKE : ProxyPolicy.EVERYONE;
    ProxyHandler handler =
        ProxyHandler.builder(Fixtures.backend(golden.lookup()), settings)
            .policy(golden.mode().equals("proxy") ? ProxyPolicy.KNOWN : auto)
            .sayNotAllowed(!golden.isStandalone())
            .build();
    DhcpResult live = Fixtures.handle(handler, golden.request());
    assertThat(handler.decide(Fixtures.exchange(golden.request()), golden.lookup()))
        .as("the dry run")
        .isEqualTo(live);
    return live;
  }

  private static DhcpResult run(GoldenCase golden) {
    return run(golden, golden.netbootSettings().build());
  }

  private static String octets(DhcpMessage message) {
    return HexFormat.of().formatHex(DhcpCodec.encode(message));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keptReplies")
  void keptRepliesAreTheSameBytes(GoldenCase golden) {
    DhcpMessage reply = Fixtures.reply(run(golden));

    assertThat(octets(reply)).as(reply.toText()).isEqualTo(golden.replyHex());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("improved")
  void improvedRepliesDifferInExactlyTheseFields(GoldenCase golden, DhcpMessage expected) {
    DhcpMessage reply = Fixtures.reply(run(golden));

    assertThat(octets(reply)).as(reply.toText()).isEqualTo(octets(expected));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("silent")
  void silenceHasItsReason(GoldenCase golden, IgnoreReason reason) {
    DhcpResult.Ignore ignore = Fixtures.ignore(run(golden));

    assertThat(ignore.reason()).as(ignore.detail()).isEqualTo(reason);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parity")
  void parityGivesTheReferencesReplyBack(GoldenCase golden) {
    DhcpMessage reply =
        Fixtures.reply(run(golden, golden.netbootSettings().referenceParity(true).build()));

    assertThat(octets(reply)).as(reply.toText()).isEqualTo(golden.replyHex());
  }

  static Stream<GoldenCase> parity() {
    return parity(true);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("paritySilent")
  void parityIsSilentWhereTheReferenceIs(GoldenCase golden) {
    NetbootSettings settings = golden.netbootSettings().referenceParity(true).build();

    assertThat(run(golden, settings)).isInstanceOf(DhcpResult.Ignore.class);
  }

  static Stream<GoldenCase> paritySilent() {
    return parity(false);
  }

  private static Stream<GoldenCase> parity(boolean reply) {
    return proxied()
        .filter(golden -> golden.hasReply() == reply)
        .filter(golden -> !GoldenCase.BEYOND_PARITY.containsKey(golden.id()));
  }

  @Test
  void everyCaseIsInOneOfTheLists() {
    List<String> kept = keptReplies().map(GoldenCase::id).toList();
    assertThat(kept).hasSizeGreaterThan(17);
    assertThat(proxied().map(GoldenCase::id))
        .allMatch(
            id -> kept.contains(id) || improvedReplies().containsKey(id) || SILENT.containsKey(id));
  }
}
