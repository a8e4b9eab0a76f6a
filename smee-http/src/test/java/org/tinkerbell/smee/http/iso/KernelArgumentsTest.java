// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.http.iso.IsoMachines.address;
import static org.tinkerbell.smee.http.iso.IsoMachines.facility;
import static org.tinkerbell.smee.http.iso.IsoMachines.machine;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.http.ipxe.IpxeScriptSettings;

class KernelArgumentsTest {
  private static final MacAddress B = MacAddress.parse(IsoMachines.B);
  private static final String CONSOLES =
      "console=ttyAMA0 console=ttyS0 console=tty0 console=tty1 console=ttyS1";

  @Test
  @DisplayName("I1: everything, in the order of the specification")
  void everything() {
    KernelArguments arguments = new KernelArguments(IsoMachines.settings().build(), true);
    String text =
        arguments.of(
            HardwareRecord.of(IsoMachines.recordA(), facility("onprem")),
            MacAddress.parse(IsoMachines.A));
    assertThat(text).isEqualTo(IsoMachines.PATCH_A).hasSize(391);
  }

  @Test
  @DisplayName("I23: no VLAN, no extra arguments, no blanks too many")
  void littleOnRecord() {
    IpxeScriptSettings settings =
        IpxeScriptSettings.builder()
            .syslogHost("127.0.0.1:514")
            .tinkServer("127.0.0.1:42113")
            .build();
    assertThat(
            new KernelArguments(settings, false)
                .of(HardwareRecord.of(machine(IsoMachines.B).build(), facility("test")), B))
        .isEqualTo(
            "facility=test "
                + CONSOLES
                + " hw_addr=de:ed:be:ef:fe:ed syslog_host=127.0.0.1:514"
                + " grpc_authority=127.0.0.1:42113 tinkerbell_tls=false"
                + " tinkerbell_insecure_tls=false worker_id=de:ed:be:ef:fe:ed");
  }

  @Test
  @DisplayName("I24: an ipam token that HookOS would stop at is left out")
  void incompleteIpamIsLeftOut() {
    Reservation reservation = machine(IsoMachines.B).vlanId("400").build();
    assertThat(of(reservation, "test"))
        .startsWith("facility=test " + CONSOLES + " vlan_id=400 hw_addr=de:ed:be:ef:fe:ed ")
        .endsWith(" k=v k2=v2");
    assertThat(KernelArguments.ipam(reservation, B)).isEmpty();
  }

  @Test
  @DisplayName("I25: consoles in the facility code take the place of the default ones")
  void consolesOfTheFacility() {
    assertThat(of(machine(IsoMachines.B).build(), "onprem console=ttyS2"))
        .startsWith("facility=onprem console=ttyS2 hw_addr=")
        .doesNotContain("ttyAMA0");
  }

  @Test
  @DisplayName("I26: without a facility there are only the default consoles")
  void noFacility() {
    assertThat(of(machine(IsoMachines.B).build(), "")).startsWith(CONSOLES + " hw_addr=");
  }

  @Test
  void recordWithoutNetbootDataGetsTheDefaultConsoles() {
    KernelArguments arguments = new KernelArguments(IsoMachines.settings().build(), true);
    assertThat(arguments.of(HardwareRecord.of(machine(IsoMachines.B).build()), B))
        .startsWith(CONSOLES + " hw_addr=");
  }

  @Test
  @DisplayName("I28: every field of the ipam token")
  void wholeIpam() {
    Reservation reservation =
        machine(IsoMachines.B)
            .vlanId("400")
            .ipAddress(address("127.0.0.1"))
            .subnetMask((Inet4Address) address("255.255.255.0"))
            .defaultGateway(address("127.0.0.2"))
            .hostname("myhost")
            .nameServers(List.of(address("1.1.1.1"), address("4.4.4.4")))
            .domainSearch(List.of("example.com", "example.org"))
            .ntpServers(List.of(address("129.6.15.28"), address("129.6.15.29")))
            .build();
    assertThat(KernelArguments.ipam(reservation, B))
        .contains(
            "ipam=de-ed-be-ef-fe-ed:400:127.0.0.1:255.255.255.0:127.0.0.2:myhost:"
                + "1.1.1.1,4.4.4.4:example.com,example.org:129.6.15.28,129.6.15.29");
  }

  @Test
  @DisplayName("I29: IPv6 addresses, whose colons would divide the token, are left out")
  void noIpv6InIpam() {
    Reservation reservation =
        machine(IsoMachines.B)
            .ipAddress(address("127.0.0.1"))
            .subnetMask((Inet4Address) address("255.255.255.0"))
            .nameServers(List.of(address("2001:db8::1"), address("1.1.1.1")))
            .domainName("example.net")
            .build();
    assertThat(KernelArguments.ipam(reservation, B))
        .contains("ipam=de-ed-be-ef-fe-ed::127.0.0.1:255.255.255.0:::1.1.1.1:example.net:");
  }

  @Test
  void agentIdAndKernelParametersOfTheRecordAreUsed() {
    Netboot netboot =
        Netboot.builder()
            .allowed(true)
            .osie(new Osie(Optional.empty(), Optional.empty(), Optional.empty(), List.of("z=1")))
            .build();
    HardwareRecord hardware =
        new HardwareRecord(
            IsoMachines.recordA(), Optional.of(netboot), Optional.of("w1"), Optional.empty());
    assertThat(new KernelArguments(IsoMachines.settings().build(), true).of(hardware, B))
        .contains(" worker_id=w1 k=v k2=v2 z=1 ipam=");
  }

  private static String of(Reservation reservation, String facility) {
    KernelArguments arguments = new KernelArguments(IsoMachines.settings().build(), true);
    return arguments.of(HardwareRecord.of(reservation, facility(facility)), B);
  }
}
