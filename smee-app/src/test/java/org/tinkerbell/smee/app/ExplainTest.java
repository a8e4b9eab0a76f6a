// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.MacAddress;

class ExplainTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws Exception {
    Files.writeString(
        folder.resolve("hardware.yaml"),
        """
        02:00:00:00:00:01:
          ipAddress: 192.168.2.10
          subnetMask: 255.255.255.0
          hostname: machine-1
          netboot: {allowPxe: true}
        02:00:00:00:00:02:
          ipAddress: 192.168.2.11
          subnetMask: 255.255.255.0
          netboot: {allowPxe: false}
        """);
    Files.write(folder.resolve("ipxe.efi"), BootFileCatalogTest.efi(0x8664, ""));
  }

  private String explain(String mac, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-backend-file-path=" + folder.resolve("hardware.yaml"),
                "-ipxe-dir=" + folder,
                "-osie-url=http://192.0.2.2/hook"));
    arguments.addAll(List.of(more));
    FlagParser parser = new FlagParser(FlagTable.of("192.0.2.2", RunningSmee.BACKENDS));
    ConfigReader reader = new ConfigReader(parser.parse(arguments, Map.of()), RunningSmee.BACKENDS);
    Config config = reader.read();
    assertThat(reader.problems()).isEmpty();
    Config.BackendChoice choice = config.backend().orElseThrow();
    try (Backend records = choice.provider().create(choice.settings(), new BackendLog())) {
      return String.join(
          "\n",
          Explain.machine(
              config,
              records,
              BootFileCatalog.load(config.ipxeDir(), config.ipxePatch()),
              MacAddress.parse(mac)));
    }
  }

  @Test
  void aMachineThatBoots() {
    assertThat(explain("02:00:00:00:00:01"))
        .contains("hardware record             192.168.2.10, machine-1, netboot allowed")
        .containsPattern("x86-64 UEFI firmware +OFFER 192.168.2.10, ipxe.efi \\(")
        .containsPattern("BIOS firmware +OFFER 192.168.2.10, undionly.kpxe \\[no such file in ")
        .containsPattern("UEFI HTTP boot +OFFER 192.168.2.10, http://192.0.2.2:8080/ipxe/")
        .containsPattern("stock iPXE +OFFER .*http://192.0.2.2:8080/02:00:00:00:00:01/auto.ipxe")
        .containsPattern("Smee's script +OFFER .*http://192.0.2.2:8080/02:00:00:00:00:01/auto.ipxe")
        .containsPattern("script +status 200, ");
  }

  @Test
  void aMachineThatIsNotKnown() {
    assertThat(explain("02:00:00:00:00:09"))
        .contains("none for 02:00:00:00:00:09")
        .containsPattern("UEFI firmware +silence: unknown-hardware")
        .containsPattern("script +status 404, ");
  }

  @Test
  void aMachineThatMayNotBoot() {
    assertThat(explain("02:00:00:00:00:02"))
        .contains("netboot not allowed")
        .containsPattern("UEFI firmware +OFFER 192.168.2.11, /netboot-not-allowed");
  }

  @Test
  void whatIsSwitchedOff() {
    assertThat(explain("02:00:00:00:00:01", "-dhcp-enabled=false"))
        .containsPattern("DHCP +switched off");
    assertThat(explain("02:00:00:00:00:01", "-http-ipxe-script-enabled=false"))
        .containsPattern("script +switched off");
  }
}
