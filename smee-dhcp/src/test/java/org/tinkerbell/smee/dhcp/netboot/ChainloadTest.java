// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.captured;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.hex;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.netboot.BootFileChoice.Kind;

/** Which stage a client is given: policy, kind of client (as captured), kind of file. */
class ChainloadTest {
  private static final MacAddress MAC = MacAddress.parse("52:54:00:77:00:01");
  private static final String SCRIPT = "http://10.0.0.8:8080/52:54:00:77:00:01/auto.ipxe";
  private static final String TFTP = "tftp://10.0.0.6:69/52:54:00:77:00:01/";
  private static final String HTTP = "http://10.0.0.7:8080/ipxe/52:54:00:77:00:01/";

  private static NetbootSettings.Builder settings() {
    return GoldenCase.of("R01").netbootSettings();
  }

  private static HardwareRecord hardware(Netboot netboot) {
    return HardwareRecord.of(
        Reservation.builder(MAC).ipAddress(ip("192.168.99.43")).build(), netboot);
  }

  private static HardwareRecord hardware() {
    return hardware(Netboot.builder().allowed(true).build());
  }

  private static BootFileChoice choose(DhcpMessage request, NetbootSettings settings) {
    return BootDecision.forRecord(PxeClient.of(request, settings), hardware(), settings);
  }

  @ParameterizedTest(name = "{0}: {1}, {2} -> {3}")
  @CsvSource(
      nullValues = "-",
      value = {
        // firmware, which every policy treats alike
        "bios-plain-pxe, AUTO, stock, undionly.kpxe",
        "bios-plain-pxe, ALWAYS, stock, undionly.kpxe",
        "bios-plain-pxe, NEVER, tinkerbell, undionly.kpxe",
        "edk2-x64-pxe, AUTO, stock, ipxe.efi",
        "edk2-x64-pxe, NEVER, stock, ipxe.efi",
        "edk2-arm64-pxe, AUTO, tinkerbell, snp.efi",
        "edk2-x64-http, AUTO, stock, HTTP ipxe.efi",
        "edk2-x64-http, NEVER, stock, HTTP ipxe.efi",
        "edk2-arm64-http, ALWAYS, tinkerbell, HTTP snp.efi",
        "edk2-x64-relayed, AUTO, stock, ipxe.efi",
        // stock iPXE
        "bios-ipxe-rom, AUTO, tinkerbell, TFTP undionly.kpxe",
        "bios-ipxe-rom, AUTO, stock, SCRIPT",
        "bios-ipxe-rom, ALWAYS, tinkerbell, TFTP undionly.kpxe",
        "bios-ipxe-rom, ALWAYS, stock, TFTP undionly.kpxe",
        "bios-ipxe-rom, NEVER, tinkerbell, SCRIPT",
        "bios-ipxe-rom, NEVER, stock, SCRIPT",
        "ipxe-undionly-2019, AUTO, stock, SCRIPT",
        "ipxe-efi-x64-2019, AUTO, stock, SCRIPT",
        "ipxe-undionly-2026, AUTO, stock, SCRIPT",
        "ipxe-efi-x64-2026, AUTO, stock, SCRIPT",
        "ipxe-efi-x64-2026, AUTO, tinkerbell, TFTP ipxe.efi",
        "ipxe-efi-x64-2026, ALWAYS, stock, TFTP ipxe.efi",
        "ipxe-efi-arm64-2026, AUTO, stock, SCRIPT",
        "ipxe-efi-arm64-2026, NEVER, tinkerbell, SCRIPT",
        // iPXE with Tinkerbell's user class
        "ipxe-undionly-2026-tinkerbell, AUTO, stock, SCRIPT",
        "ipxe-undionly-2026-tinkerbell, ALWAYS, stock, SCRIPT",
        "tinkerbell-shipped-undionly, AUTO, tinkerbell, SCRIPT",
        "tinkerbell-shipped-ipxe-efi, ALWAYS, tinkerbell, SCRIPT",
        "tinkerbell-shipped-snp-arm64, NEVER, tinkerbell, SCRIPT",
      })
  void stageFollowsPolicyClientAndFile(
      String client, Chainload policy, String files, String expected) {
    NetbootSettings settings =
        settings()
            .chainload(policy)
            .bootFiles(files.equals("stock") ? BootFiles.STOCK : BootFiles.TINKERBELL)
            .build();

    BootFileChoice choice = choose(captured(client + "-discover"), settings);

    String file = expected.replace("SCRIPT", SCRIPT).replace("TFTP ", TFTP).replace("HTTP ", HTTP);
    assertThat(choice.file()).as(choice.why()).isEqualTo(file);
    assertThat(choice.kind()).isEqualTo(expected.equals("SCRIPT") ? Kind.SCRIPT : Kind.BINARY);
    assertThat(choice.nextServer()).isEqualTo(ip(file.startsWith(HTTP) ? "10.0.0.7" : "10.0.0.6"));
  }

  @Test
  void reasonTellsWhyTheScriptWasGiven() {
    DhcpMessage rom = captured("bios-ipxe-rom-discover");

    assertThat(choose(rom, settings().bootFiles(BootFiles.STOCK).build()).why())
        .isEqualTo("client is iPXE with HTTP, and undionly.kpxe does not set the user class");
    assertThat(choose(rom, settings().build()).why())
        .isEqualTo("client is iPXE, and undionly.kpxe sets the user class");
    assertThat(choose(rom, settings().chainload(Chainload.NEVER).build()).why())
        .isEqualTo("client is iPXE, and chainloading is off");
    assertThat(choose(rom, settings().chainload(Chainload.ALWAYS).build()).why())
        .isEqualTo("client is iPXE, which is always chainloaded");
    assertThat(choose(captured("tinkerbell-shipped-undionly-discover"), settings().build()).why())
        .isEqualTo("client's user class is Tinkerbell");
  }

