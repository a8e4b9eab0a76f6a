// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TftpCodecTest {

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  static Stream<TftpPacket> packets() {
    return Stream.of(
        new TftpPacket.ReadRequest("a/b.efi", "octet", TftpOptions.none()),
        new TftpPacket.ReadRequest("", "netascii", TftpOptions.fast()),
        new TftpPacket.ReadRequest("käse", "octet", TftpOptions.none().with("x", "")),
        new TftpPacket.WriteRequest("a", "mail", TftpOptions.none().withTsize(7)),
        new TftpPacket.Data(65535, new byte[] {1, 2, 3}),
        new TftpPacket.Data(0, new byte[0]),
        new TftpPacket.Ack(65535),
        new TftpPacket.Error(TftpErrorCode.of(99), "what?"),
        new TftpPacket.OptionAck(TftpOptions.none()),
        new TftpPacket.OptionAck(TftpOptions.fast()));
  }

  @ParameterizedTest
  @MethodSource("packets")
  void packetsSurviveARoundTrip(TftpPacket packet) throws Exception {
    assertThat(TftpCodec.decode(TftpCodec.encode(packet))).isEqualTo(packet);
  }

  @Test
  void layoutsAreThoseOfTheRfc() {
    assertThat(TftpCodec.encode(new TftpPacket.Data(258, new byte[] {9})))
        .isEqualTo(hex("0003 0102 09"));
    assertThat(TftpCodec.encode(new TftpPacket.Ack(1))).isEqualTo(hex("0004 0001"));
    assertThat(TftpCodec.encode(new TftpPacket.Error(TftpErrorCode.FILE_NOT_FOUND, "no")))
        .isEqualTo(hex("0005 0001 6e6f 00"));
    assertThat(TftpCodec.encode(new TftpPacket.OptionAck(TftpOptions.none().withTsize(93955))))
        .isEqualTo(hex("0006 7473697a6500 393339353500"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0, shorter than an opcode",
    "00, 0, shorter than an opcode",
    "0000, 0, unknown opcode",
    "00090001, 0, unknown opcode",
    "0001, 2, file name without NUL",
    "000161, 2, file name without NUL",
    "00016100, 4, mode without NUL",
    "0001610062, 4, mode without NUL",
    "000300, 2, shorter than its header",
    "0004, 2, shorter than its header",
    "0005ff, 2, shorter than its header"
  })
  void brokenDatagramsAreRefusedWithoutAStackTrace(String datagram, int offset, String reason) {
    assertThatExceptionOfType(TftpDecodeException.class)
        .isThrownBy(() -> TftpCodec.decode(hex(datagram)))
        .satisfies(
            e -> {
              assertThat(e.offset()).isEqualTo(offset);
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.getStackTrace()).isEmpty();
            });
  }

  @Test
  void theFieldIsTakenAsItIs() throws Exception {
    assertThat(TftpCodec.decode(hex("0004 0007 0000 0000"))).isEqualTo(new TftpPacket.Ack(7));
    assertThat(TftpCodec.decode(hex("0005 0000 6f6f7073")))
        .isEqualTo(new TftpPacket.Error(TftpErrorCode.NOT_DEFINED, "oops"));
    assertThat(TftpCodec.decode(hex("0001 6100 6f6374657400 7473697a6500 30")))
        .as("an option value without NUL")
        .isEqualTo(new TftpPacket.ReadRequest("a", "octet", TftpOptions.none()));
    assertThat(TftpCodec.decode(hex("0001 e900 6f6374657400")))
        .as("a name that is not UTF-8")
        .isEqualTo(new TftpPacket.ReadRequest("é", "octet", TftpOptions.none()));
    assertThat(TftpCodec.decode(RawClient.rrq("a", "tsize=0", "TSIZE=9", "=1", "blksize=8")))
        .as("of a repeated option the first counts, and there is no option without a name")
        .isEqualTo(
            new TftpPacket.ReadRequest(
                "a", "octet", TftpOptions.none().withTsize(0).withBlksize(8)));
  }

  @Test
  void packetsThatCannotBeSentCannotBeMade() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TftpPacket.ReadRequest("a\0b", "octet", TftpOptions.none()));
    assertThatIllegalArgumentException().isThrownBy(() -> new TftpPacket.Ack(65536));
    assertThatIllegalArgumentException().isThrownBy(() -> new TftpPacket.Data(-1, new byte[1]));
    assertThatIllegalArgumentException().isThrownBy(() -> TftpErrorCode.of(70_000));
  }

  static Stream<String> captured() throws IOException {
    try (InputStream in = TftpCodecTest.class.getResourceAsStream("/captured/index.tsv");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).toList().stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("captured")
  void packetsOfRealClientsAreUnderstood(String line) throws Exception {
    String file = line.substring(0, line.indexOf('\t'));
    String content = line.substring(line.indexOf('\t') + 1);
    byte[] datagram;
    try (InputStream in = getClass().getResourceAsStream("/captured/" + file)) {
      datagram =
          hex(new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
    }
    TftpPacket packet = TftpCodec.decode(datagram);
    if (packet instanceof TftpPacket.ReadRequest rrq) {
      StringBuilder text = new StringBuilder(rrq.fileName() + "|" + rrq.mode() + "|");
      rrq.options()
          .names()
          .forEach(name -> text.append(name + "|" + rrq.options().get(name).orElseThrow() + "|"));
      assertThat(text).hasToString(content);
    } else if (packet instanceof TftpPacket.Ack ack) {
      assertThat("block " + ack.block()).isEqualTo(content);
    } else {
      assertThat(packet)
          .isEqualTo(
              new TftpPacket.Error(
                  TftpErrorCode.OPTION_REFUSED, content.replaceAll("[|\\p{Cntrl}]", "")));
    }
    assertThat(TftpCodec.encode(packet)).isEqualTo(datagram);
  }
}
