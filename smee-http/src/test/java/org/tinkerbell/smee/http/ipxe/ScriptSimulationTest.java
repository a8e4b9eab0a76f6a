// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/** Runs the scripts, rather than reading them. */
class ScriptSimulationTest {

  private static String script(int retries, boolean known) {
    IpxeScriptSettings settings =
        Machines.settings()
            .retries(retries)
            .retryDelay(Duration.ofSeconds(3))
            .staticScripts(true)
            .build();
    LookupResult lookup =
        known ? LookupResult.found(new Machines().main()) : LookupResult.notFound();
    return ((ScriptDecision.Served) IpxeScripts.of(settings).decide(lookup)).script();
  }

  /** A machine on which a command fails so many times. */
  private static IpxeInterpreter machine(String failing, int times) {
    AtomicInteger left = new AtomicInteger(times);
    IpxeInterpreter ipxe =
        new IpxeInterpreter(command -> !command.startsWith(failing) || left.getAndDecrement() <= 0);
    ipxe.settings.put("buildarch", "arm64");
    ipxe.settings.put("mac", Machines.MAIN);
    return ipxe;
  }

  private static long count(IpxeInterpreter ipxe, String command) {
    return ipxe.outside.stream().filter(c -> c.startsWith(command)).count();
  }

  @ParameterizedTest(name = "H38: {0} fails {1} times, {2} retries: {3} tries")
  @CsvSource({
    "kernel, 2, 1, 2, kernel-error",
    "kernel, 2, 2, 3, ''",
    "kernel, 1, 0, 1, kernel-error",
    "kernel, 0, 0, 1, ''",
    "initrd, 2, 1, 2, initrd-error",
    "initrd, 2, 2, 3, ''",
    "boot, 9, 0, 1, boot-error",
    "boot, 9, 3, 4, boot-error",
    "boot, 1, 3, 2, ''",
  })
  void stageIsTriedOnceMoreThanItIsRetried(
      String stage, int failures, int retries, int tries, String error) {
    for (boolean known : new boolean[] {true, false}) {
      IpxeInterpreter ipxe = machine(stage, failures);
      assertThat(ipxe.run(script(retries, known))).isTrue();
      assertThat(count(ipxe, stage)).isEqualTo(tries);
      assertThat(count(ipxe, "sleep 3")).isEqualTo(error.isEmpty() ? failures : retries);
      if (!error.isEmpty()) {
        assertThat(ipxe.labels).endsWith(error);
      } else {
        assertThat(ipxe.labels).contains("download_initrd", "boot");
      }
    }
  }

  @Test
  void hookScriptLoadsWhatTheRecordSays() {
    IpxeInterpreter ipxe = machine("none", 0);
    ipxe.run(script(0, true));
    assertThat(ipxe.outside.get(0))
        .startsWith("kernel http://127.0.0.1:9999/hook/vmlinuz-x86_64 vlan_id=30 facility=onprem ")
        .contains(" initrd=initramfs-x86_64 ")
        .endsWith(" k=v k2=v2");
    assertThat(ipxe.outside.get(1)).isEqualTo("initrd http://127.0.0.1:9999/hook/initramfs-x86_64");
    assertThat(ipxe.outside.get(2)).isEqualTo("boot");
    assertThat(ipxe.settings).containsEntry("syslog", "192.168.2.1").doesNotContainKey("check");
  }

