// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Boots virtual machines with empty disks from the packaged program, from firmware to a kernel that
 * prints the command line it was given. The script says what it needs if something is missing; that
 * is a failure, not a skip.
 */
@Tag("boot")
class BootIT {

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"bios", "uefi", "uefi-http"})
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void machineBootsFromFirmwareToKernel(String firmware) throws Exception {
    Boot boot = boot(firmware, firmware);
    assertThat(boot.console).contains("address=192.168.77.10/").contains("hostname=machine-1");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"proxy, uefi", "auto-proxy, bios"})
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void machineBootsBesideTheServerThatGivesTheAddresses(String mode, String firmware)
      throws Exception {
    Boot boot = boot(mode + "-" + firmware, firmware, "--mode", mode);
    assertThat(boot.console).contains("address=192.168.77.20/").contains("hostname=leased-1");
    assertThat(boot.responses()).isNotEmpty().allMatch(line -> line.contains("\"type\":\"OFFER\""));
    assertThat(boot.log).contains("\"reason\":\"other-server-selected\"");
  }

  /** Firmware asks from port 4011, and iPXE after it from port 68. */
  @Test
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void machineAsksAtPort4011WhereAnotherServerOfTheHostHasPort67() throws Exception {
    Boot boot = boot("proxy-uefi-4011", "uefi", "--mode", "proxy", "--port-4011");
    assertThat(boot.console).contains("address=192.168.77.20/").contains("hostname=leased-1");
    assertThat(boot.responses()).isNotEmpty().allMatch(line -> line.contains("\"type\":\"ACK\""));
  }

  /** The collector's tree of the boot is in {@code docs/how-to/trace.md}. */
  @Test
  @Timeout(value = 4, unit = TimeUnit.MINUTES)
  void oneBootIsOneTrace() throws Exception {
    Path file = Path.of("target/boot/traced-uefi/trace.txt").toAbsolutePath();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    boot(
        "traced-uefi",
        "uefi",
        "--beside",
        "'%s' -cp '%s' %s 127.0.0.1 4317 '%s'"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                classPath,
                OtlpCollector.class.getName(),
                file),
        "--",
        "-otel-endpoint=127.0.0.1:4317");
    String trace = Files.readString(file);
    String id = trace.lines().findFirst().orElseThrow();
    assertThat(id).startsWith("trace ");
    int next = trace.indexOf("\ntrace ");
    assertThat(next < 0 ? trace : trace.substring(0, next))
        .containsPattern("TFTP get filename=ipxe.efi .*joined_by=file-name")
        .containsPattern("smee-http .*url.path=/52:54:00:77:00:01/auto.ipxe .*joined_by=mac");
  }

  /** What a boot left behind. */
  private record Boot(String console, String log) {

    /** Returns the lines about DHCP replies. */
    List<String> responses() {
      return log.lines().filter(line -> line.contains("\"msg\":\"sent DHCP response\"")).toList();
    }
  }

  /** Boots, and checks what holds for every boot. */
  private static Boot boot(String name, String firmware, String... more) throws Exception {
    Path out = Path.of("target/boot", name);
    Files.createDirectories(out);
    Path report = out.resolve("boot.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                "src/test/boot/boot.sh",
                "--firmware",
                firmware,
                "--smee",
                "target/smee",
                "--out",
                out.toString(),
                "--timeout",
                "180"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(report.toFile())
            .start();
    process.getOutputStream().close();
    int status = process.waitFor();
    assertThat(status).as(Files.readString(report)).isZero();

    String console = Files.readString(out.resolve("serial.log"), StandardCharsets.ISO_8859_1);
    assertThat(console).contains("SMEE-BOOT-OK");
    assertThat(console)
        .containsPattern(
            "SMEE-BOOT-CMDLINE .*worker_id=52:54:00:77:00:01 hw_addr=52:54:00:77:00:01 .*");

    String log = Files.readString(out.resolve("smee.log"));
    assertThat(log).contains("\"msg\":\"sent DHCP response\"");
    assertThat(log).contains("/52:54:00:77:00:01/auto.ipxe");
    if (firmware.equals("uefi")) {
      assertThat(log).contains("\"bootFileName\":\"ipxe.efi");
    }
    if (firmware.equals("uefi-http")) {
      String url = "http://192.168.77.1:8080/ipxe/52:54:00:77:00:01/ipxe.efi";
      assertThat(log).contains("\"bootFileName\":\"" + url + "\"");
      // The firmware asks for the length before it asks for the file.
      assertThat(log).contains("\"method\":\"HEAD\"");
    }
    assertThat(log).as("what a real machine logs reaches the log").contains("smee-boot");
    // A stock binary must not go round: it is served once, or not at all.
    assertThat(log.lines())
        .filteredOn(line -> line.contains("\"msg\":\"file served\""))
        .filteredOn(line -> line.contains("\"filename\":\"ipxe.efi\""))
        .hasSize(firmware.equals("uefi") ? 1 : 0);
    return new Boot(console, log);
  }
}
