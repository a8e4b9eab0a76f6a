// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.Reservation;

class IpxeScriptsTest {
  private static final MacAddress MAC = MacAddress.parse("3c:ec:ef:4c:4f:54");

  private static ScriptDecision decide(
      IpxeScriptSettings.Builder settings, Reservation.Builder reservation, Netboot.Builder n) {
    HardwareRecord hardware = HardwareRecord.of(reservation.build(), n.allowed(true).build());
    return IpxeScripts.of(settings.build()).decide(LookupResult.found(hardware));
  }

  private static String hook(Reservation.Builder reservation, Netboot.Builder netboot) {
    return script(decide(Machines.settings(), reservation, netboot));
  }

  private static String script(ScriptDecision decision) {
    assertThat(decision).isInstanceOf(ScriptDecision.Served.class);
    return ((ScriptDecision.Served) decision).script();
  }

  private static Reservation.Builder machine() {
    return Reservation.builder(MAC);
  }

  @Test
  void h36StaticScriptHasItsArguments() {
    IpxeScriptSettings settings =
        Machines.settings()
            .osieUrl("http://127.0.0.1")
            .syslogHost("127.1.1.1")
            .tinkServer("127.0.0.1:42113")
            .retries(3)
            .staticScripts(true)
            .build();
    ScriptDecision decision = IpxeScripts.of(settings).decide(LookupResult.notFound(), MAC, "");
    String script = script(decision);
    assertThat(Machines.kernelTokens(script))
        .containsExactly(
            ("syslog_host=${syslog_host} grpc_authority=${grpc_authority}"
                    + " tinkerbell_tls=${tinkerbell_tls} tinkerbell_insecure_tls=false"
                    + " worker_id=${worker_id} hw_addr=${mac} console=tty1 console=tty2"
                    + " console=ttyAMA0,115200 console=ttyAMA1,115200 console=ttyS0,115200"
                    + " console=ttyS1,115200 intel_iommu=on iommu=pt initrd=${initrd} k=v k2=v2")
                .split(" "));
    assertThat(script)
        .startsWith("#!ipxe\n")
        .containsSubsequence(
            "set arch ${buildarch}\n",
            "iseq ${arch} i386 && set arch x86_64 ||\n",
            "iseq ${arch} arm32 && set arch aarch64 ||\n",
            "iseq ${arch} arm64 && set arch aarch64 ||\n",
            "set download-url http://127.0.0.1\n",
            "set kernel vmlinuz-${arch}\n",
            "set initrd initramfs-${arch}\n",
            "set retries:int32 3\n",
            "set retry_delay:int32 2\n",
            "set worker_id ${mac}\n",
            "set grpc_authority 127.0.0.1:42113\n",
            "set syslog_host 127.1.1.1\n",
            "set tinkerbell_tls false\n");
    assertThat(decision.reason()).isEqualTo(ScriptReason.UNKNOWN_HARDWARE);
    assertThat(decision.macAddress()).contains(MAC);
  }

  @Test
  void h37AgentIdAndTlsAreTaken() {
    HardwareRecord hardware =
        new HardwareRecord(
            machine().vlanId("16").build(),
            Optional.of(Netboot.builder().allowed(true).facility("onprem").build()),
            Optional.of("w1"),
            Optional.empty());
    IpxeScriptSettings settings =
        IpxeScriptSettings.builder()
            .syslogHost("10.0.0.2")
            .tinkServer("10.0.0.2:42113")
            .tinkServerTls(true)
            .extraKernelArgs(List.of("a=1", "b=2"))
            .retries(1)
            .retryDelay(Duration.ofSeconds(1))
            .build();
    String script = script(IpxeScripts.of(settings).decide(LookupResult.found(hardware)));
    assertThat(Machines.kernelTokens(script))
        .containsExactly(
            ("vlan_id=16 facility=onprem syslog_host=10.0.0.2 grpc_authority=10.0.0.2:42113"
                    + " tinkerbell_tls=true tinkerbell_insecure_tls=false worker_id=w1"
                    + " hw_addr=3c:ec:ef:4c:4f:54 modules=loop,squashfs,sd-mod,usb-storage"
                    + " intel_iommu=on iommu=pt initrd=${initrd} console=tty0"
                    + " console=ttyS1,115200 a=1 b=2")
                .split(" "));
  }

  @Test
  void h39OwnKernelAndInitrdAreUsed() {
    Osie osie =
        new Osie(
            Optional.of(URI.create("http://h/x")),
            Optional.of("vmlinuz-6-custom"),
            Optional.of("dir/i.img"),
            List.of("last=1"));
    String script = hook(machine(), Netboot.builder().osie(osie));
    assertThat(script)
        .contains("\nset download-url http://h/x\n")
        .contains("\nset kernel vmlinuz-6-custom\n")
        .contains("\nset initrd dir/i.img\n");
    assertThat(Machines.kernelTokens(script))
        .contains("initrd=i.img")
        .endsWith("k=v", "k2=v2", "last=1");
  }

  @Test
  void h40EmptyArchitectureIsX86() {
    assertThat(hook(machine(), Netboot.builder())).contains("\nset arch x86_64\n");
  }

  @Test
  void h41TraceIdFollowsTheProgressLine() {
    LookupResult found = LookupResult.found(new Machines().main());
    IpxeScripts scripts = IpxeScripts.of(Machines.settings().build());
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    String traced = script(scripts.decide(found, MAC, id));
    List<String> lines = traced.lines().toList();
    int at = lines.indexOf("echo Debug TraceID: " + id);
    assertThat(lines.get(at - 1)).startsWith("echo Smee: loading");
    assertThat(script(scripts.decide(found))).doesNotContain("TraceID");
  }

