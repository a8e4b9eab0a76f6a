// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.tftp.RawClient.ack;
import static org.tinkerbell.smee.tftp.RawClient.error;
import static org.tinkerbell.smee.tftp.RawClient.request;
import static org.tinkerbell.smee.tftp.RawClient.rrq;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The golden cases of the specification that are a matter of any server, over real sockets. What
 * the table calls better in Java is what is expected here.
 */
class GoldenCasesIT {

  private interface Script {
    void run(RawClient client, Journal journal) throws Exception;
  }

  private static final Consumer<TftpServer.Builder> DEFAULTS = builder -> {};

  private static byte[] part(byte[] file, int block, int size) {
    return Arrays.copyOfRange(file, (block - 1) * size, Math.min(file.length, block * size));
  }

  private static Arguments golden(String name, Script script) {
    return golden(name, DEFAULTS, script);
  }

  private static Arguments golden(
      String name, Consumer<TftpServer.Builder> settings, Script script) {
    return Arguments.of(name, settings, script);
  }

  static Stream<Arguments> cases() {
    byte[] snp = TestFiles.SNP;
    byte[] und = TestFiles.UNDIONLY;
    return Stream.of(
        golden(
            "T01 plain request",
            (client, journal) -> {
              InetSocketAddress port = client.lastSender();
              client.request(rrq("snp.efi"));
              client.expectData(1, part(snp, 1, 512));
              assertThat(client.lastSender()).isEqualTo(port);
            }),
        golden(
            "T02 MAC address in front",
            (client, journal) -> {
              client.request(rrq("02:00:00:00:00:ff/snp.efi"));
              client.expectData(1, part(snp, 1, 512));
            }),
        golden(
            "T03 blksize and tsize",
            (client, journal) -> {
              client.request(rrq("snp.efi", "blksize=1468", "tsize=0"));
              client.expectOptions("blksize=1468", "tsize=267264");
              client.reply(ack(0));
              client.expectData(1, part(snp, 1, 1468));
            }),
        golden(
            "T03 with the reference's block size",
            builder -> builder.maxBlockSize(512),
            (client, journal) -> {
              client.request(rrq("snp.efi", "blksize=1468", "tsize=0"));
              client.expect(
                  HexFormat.of()
                      .parseHex("0006626c6b73697a65003531320074" + "73697a650032363732363400"));
              client.reply(ack(0));
              client.expectData(1, part(snp, 1, 512));
            }),
        golden(
            "T04 small blocks",
            (client, journal) -> {
              client.request(rrq("snp.efi", "blksize=256"));
              client.expectOptions("blksize=256");
              client.reply(ack(0));
              client.expectData(1, part(snp, 1, 256));
            }),
        golden(
            "T05 option name in capitals",
            (client, journal) -> {
              client.request(rrq("snp.efi", "BLKSIZE=1468"));
              client.expectOptions("BLKSIZE=1468");
            }),
        golden(
            "T06 tsize alone",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "tsize=0"));
              client.expect(HexFormat.of().parseHex("00067473697a6500393339353500"));
            }),
        golden(
            "T07 windowsize and timeout",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "windowsize=8", "timeout=3"));
              client.expectOptions("windowsize=8", "timeout=3");
              client.reply(ack(0));
              for (int block = 1; block <= 8; block++) {
                client.expectData(block, part(und, block, 512));
              }
              client.expectSilence();
            }),
        golden(
            "T08 options in request order",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "tsize=0", "blksize=512", "windowsize=4"));
              client.expectOptions("tsize=93955", "blksize=512", "windowsize=4");
            }),
        golden(
            "T09 missing file",
            (client, journal) -> {
              client.request(rrq("missing.bin"));
              client.expectError(1, "file [missing.bin] unknown: file does not exist");
              journal.await("refused");
            }),
        golden(
            "T10 empty name",
            (client, journal) -> {
              client.request(rrq(""));
              client.expectError(1, "file [] unknown: file does not exist");
            }),
        golden(
            "T11 write request",
            (client, journal) -> {
              client.request(request(2, "snp.efi", "octet"));
              client.expectError(2, "access_violation: permission denied");
              client.request(request(2, "snp.efi", "octet", "tsize=5"));
              client.expectError(2, "access_violation: permission denied");
              journal.await("unsupported");
            }),
        golden(
            "T16 names have case",
            (client, journal) -> {
              client.request(rrq("SNP.EFI"));
              client.expectError(1, "file [SNP.EFI] unknown: file does not exist");
            }),
        golden(
            "T17 dots in the path",
            (client, journal) -> {
              client.request(rrq("/a/b/../snp.efi", "tsize=0"));
              client.expectOptions("tsize=267264");
            }),
        golden(
            "T18 backslash separates",
            (client, journal) -> {
              client.request(rrq("boot\\snp.efi", "tsize=0"));
              client.expectOptions("tsize=267264");
            }),
        golden(
            "T19 netascii",
            (client, journal) -> {
              byte[] converted = netascii(und);
              client.request(request(1, "undionly.kpxe", "NetASCII", "tsize=0"));
              for (int block = 1; block <= converted.length / 512 + 1; block++) {
                client.expectData(block, part(converted, block, 512));
                client.reply(ack(block));
              }
              journal.await("completed");
            }),
        golden(
            "T20 mode OCTET",
            (client, journal) -> {
              client.request(request(1, "snp.efi", "OCTET"));
              client.expectData(1, part(snp, 1, 512));
            }),
        golden(
            "T20 mode mail",
            (client, journal) -> {
              client.request(request(1, "snp.efi", "mail"));
              client.expectError(4, "mode is not supported");
            }),
        golden(
            "T21 ACK from nowhere",
            (client, journal) -> {
              client.request(ack(1));
              client.expectError(5, "unknown transfer ID");
              client.request(error(0, "never answered"));
              client.expectSilence();
            }),
        golden(
            "T22 malformed",
            (client, journal) -> {
              client.request(new byte[] {0, 9, 0, 1});
              client.expectError(4, "unknown opcode");
              client.request(new byte[] {0, 1, 'a', 'b'});
              client.expectError(4, "file name without NUL");
              client.request(new byte[] {0, 1, 'a'});
              client.expectError(4, "file name without NUL");
              client.request(new byte[0]);
              client.expectSilence();
            }),
        golden(
            "T23 tsize with a number",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "tsize=77"));
              client.expectOptions("tsize=93955");
            }),
        golden(
            "T24 blksize that is no number",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "blksize=abc", "tsize=0"));
              client.expectOptions("tsize=93955");
            }),
        golden(
            "T25 blksize out of range",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "blksize=70000"));
              client.expectData(1, part(und, 1, 512));
            }),
        golden(
            "T26 size probe",
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "tsize=0"));
              client.expectOptions("tsize=93955");
              client.reply(error(8, "User aborted"));
              client.expectSilence();
              assertThat(journal.await("aborted").text()).isEqualTo("option-refused User aborted");
              assertThat(journal.entries("failed")).isEmpty();
            }),
        golden(
            "T27 abort in the middle",
            (client, journal) -> {
              client.request(rrq("snp.efi"));
              client.expectData(1, part(snp, 1, 512));
              client.reply(error(0, "TFTP Aborted"));
              client.expectSilence();
              journal.await("aborted");
            }),
        golden(
            "T28 whole file",
            (client, journal) -> {
              client.request(rrq("snp.efi"));
              for (int block = 1; block <= 523; block++) {
                client.expectData(block, part(snp, block, 512));
                client.reply(ack(block));
              }
              TftpTransfer done = (TftpTransfer) journal.await("completed").detail();
              assertThat(done.bytes()).isEqualTo(267_264);
              assertThat(done.retransmissions()).isZero();
              client.expectSilence();
            }),
        golden(
            "T29 silent client",
            builder -> builder.timeout(Duration.ofMillis(50)),
            (client, journal) -> {
              client.request(rrq("snp.efi"));
              for (int i = 0; i < 6; i++) {
                client.expectData(1, part(snp, 1, 512));
              }
              client.expectError(0, "channel timeout: 127.0.0.1:" + client.address().getPort());
              TftpFailure failure = (TftpFailure) journal.await("failed").detail();
              assertThat(failure.reason()).isEqualTo(TftpFailure.Reason.TIMEOUT);
              client.expectSilence();
            }),
        golden(
            "T30 repeated request",
            // Longer than the client waits: what comes again comes because it was asked for.
            builder -> builder.timeout(Duration.ofMinutes(1)),
            (client, journal) -> {
              client.request(rrq("snp.efi"));
              client.expectData(1, part(snp, 1, 512));
              client.request(rrq("snp.efi"));
              client.expectData(1, part(snp, 1, 512));
              journal.await("repeated");
              client.request(rrq("undionly.kpxe"));
              client.expectData(1, part(und, 1, 512));
              assertThat(journal.await("replaced").text()).isEqualTo("snp.efi");
            }),
        golden(
            "T31 doubled ACK",
            (client, journal) -> {
              client.request(rrq("snp.efi"));
              client.expectData(1, part(snp, 1, 512));
              client.reply(ack(1));
              client.reply(ack(1));
              client.expectData(2, part(snp, 2, 512));
              client.reply(ack(1));
              client.reply(ack(7));
              client.reply(ack(0));
              client.expectSilence();
            }),
        golden(
            "T32 request of 600 octets",
            (client, journal) -> {
              client.request(rrq("snp.efi", "x=" + "y".repeat(582)));
              client.expectData(1, part(snp, 1, 512));
            }),
        golden(
            "T33 cap on blksize",
            builder -> builder.maxBlockSize(1468),
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "blksize=8192"));
              client.expectOptions("blksize=1468");
            }),
        golden(
            "T34 oversized datagram in a transfer",
            builder -> builder.maxBlockSize(1468),
            (client, journal) -> {
              client.request(rrq("snp.efi"));
              client.expectData(1, part(snp, 1, 512));
              byte[] junk = new byte[9000];
              junk[1] = 4;
              junk[3] = 1;
              client.reply(junk);
              client.expectSilence();
              client.reply(ack(1));
              client.expectData(2, part(snp, 2, 512));
              journal.await("malformed");
            }),
        golden(
            "T35 port per transfer",
            builder -> builder.mode(TftpPortMode.PORT_PER_TRANSFER),
            (client, journal) -> {
              InetSocketAddress port = client.lastSender();
              client.request(rrq("undionly.kpxe", "blksize=1468"));
              client.expectOptions("blksize=1468");
              assertThat(client.lastSender()).isNotEqualTo(port);
              client.reply(ack(0));
              client.expectData(1, part(und, 1, 1468));
            }),
        golden(
            "T36 cap above the request",
            builder -> builder.maxBlockSize(9000),
            (client, journal) -> {
              client.request(rrq("undionly.kpxe", "blksize=1468"));
              client.expectOptions("blksize=1468");
            }));
  }

  private static byte[] netascii(byte[] file) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte octet : file) {
      if (octet == '\n') {
        out.write('\r');
      }
      out.write(octet);
      if (octet == '\r') {
        out.write(0);
      }
    }
    return out.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void goldenCase(String name, Consumer<TftpServer.Builder> settings, Script script)
      throws Exception {
    Journal journal = new Journal();
    TftpServer.Builder builder =
        TftpServer.builder()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .handler(TestFiles.golden())
            .observer(journal);
    settings.accept(builder);
    try (TftpServer server = builder.build()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
        script.run(client, journal);
      }
    }
  }
}
