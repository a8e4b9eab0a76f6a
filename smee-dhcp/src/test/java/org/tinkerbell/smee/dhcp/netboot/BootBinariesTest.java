// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.discover;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.pxe;

import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.netboot.BootFileChoice.Kind;

/** Golden case X19: every architecture code, in each of the tables. */
class BootBinariesTest {

  private static final String UNDI = "undionly.kpxe";
  private static final String X64 = "ipxe.efi";

  static Stream<Arguments> codes() {
    return IntStream.rangeClosed(0, 41)
        .mapToObj(
            code -> {
              String standalone =
                  switch (code) {
                    case 0, 1, 2, 3, 4, 5 -> UNDI;
                    case 6, 7, 8, 9, 15, 16 -> X64;
                    case 10, 11, 18, 19 -> "snp.efi";
                    default -> "";
                  };
              String monorepo = code == 20 ? UNDI : standalone.replace("snp.efi", "snp-arm64.efi");
              String improved = code == 20 ? UNDI : code == 17 ? X64 : standalone;
              return Arguments.of(code, standalone, monorepo, improved);
            });
  }

  @ParameterizedTest(name = "X19 {0}: {1}, {2}, {3}")
  @MethodSource("codes")
  void everyCodeBootsItsFile(int code, String standalone, String monorepo, String improved) {
    assertThat(file(code, BootBinaries.STANDALONE)).isEqualTo(standalone);
    assertThat(file(code, BootBinaries.MONOREPO)).isEqualTo(monorepo);
    assertThat(file(code, BootBinaries.DEFAULT)).isEqualTo(improved);
  }

  private static String file(int code, BootBinaries binaries) {
    GoldenCase base = GoldenCase.of("R06");
    NetbootSettings settings = base.netbootSettings().binaries(binaries).build();
    ReservationHandler handler =
        ReservationHandler.builder(Fixtures.backend(base.lookup()), settings).build();
    DhcpMessage reply = Fixtures.reply(Fixtures.handle(handler, pxe(discover(), code).build()));
    assertThat(reply.yiaddr()).isEqualTo(Fixtures.ip("192.168.99.43"));
    if (code == 41) {
      assertThat(reply.file()).isEqualTo("/netboot-not-allowed");
      return "";
    }
    assertThat(reply.has(43)).isEqualTo(!reply.file().isEmpty());
    return reply.file();
  }

  @Test
  void reasonNamesTheArchitectureThatHasNoFile() {
    PxeClient client = PxeClient.of(pxe(discover(), 22).build());
    BootFileChoice choice =
        BootDecision.forRecord(
            client,
            ((LookupResult.Found) GoldenCase.of("R15").lookup()).hardware(),
            GoldenCase.of("R15").netbootSettings().build());

    assertThat(choice.kind()).isEqualTo(Kind.NONE);
    assertThat(choice.why()).isEqualTo("no boot file for architecture 22 (U-Boot ARM64)");
  }

  @Test
  void overridesAreLaidOverTheTable() {
    BootBinaries binaries =
        BootBinaries.DEFAULT.withAll(
            Map.of(ClientArchitecture.of(39), "loong.efi", ClientArchitecture.EFI_X86_64, "x.efi"));

    assertThat(binaries.file(ClientArchitecture.of(39))).contains("loong.efi");
    assertThat(binaries.file(ClientArchitecture.EFI_X86_64)).contains("x.efi");
    assertThat(binaries.file(ClientArchitecture.X86_BIOS)).contains(UNDI);
    assertThat(binaries.file(ClientArchitecture.UNKNOWN)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BootBinaries.DEFAULT.with(ClientArchitecture.X86_BIOS, ""))
        .withMessageContaining("empty name for 0 (x86 BIOS)");
  }

  @Test
  void architecturesHaveNames() {
    assertThat(ClientArchitecture.of(7)).hasToString("7 (EFI x86-64)");
    assertThat(ClientArchitecture.of(16).name()).isEqualTo("EFI x86-64 boot from HTTP");
    assertThat(ClientArchitecture.RASPBERRY_PI.isAssigned()).isTrue();
    assertThat(ClientArchitecture.of(42)).hasToString("42 (unknown)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClientArchitecture.of(65_536))
        .withMessage("code: 65536 (expected: 0 to 65535)");
  }
}