  @Test
  void valuesThatAreNotThereLeaveTheirArgumentsEmpty() {
    String script = script(decide(IpxeScriptSettings.builder(), machine(), Netboot.builder()));
    assertThat(Machines.kernelTokens(script))
        .startsWith("facility=", "syslog_host=", "grpc_authority=", "tinkerbell_tls=false")
        .noneMatch(t -> t.startsWith("vlan_id"));
    assertThat(script).doesNotContain("nslookup", "set syslog", "{{", "}}");
  }

  @Test
  void globalNamesGetTheArchitecture() {
    IpxeScriptSettings.Builder settings =
        Machines.settings().kernelName("k").initrdName("sub/i").osieUrl("http://h/");
    String script = script(decide(settings, machine(), Netboot.builder()));
    assertThat(script)
        .contains("\nset kernel k-${arch}\n", "\nset initrd sub/i-${arch}\n")
        .contains("\nset download-url http://h\n");
    assertThat(Machines.kernelTokens(script)).contains("initrd=i-${arch}");
  }

  @Test
  void emptyExtraArgumentsAreDropped() {
    assertThat(IpxeScriptSettings.builder().extraKernelArgs(List.of("", "a", "")).build())
        .extracting(IpxeScriptSettings::extraKernelArgs)
        .isEqualTo(List.of("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nshell", "a\rshell", "a\0b", "a\\", "a\\  "})
  void valueThatWouldLeaveItsLineIsRefused(String value) {
    List<ScriptDecision> decisions =
        List.of(
            decide(Machines.settings(), machine().arch(value), Netboot.builder()),
            decide(Machines.settings(), machine().vlanId(value), Netboot.builder()),
            decide(Machines.settings(), machine(), Netboot.builder().facility(value)),
            decide(
                Machines.settings(),
                machine(),
                Netboot.builder()
                    .osie(
                        new Osie(
                            Optional.empty(), Optional.of(value), Optional.empty(), List.of()))),
            decide(
                Machines.settings(),
                machine(),
                Netboot.builder()
                    .osie(
                        new Osie(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(value)))));
    assertThat(decisions)
        .allSatisfy(
            d -> {
              assertThat(d).isInstanceOf(ScriptDecision.Refused.class);
              assertThat(d.reason()).isEqualTo(ScriptReason.INVALID_VALUE);
              assertThat(d.detail()).doesNotContain("\n", "\r");
            });
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpxeScriptSettings.builder().osieUrl(value).build())
        .withMessageStartingWith("osieUrl");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IpxeScriptSettings.builder().extraKernelArgs(List.of(value)).build());
  }

  @Test
  void settingsOfIpxeInValuesAreKept() {
    assertThat(hook(machine(), Netboot.builder().facility("f x=${net0/mac}")))
        .contains("facility=f x=${net0/mac} \\\n");
  }

  @ParameterizedTest
  @CsvSource({"http://h/a?b=${mac}&c, false", "http://h/a?b&c, true", "HTTPS://h, true"})
  void scriptUrlIsPrintedAsItIs(String text, boolean valid) {
    if (valid) {
      String script = hook(machine(), Netboot.builder().ipxeScriptUrl(URI.create(text)));
      assertThat(script).endsWith("\nchain --autofree " + text + "\n");
    } else {
      assertThatIllegalArgumentException().isThrownBy(() -> URI.create(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/y", "/path", "http:opaque", "http:///x"})
  void otherScriptUrlsAreRefused(String url) {
    ScriptDecision decision =
        decide(
            Machines.settings(),
            machine(),
            Netboot.builder().ipxeScriptUrl(URI.create(url)).ipxeScript("#!ipxe"));
    assertThat(decision.reason()).isEqualTo(ScriptReason.INVALID_SCRIPT_URL);
    assertThat(decision.reason().status()).isEqualTo(500);
  }

  @Test
  void outageIsNeverAnsweredWithTheStaticScript() {
    IpxeScripts scripts = IpxeScripts.of(Machines.settings().staticScripts(true).build());
    assertThat(scripts.decide(new LookupResult.Failed("down")).reason())
        .isEqualTo(ScriptReason.BACKEND_FAILED);
    assertThat(scripts.decide(new LookupResult.Unusable("x")))
        .isInstanceOf(ScriptDecision.Served.class)
        .extracting(ScriptDecision::reason)
        .isEqualTo(ScriptReason.UNUSABLE_RECORD);
    assertThat(scripts.decide(LookupResult.found(HardwareRecord.of(machine().build()))))
        .isInstanceOf(ScriptDecision.Served.class)
        .extracting(ScriptDecision::reason)
        .isEqualTo(ScriptReason.NO_NETBOOT_DATA);
  }

  @ParameterizedTest
  @EnumSource(ScriptReason.class)
  void refusalsAreScriptsThatHandBack(ScriptReason reason) {
    IpxeInterpreter ipxe = new IpxeInterpreter(command -> false);
    assertThat(ipxe.run(IpxeScripts.refusal(reason))).isTrue();
    assertThat(ipxe.outside).isEmpty();
    assertThat(ipxe.screen.get(0)).contains(reason.text());
    assertThat(reason.token()).matches("[a-z-]+");
  }

  @Test
  void textOfDecisionsDoesNotShowTheScript() {
    ScriptDecision decision = decide(Machines.settings(), machine(), Netboot.builder());
    assertThat(decision).hasToString("Served[hook, known-hardware]");
  }
}