  @Test
  void ipxeWithoutHttpIsGivenTheBinary() {
    NetbootSettings settings = settings().bootFiles(BootFiles.STOCK).build();
    DhcpMessage rom =
        captured("bios-ipxe-rom-discover").toBuilder().setRaw(175, hex("eb03010000150101")).build();
    BootFileChoice choice = choose(rom, settings);

    assertThat(choice.file()).isEqualTo(TFTP + "undionly.kpxe");
    assertThat(choice.why()).isEqualTo("client is iPXE without HTTP");
    DhcpMessage silent = rom.toBuilder().remove(175).build();
    assertThat(choose(silent, settings).file()).isEqualTo(TFTP + "undionly.kpxe");
    NetbootSettings never = settings().chainload(Chainload.NEVER).build();
    assertThat(choose(silent, never).kind()).isEqualTo(Kind.SCRIPT);
  }

  @Test
  void scriptThatNeedsNoHttpIsGivenToEveryIpxe() {
    NetbootSettings settings =
        settings()
            .bootFiles(BootFiles.STOCK)
            .scriptBaseUrl(URI.create("tftp://10.0.0.6/auto.ipxe"))
            .build();
    DhcpMessage rom =
        captured("bios-ipxe-rom-discover").toBuilder().setRaw(175, hex("eb03010000150101")).build();

    assertThat(choose(rom, settings).kind()).isEqualTo(Kind.SCRIPT);
  }

  @Test
  void ipxeWithoutTlsIsToldTheHttpsUrlRatherThanToLoop() {
    NetbootSettings settings =
        settings()
            .bootFiles(BootFiles.STOCK)
            .scriptBaseUrl(URI.create("https://10.0.0.8/auto.ipxe"))
            .build();

    assertThat(choose(captured("bios-ipxe-rom-discover"), settings).file())
        .isEqualTo("https://10.0.0.8/52:54:00:77:00:01/auto.ipxe");
  }

  @Test
  void unknownUserClassOfIpxeCountsAsIpxe() {
    DhcpMessage own =
        captured("ipxe-efi-x64-2026-discover").toBuilder().setRaw(77, hex("4f776e")).build();

    assertThat(choose(own, settings().bootFiles(BootFiles.STOCK).build()).kind())
        .isEqualTo(Kind.SCRIPT);
    assertThat(choose(own, settings().build()).file()).isEqualTo(TFTP + "ipxe.efi");
    assertThat(choose(own, settings().referenceParity(true).build()).file()).isEqualTo("ipxe.efi");
    assertThat(choose(own, settings().customUserClass("Own").build()).kind())
        .isEqualTo(Kind.SCRIPT);
  }

  @Test
  void ipxeOfAnArchitectureWithoutFileIsGivenTheScript() {
    DhcpMessage riscv =
        captured("ipxe-efi-x64-2026-discover").toBuilder().setRaw(93, hex("001b")).build();

    assertThat(choose(riscv, settings().build()).kind()).isEqualTo(Kind.SCRIPT);
    assertThat(choose(riscv, settings().chainload(Chainload.ALWAYS).build()).kind())
        .isEqualTo(Kind.NONE);
    assertThat(choose(riscv, settings().referenceParity(true).build()).kind())
        .isEqualTo(Kind.REFUSED);
  }

  @Test
  void eachFileIsAskedForByItsName() {
    NetbootSettings settings = settings().bootFiles(name -> name.equals("own.efi")).build();
    DhcpMessage ipxe = captured("ipxe-efi-x64-2026-discover");
    HardwareRecord own =
        hardware(Netboot.builder().allowed(true).ipxeBinary("sub/own.efi").build());

    assertThat(choose(ipxe, settings).kind()).isEqualTo(Kind.SCRIPT);
    assertThat(BootDecision.forRecord(PxeClient.of(ipxe), own, settings).file())
        .isEqualTo(TFTP + "sub/own.efi");
  }

  @Test
  void recordsScriptWinsAndIsUsedAsItIs() {
    HardwareRecord own =
        hardware(
            Netboot.builder()
                .allowed(true)
                .ipxeScriptUrl(URI.create("https://boot.example:443//x.ipxe"))
                .build());
    DhcpMessage shipped = captured("tinkerbell-shipped-ipxe-efi-discover");

    assertThat(BootDecision.forRecord(PxeClient.of(shipped), own, settings().build()).file())
        .isEqualTo("https://boot.example:443//x.ipxe");
  }

  @Test
  void missingScriptIsSaid() {
    NetbootSettings settings = NetbootSettings.builder(Fixtures.PACKET_IP).build();

    assertThat(choose(captured("tinkerbell-shipped-ipxe-efi-discover"), settings).file())
        .isEqualTo("/no-ipxe-script-defined");
  }

  @Test
  void machineThatMayNotBootIsRefusedInEveryStage() {
    HardwareRecord denied = hardware(Netboot.builder().allowed(false).build());
    for (String name :
        new String[] {"edk2-x64-pxe", "bios-ipxe-rom", "tinkerbell-shipped-undionly"}) {
      NetbootSettings settings = settings().chainload(Chainload.NEVER).build();
      BootFileChoice choice =
          BootDecision.forRecord(PxeClient.of(captured(name + "-discover")), denied, settings);

      assertThat(choice.kind()).isEqualTo(Kind.REFUSED);
      assertThat(choice.file()).isEqualTo("/netboot-not-allowed");
    }
  }
}
