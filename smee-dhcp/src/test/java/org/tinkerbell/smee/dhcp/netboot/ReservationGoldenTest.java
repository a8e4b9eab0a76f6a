// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;

/** The golden cases of reservation mode, through the codec in both directions. */
class ReservationGoldenTest {

  private static final String TRACED_43 =
      "060108451a0023b1e307bb35484f535a1f772c06910ed887dc391224043401";

  static Stream<GoldenCase> kept() {
    return GoldenCase.ofMode("reservation").filter(GoldenCase::keep);
  }

  static Stream<GoldenCase> keptReplies() {
    return kept().filter(GoldenCase::hasReply);
  }

  /** What is answered better than by the reference: its reply, changed field by field. */
  private static Map<String, DhcpMessage.Builder> improvedReplies() {
    Map<String, DhcpMessage.Builder> replies = new TreeMap<>();
    replies.put("R11", GoldenCase.of("R08").reply());
    replies.put("R15", improved("R15").file(""));
    replies.put("R25", GoldenCase.of("R02").reply().yiaddr(Ipv4.ANY).remove(51));
    replies.put("R33", improved("R33").ciaddr(ip("192.168.99.43")));
    replies.put("R36", improved("R36").remove(6));
    replies.put("R37", improved("R37").setRaw(119, Fixtures.hex("076578616d706c6503636f6d00")));
    replies.put(
        "R38",
        improved("R38").file("").set(DhcpOptions.BOOT_FILE_NAME, GoldenCase.longScriptUrl()));
    replies.put("R39", improved("R39").siaddr(ip("10.0.0.5")));
    replies.put("R42", improved("R42").file(""));
    replies.put(
        "R46",
        improved("R46")
            .file("http://192.168.100.100:7080/ipxe/binary/extra/02:00:00:00:00:ff/ipxe.efi")
            .setRaw(43, Fixtures.hex(TRACED_43)));
    replies.put("M15", GoldenCase.of("M14").reply().file("loong.efi"));
    replies.put("M21", GoldenCase.of("M28").reply());
    replies.put("M23", improved("M23").set(DhcpOptions.LEASE_TIME, 604_800L));
    replies.put("M27", GoldenCase.of("M28").reply());
    replies.put(
        "M30",
        improved("M30")
            .file("http://192.168.100.100:7080/ipxe/binary/02:00:00:00:00:ff/snp-x86_64.efi")
            .setRaw(43, Fixtures.hex(TRACED_43)));
    replies.put("M31", improved("M31").remove(28));
    return replies;
  }

  private static DhcpMessage.Builder improved(String id) {
    return GoldenCase.of(id).reply();
  }

  private static final Map<String, IgnoreReason> SILENT =
      Map.ofEntries(
          Map.entry("R21", IgnoreReason.UNKNOWN_HARDWARE),
          Map.entry("R22", IgnoreReason.BACKEND_FAILED),
          Map.entry("R23", NetbootReasons.DHCP_DISABLED),
          Map.entry("R24", NetbootReasons.RELEASED),
          Map.entry("R26", NetbootReasons.ADDRESS_DECLINED),
          Map.entry("R27", IgnoreReason.NO_MESSAGE_TYPE),
          Map.entry("R32", IgnoreReason.OTHER_SERVER_SELECTED),
          Map.entry("R34", IgnoreReason.NOT_A_REQUEST),
          Map.entry("R35", NetbootReasons.NO_IPV4_ADDRESS),
          Map.entry("M22", NetbootReasons.NO_IPV4_ADDRESS),
          Map.entry("M25", NetbootReasons.DHCP_DISABLED),
          Map.entry("M26", NetbootReasons.NO_IPV4_ADDRESS),
          Map.entry("M32", NetbootReasons.ADDRESS_DECLINED));

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
    ReservationHandler handler =
        ReservationHandler.builder(Fixtures.backend(golden.lookup()), settings)
            .trace(exchange -> golden.trace())
            .build();
    DhcpResult live = Fixtures.handle(handler, golden.request());
    LookupResult lookup = golden.lookup();
    DhcpResult dry = handler.decide(Fixtures.exchange(golden.request()), lookup);
    assertThat(dry).as("the dry run").isEqualTo(live);
    return live;
  }

  private static String octets(DhcpMessage message) {
    return HexFormat.of().formatHex(DhcpCodec.encode(message));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keptReplies")
  @DisplayName("kept replies are the reference's, byte for byte")
  void keptRepliesAreTheSameBytes(GoldenCase golden) {
    DhcpMessage reply = Fixtures.reply(run(golden, golden.netbootSettings().build()));

    assertThat(octets(reply)).as(reply.toText()).isEqualTo(golden.replyHex());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("improved")
  void improvedRepliesDifferInExactlyTheseFields(GoldenCase golden, DhcpMessage expected) {
    DhcpMessage reply = Fixtures.reply(run(golden, golden.netbootSettings().build()));

    assertThat(octets(reply)).as(reply.toText()).isEqualTo(octets(expected));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("silent")
  void silenceHasItsReason(GoldenCase golden, IgnoreReason reason) {
    DhcpResult.Ignore ignore = Fixtures.ignore(run(golden, golden.netbootSettings().build()));

    assertThat(ignore.reason()).as(ignore.detail()).isEqualTo(reason);
  }

  @Test
  void everyCaseIsInOneOfTheLists() {
    List<String> kept = keptReplies().map(GoldenCase::id).toList();
    assertThat(kept).hasSizeGreaterThan(50);
    assertThat(GoldenCase.ofMode("reservation").map(GoldenCase::id))
        .allMatch(
            id -> kept.contains(id) || improvedReplies().containsKey(id) || SILENT.containsKey(id));
    assertThat(kept().filter(golden -> !golden.hasReply()).map(GoldenCase::id))
        .allMatch(SILENT::containsKey);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parity")
  void parityGivesTheReferencesReplyBack(GoldenCase golden) {
    NetbootSettings settings =
        golden.netbootSettings().referenceParity(true).chainload(Chainload.ALWAYS).build();

    DhcpMessage reply = Fixtures.reply(run(golden, settings));

    assertThat(octets(reply)).as(reply.toText()).isEqualTo(golden.replyHex());
  }

  static Stream<GoldenCase> parity() {
    return Stream.concat(keptReplies(), worse(GoldenCase::hasReply));
  }

  private static Stream<GoldenCase> worse(Predicate<GoldenCase> which) {
    return GoldenCase.ofMode("reservation")
        .filter(golden -> !golden.keep())
        .filter(golden -> !GoldenCase.BEYOND_PARITY.containsKey(golden.id()))
        .filter(which);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("paritySilent")
  void parityIsSilentWhereTheReferenceIs(GoldenCase golden) {
    NetbootSettings settings = golden.netbootSettings().referenceParity(true).build();

    assertThat(run(golden, settings)).isInstanceOf(DhcpResult.Ignore.class);
  }

  static Stream<GoldenCase> paritySilent() {
    return Stream.concat(
        kept().filter(golden -> !golden.hasReply()), worse(golden -> !golden.hasReply()));
  }

  @Test
  void declineTellsAddressAndText() {
    GoldenCase golden = GoldenCase.of("M32");
    assertThat(Fixtures.ignore(run(golden, golden.netbootSettings().build())).detail())
        .isEqualTo("address not named: address in use");
  }
}