  @ParameterizedTest
  @CsvSource({"i386, x86_64", "x86_64, x86_64", "arm32, aarch64", "arm64, aarch64"})
  void staticScriptMapsTheArchitecture(String built, String served) {
    IpxeInterpreter ipxe = machine("none", 0);
    ipxe.settings.put("buildarch", built);
    ipxe.run(script(0, false));
    assertThat(ipxe.outside.get(0))
        .startsWith("kernel http://127.0.0.1:9999/hook/vmlinuz-" + served + " ")
        .contains(" worker_id=" + Machines.MAIN + " hw_addr=" + Machines.MAIN + " ")
        .contains(" grpc_authority=192.168.2.1:42113 ");
    assertThat(ipxe.screen).contains("syslog_host=192.168.2.1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void syslogHostMayBeANameThatIsNotFound(boolean found) {
    IpxeScriptSettings settings =
        Machines.settings().syslogHost("logs.example.org").staticScripts(true).build();
    IpxeInterpreter ipxe = machine("nslookup", found ? 0 : 1);
    String script =
        ((ScriptDecision.Served) IpxeScripts.of(settings).decide(LookupResult.notFound())).script();
    assertThat(ipxe.run(script)).isTrue();
    assertThat(ipxe.outside).contains("nslookup syslog logs.example.org", "boot");
    assertThat(ipxe.screen.stream().anyMatch(s -> s.contains("no address known")))
        .isEqualTo(!found);
  }

  @ParameterizedTest(name = "address before: {0}, DHCP fails {1}, script fails {2}")
  @CsvSource({
    "true, 0, 0, 0",
    "false, 0, 0, 1",
    "true, 0, 1, 1",
    "false, 2, 0, 3",
    "false, 1, 2, 4"
  })
  void autoexecScriptGetsAnAddressAndGoesOn(
      boolean address, int dhcpFailures, int chainFailures, int dhcps) {
    AtomicInteger dhcp = new AtomicInteger(dhcpFailures);
    AtomicInteger chain = new AtomicInteger(chainFailures);
    IpxeInterpreter ipxe =
        new IpxeInterpreter(
            command ->
                command.startsWith("dhcp")
                    ? dhcp.getAndDecrement() <= 0
                    : !command.startsWith("chain") || chain.getAndDecrement() <= 0);
    if (address) {
      ipxe.settings.put("ip", "192.168.2.153");
    }
    ipxe.settings.put("net0/mac", Machines.MAIN);
    AutoexecScript autoexec =
        AutoexecScript.of(URI.create("http://192.168.2.1:8080/auto.ipxe"), true);
    assertThat(ipxe.run(autoexec.forAnyMachine())).isTrue();
    assertThat(count(ipxe, "dhcp")).isEqualTo(dhcps);
    assertThat(ipxe.outside.get(ipxe.outside.size() - 1))
        .isEqualTo(
            "chain --replace --autofree http://192.168.2.1:8080/" + Machines.MAIN + "/auto.ipxe");
    assertThat(ipxe.settings).containsEntry("user-class", "Tinkerbell");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dhcp", "chain"})
  void autoexecScriptGivesUpAndHandsBack(String failing) {
    IpxeInterpreter ipxe = machine(failing, Integer.MAX_VALUE);
    ipxe.settings.put("ip", "192.168.2.153");
    AutoexecScript autoexec = AutoexecScript.of(URI.create("http://h/auto.ipxe"), true);
    boolean chains = failing.equals("chain");
    if (!chains) {
      ipxe.settings.remove("ip");
    }
    assertThat(ipxe.run(autoexec.forMachine(MacAddress.parse(Machines.MAIN)))).isTrue();
    assertThat(count(ipxe, "dhcp")).isEqualTo(AutoexecScript.TRIES);
    assertThat(count(ipxe, "chain")).isEqualTo(chains ? AutoexecScript.TRIES + 1 : 0);
    assertThat(ipxe.screen.get(ipxe.screen.size() - 1)).contains("back to the firmware");
  }

  @Test
  void embeddedScriptBootsFromTheInterfaceOfTheFirmware() {
    IpxeInterpreter ipxe = machine("prompt", 1);
    ipxe.settings.put("net3/ip", "192.168.2.153");
    assertThat(ipxe.run(EmbeddedScript.text())).isTrue();
    assertThat(ipxe.outside.subList(1, 3)).containsExactly("dhcp net3", "autoboot net3");
    assertThat(ipxe.settings).containsEntry("user-class", "Tinkerbell");
    assertThat(ipxe.outside.get(0)).contains("--key 0x02").contains("--timeout 2000");
  }

  @ParameterizedTest(name = "DHCP fails {0} times: {1} tries")
  @CsvSource({"0, 1", "3, 4", "100, 10"})
  void embeddedScriptTriesAllInterfacesTenTimesAndBootsAllTheSame(int failures, int tries) {
    AtomicInteger left = new AtomicInteger(failures);
    IpxeInterpreter ipxe =
        new IpxeInterpreter(
            c ->
                c.startsWith("dhcp")
                    ? left.getAndDecrement() <= 0
                    : !c.startsWith("prompt") && !c.startsWith("autoboot"));
    assertThat(ipxe.run(EmbeddedScript.text())).isTrue();
    assertThat(count(ipxe, "dhcp")).isEqualTo(tries);
    assertThat(ipxe.outside).endsWith("autoboot");
    assertThat(ipxe.screen.get(ipxe.screen.size() - 1)).contains("back to the firmware");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void embeddedScriptUsesTheVlanOfTheFirmware(boolean present) {
    IpxeInterpreter ipxe = machine("prompt", 1);
    ipxe.settings.put("43.116:string", "30");
    ipxe.settings.put("net0/ip", "192.168.2.153");
    if (present) {
      ipxe.settings.put("net1-30/ip", "192.168.30.5");
    }
    assertThat(ipxe.run(EmbeddedScript.text())).isTrue();
    assertThat(ipxe.outside.get(1)).isEqualTo(present ? "autoboot net1-30" : "shell");
    assertThat(count(ipxe, "dhcp")).isZero();
  }

  @Test
  void keyPressedInTimeOpensTheShell() {
    IpxeInterpreter ipxe = machine("none", 0);
    ipxe.run(EmbeddedScript.text());
    assertThat(ipxe.outside.subList(0, 2)).last().isEqualTo("shell");
  }

  @Test
  void patchRunsBeforeAnyDhcp() {
    byte[] image = EmbeddedScript.text().getBytes(StandardCharsets.US_ASCII);
    byte[] patched = IpxePatch.apply(image, "set a b\necho hi");
    IpxeInterpreter ipxe = machine("prompt", 1);
    ipxe.run(new String(patched, StandardCharsets.US_ASCII));
    assertThat(ipxe.settings).containsEntry("a", "b");
    assertThat(ipxe.screen).contains("hi");
    assertThat(List.of(EmbeddedScript.text().split("\n")))
        .as("the two lines are alone")
        .contains(new String(IpxePatch.marker(), StandardCharsets.US_ASCII).split("\n"));
  }
}
