// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.captured;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/** Machines that boot as far as the script, from the requests that real firmware and iPXE send. */
class BootSimulationTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:77:00:01");

  /** What the machine says once it runs a file: stock builds, and Tinkerbell's. */
  private static final Map<String, Map<String, String>> SAYS =
      Map.of(
          "stock-2019",
          Map.of("undionly.kpxe", "ipxe-undionly-2019", "ipxe.efi", "ipxe-efi-x64-2019"),
          "stock-2026",
          Map.of(
              "undionly.kpxe", "ipxe-undionly-2026",
              "ipxe.efi", "ipxe-efi-x64-2026",
              "snp.efi", "ipxe-efi-arm64-2026"),
          "tinkerbell",
          Map.of(
              "undionly.kpxe", "tinkerbell-shipped-undionly",
              "ipxe.efi", "tinkerbell-shipped-ipxe-efi",
              "snp.efi", "tinkerbell-shipped-snp-arm64"));

  @ParameterizedTest(name = "{0}, {1} files, {2}: {3}")
  @CsvSource({
    "bios-plain-pxe, stock-2019, AUTO, undionly.kpxe script",
    "bios-plain-pxe, stock-2026, AUTO, undionly.kpxe script",
    "bios-plain-pxe, tinkerbell, AUTO, undionly.kpxe script",
    "bios-plain-pxe, stock-2019, NEVER, undionly.kpxe script",
    "bios-ipxe-rom, stock-2019, AUTO, script",
    "bios-ipxe-rom, stock-2026, AUTO, script",
    "bios-ipxe-rom, tinkerbell, AUTO, undionly.kpxe script",
    "bios-ipxe-rom, tinkerbell, ALWAYS, undionly.kpxe script",
    "bios-ipxe-rom, tinkerbell, NEVER, script",
    "edk2-x64-pxe, stock-2019, AUTO, ipxe.efi script",
    "edk2-x64-pxe, stock-2026, AUTO, ipxe.efi script",
    "edk2-x64-pxe, stock-2026, NEVER, ipxe.efi script",
    "edk2-x64-pxe, tinkerbell, AUTO, ipxe.efi script",
    "edk2-x64-pxe, tinkerbell, ALWAYS, ipxe.efi script",
    "edk2-x64-http, stock-2026, AUTO, ipxe.efi script",
    "edk2-x64-http, tinkerbell, AUTO, ipxe.efi script",
    "edk2-arm64-pxe, stock-2026, AUTO, snp.efi script",
    "edk2-arm64-http, tinkerbell, ALWAYS, snp.efi script",
  })
  void machineReachesTheScriptAndLoadsNothingTwice(
      String firmware, String files, Chainload policy, String stages) {
    List<String> seen = boot(firmware, files, policy);

    assertThat(String.join(" ", seen)).isEqualTo(stages);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"stock-2019", "stock-2026"})
  void stockFilesLoopUnderTheRuleOfTheReference(String files) {
    assertThat(boot("bios-plain-pxe", files, Chainload.ALWAYS))
        .containsExactly(
            "undionly.kpxe", "undionly.kpxe", "undionly.kpxe", "undionly.kpxe", "undionly.kpxe");
  }

  private static List<String> boot(String firmware, String files, Chainload policy) {
    HardwareRecord hardware =
        HardwareRecord.of(
            Reservation.builder(MAC).ipAddress(ip("192.168.99.43")).build(),
            Netboot.builder().allowed(true).build());
    NetbootSettings settings =
        GoldenCase.of("R01")
            .netbootSettings()
            .chainload(policy)
            .bootFiles(files.startsWith("stock") ? BootFiles.STOCK : BootFiles.TINKERBELL)
            .build();
    ReservationHandler handler =
        ReservationHandler.builder(Fixtures.backend(LookupResult.found(hardware)), settings)
            .build();

    List<String> seen = new ArrayList<>();
    String runs = firmware;
    while (seen.size() < 5) {
      String file = lease(handler, captured(runs + "-discover"));
      if (file.endsWith("/auto.ipxe")) {
        seen.add("script");
        return seen;
      }
      String name = file.substring(file.lastIndexOf('/') + 1);
      seen.add(name);
      runs = SAYS.get(files).get(name);
    }
    return seen;
  }

  /** DISCOVER and REQUEST, with the checks that firmware makes; returns the boot file. */
  private static String lease(ReservationHandler handler, DhcpMessage discover) {
    DhcpMessage offer = Fixtures.reply(Fixtures.handle(handler, discover));
    assertThat(offer.messageType()).contains(DhcpMessageType.OFFER);
    DhcpMessage request =
        discover.toBuilder()
            .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.REQUEST)
            .set(
                DhcpOptions.SERVER_IDENTIFIER,
                offer.get(DhcpOptions.SERVER_IDENTIFIER).orElseThrow())
            .set(DhcpOptions.REQUESTED_ADDRESS, offer.yiaddr())
            .build();
    DhcpMessage ack = Fixtures.reply(Fixtures.handle(handler, request));
    assertThat(ack.messageType()).contains(DhcpMessageType.ACK);
    assertThat(ack.toBuilder().set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.OFFER).build())
        .as("offer and acknowledgement say the same")
        .isEqualTo(offer);
    assertThat(ack.siaddr().isAnyLocalAddress()).isFalse();
    boolean http = discover.get(DhcpOptions.VENDOR_CLASS).orElseThrow().startsWith("HTTPClient");
    if (http) {
      assertThat(ack.get(DhcpOptions.VENDOR_CLASS)).contains("HTTPClient");
      assertThat(ack.file()).startsWith("http://").endsWith(".efi");
    } else {
      assertThat(ack.has(60)).isFalse();
    }
    if (discover.has(175)) {
      assertThat(ack.raw(175)).contains(new byte[] {(byte) 176, 1, 1});
      assertThat(ack.file()).contains("://");
    } else {
      assertThat(ack.has(175)).isFalse();
    }
    return ack.file();
  }
}
