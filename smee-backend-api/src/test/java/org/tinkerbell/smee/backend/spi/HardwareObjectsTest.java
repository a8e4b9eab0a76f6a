// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.spi.Tree.h1;
import static org.tinkerbell.smee.backend.spi.Tree.h1Interface;
import static org.tinkerbell.smee.backend.spi.Tree.h1With;
import static org.tinkerbell.smee.backend.spi.Tree.hardware;
import static org.tinkerbell.smee.backend.spi.Tree.list;
import static org.tinkerbell.smee.backend.spi.Tree.map;
import static org.tinkerbell.smee.backend.spi.Tree.set;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Conversion;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Problem;

class HardwareObjectsTest {
  private static final MacAddress MAC = MacAddress.parse("3c:ec:ef:4c:4f:54");

  private static HardwareRecord only(Map<String, ?> hardware) {
    Conversion conversion = HardwareObjects.convert(hardware);
    assertThat(conversion.problems()).isEmpty();
    assertThat(conversion.records()).hasSize(1);
    return conversion.records().get(0);
  }

  private static Problem onlyProblem(Conversion conversion) {
    assertThat(conversion.problems()).hasSize(1);
    return conversion.problems().get(0);
  }

  private static InetAddress ip(String text) {
    return ValueText.ipAddress(text).orElseThrow();
  }

  private static Inet4Address ip4(String text) {
    return (Inet4Address) ip(text);
  }

  @Test
  void k1WholeRecordIsRead() {
    Conversion conversion = HardwareObjects.convert(h1());
    assertThat(conversion.name()).isEqualTo("tink/sm01");
    HardwareRecord hardware = only(h1());
    Reservation reservation = hardware.reservation();
    assertThat(reservation.macAddress()).isEqualTo(MAC);
    assertThat(reservation.ipAddress()).contains(ip("172.16.10.100"));
    assertThat(reservation.subnetMask()).contains(ip4("255.255.255.0"));
    assertThat(reservation.defaultGateway()).contains(ip("172.16.10.1"));
    assertThat(reservation.nameServers()).containsExactly(ip("1.1.1.1"));
    assertThat(reservation.leaseTime()).hasSeconds(86400);
    assertThat(reservation.arch()).hasValue("x86_64");
    assertThat(reservation.hostname()).hasValue("sm01");
    assertThat(reservation.disabled()).isFalse();
    Netboot netboot = hardware.netboot().orElseThrow();
    assertThat(netboot.allowed()).isTrue();
    assertThat(netboot.ipxeScriptUrl()).hasValue(URI.create("http://netboot.xyz"));
    assertThat(netboot.facility()).hasValue("onprem");
    assertThat(netboot.osie()).isEqualTo(Osie.DEFAULT);
    assertThat(hardware.agentId()).isEmpty();
    assertThat(hardware.isoSource()).isEmpty();
  }

  @Test
  void everyOtherFieldIsRead() throws Exception {
    Map<String, Object> one = h1Interface();
    set(one, "disableDhcp", true);
    set(one, "dhcp.vlan_id", "30");
    set(one, "dhcp.time_servers", list("192.0.2.5", "2001:db8::5"));
    set(one, "dhcp.tftp_server_name", "tftp.example.com");
    set(one, "dhcp.boot_file_name", "other.efi");
    set(
        one,
        "dhcp.classless_static_routes",
        list(
            map("destination_descriptor", "10.0.0.0/8", "router", "172.16.10.2"),
            map("destination_descriptor", "0.0.0.0/0", "router", "172.16.10.1")));
    set(one, "netboot.ipxe", map("contents", "#!ipxe\nshell", "binary", "snp.efi"));
    set(
        one,
        "netboot.osie",
        map(
            "baseURL",
            "http://osie.example.com/hook",
            "kernel",
            "k",
            "initrd",
            "i",
            "kernelParams",
            list("a=1", "b")));
    set(one, "netboot.pxelinux", map("config", "DEFAULT x"));
    set(
        one,
        "netboot.rpi",
        map("serialNum", "10000000abcd", "firmwarePath", "rpi4", "configTxt", "uart=1"));
    set(one, "isoboot", map("sourceISO", "http://iso.example.com/hook.iso"));
    Map<String, Object> object = hardware("sm01", "onprem", one);
    set(object, "spec.agentID", "agent-1");

    HardwareRecord hardware = only(object);
    Reservation reservation = hardware.reservation();
    assertThat(reservation.disabled()).isTrue();
    assertThat(reservation.vlanId()).hasValue("30");
    assertThat(reservation.ntpServers()).containsExactly(ip("192.0.2.5"), ip("2001:db8::5"));
    assertThat(reservation.tftpServerName()).hasValue("tftp.example.com");
    assertThat(reservation.bootFileName()).hasValue("other.efi");
    assertThat(reservation.classlessStaticRoutes())
        .containsExactly(
            new ClasslessRoute(ip4("10.0.0.0"), 8, ip4("172.16.10.2")),
            new ClasslessRoute(ip4("0.0.0.0"), 0, ip4("172.16.10.1")));
    Netboot netboot = hardware.netboot().orElseThrow();
    assertThat(netboot.ipxeScript()).hasValue("#!ipxe\nshell");
    assertThat(netboot.ipxeBinary()).hasValue("snp.efi");
    assertThat(netboot.osie().baseUrl()).hasValue(URI.create("http://osie.example.com/hook"));
    assertThat(netboot.osie().kernel()).hasValue("k");
    assertThat(netboot.osie().initrd()).hasValue("i");
    assertThat(netboot.osie().kernelParams()).containsExactly("a=1", "b");
    assertThat(netboot.pxelinuxConfig()).hasValue("DEFAULT x");
    assertThat(netboot.raspberryPi().map(RaspberryPi::serialNumber)).hasValue("10000000abcd");
    assertThat(hardware.agentId()).hasValue("agent-1");
    assertThat(hardware.isoSource()).hasValue(URI.create("http://iso.example.com/hook.iso"));
  }

  static Stream<Arguments> unusableInterfaces() {
    String dhcp = "spec.interfaces[0].dhcp.";
    return Stream.of(
        Arguments.of("K5 mac bad", "dhcp.mac", "bad", dhcp + "mac", false, true),
        Arguments.of("K5 mac none", "dhcp.mac", null, dhcp + "mac", false, true),
        Arguments.of("K5 mac a list", "dhcp.mac", List.of(), dhcp + "mac", false, true),
        Arguments.of("K5 no netmask", "dhcp.ip.netmask", null, dhcp + "ip.netmask", true, true),
        Arguments.of("netmask bad", "dhcp.ip.netmask", "24", dhcp + "ip.netmask", true, true),
        Arguments.of(
            "B18 netmask of IPv6", "dhcp.ip.netmask", "ffff::", dhcp + "ip.netmask", true, true),
        Arguments.of("K5 gateway bad", "dhcp.ip.gateway", "bad", dhcp + "ip.gateway", true, true),
        Arguments.of("address bad", "dhcp.ip.address", "3", dhcp + "ip.address", true, false),
        Arguments.of(
            "B16 leading zeros",
            "dhcp.ip.address",
            "172.16.010.1",
            dhcp + "ip.address",
            true,
            false),
        Arguments.of("address none", "dhcp.ip.address", null, dhcp + "ip.address", true, false),
        Arguments.of("address a flag", "dhcp.ip.address", true, dhcp + "ip.address", true, false),
        Arguments.of("ip is text", "dhcp.ip", "172.16.10.1", dhcp + "ip", true, false),
        Arguments.of("lease is words", "dhcp.lease_time", "abc", dhcp + "lease_time", true, true),
        Arguments.of("lease of 1.5", "dhcp.lease_time", 1.5, dhcp + "lease_time", true, true),
        Arguments.of("lease a map", "dhcp.lease_time", Map.of(), dhcp + "lease_time", true, true),
        Arguments.of(
            "disableDhcp perhaps",
            "disableDhcp",
            "perhaps",
            "spec.interfaces[0].disableDhcp",
            true,
            true),
        Arguments.of(
            "route without length",
            "dhcp.classless_static_routes",
            List.of(Map.of("destination_descriptor", "10.0.0.0", "router", "172.16.10.1")),
            dhcp + "classless_static_routes[0].destination_descriptor",
            true,
            true),
        Arguments.of(
            "route of 33 bits",
            "dhcp.classless_static_routes",
            List.of(Map.of("destination_descriptor", "10.0.0.0/33", "router", "172.16.10.1")),
            dhcp + "classless_static_routes[0].destination_descriptor",
            true,
            true),
        Arguments.of(
            "route without router",
            "dhcp.classless_static_routes",
            List.of(Map.of("destination_descriptor", "10.0.0.0/8")),
            dhcp + "classless_static_routes[0].router",
            true,
            true),
        Arguments.of(
            "iso is no URL",
            "isoboot.sourceISO",
            "http://a b/",
            "spec.interfaces[0].isoboot.sourceISO",
            true,
            true),
        Arguments.of("isoboot is text", "isoboot", "x", "spec.interfaces[0].isoboot", true, true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unusableInterfaces")
  void unusableInterfaceKeepsTheKeysThatCanBeRead(
      String name, String path, Object value, String problemPath, boolean mac, boolean address) {
    Map<String, Object> other = h1Interface();
    set(other, "dhcp.mac", "3c:ec:ef:4c:4f:55");
    set(other, "dhcp.ip.address", "172.16.10.101");
    Map<String, Object> broken = h1Interface();
    set(broken, path, value);
    Conversion conversion = HardwareObjects.convert(hardware("sm01", "onprem", broken, other));
    Problem problem = onlyProblem(conversion);
    assertThat(problem.unusable()).isTrue();
    assertThat(problem.path()).isEqualTo(problemPath);
    assertThat(problem.text()).isNotEmpty().doesNotContain("\n");
    assertThat(problem.macAddress().isPresent()).isEqualTo(mac);
    assertThat(problem.ipAddress().isPresent()).isEqualTo(address);
    assertThat(conversion.records())
        .extracting(hardware -> hardware.macAddress().toString())
        .containsExactly("3c:ec:ef:4c:4f:55");
  }

  @ParameterizedTest(name = "K5 {0}")
  @ValueSource(strings = {"dhcp.ip", "dhcp.ip.gateway"})
  void k5IpOrGatewayMayBeAbsent(String path) {
    HardwareRecord hardware = only(h1With(path, null));
    assertThat(hardware.reservation().defaultGateway()).isEmpty();
    assertThat(hardware.reservation().ipAddress().isEmpty()).isEqualTo(path.equals("dhcp.ip"));
  }

  @Test
  void emptyTextIsAbsent() {
    HardwareRecord hardware =
        only(h1With("dhcp.ip", map("address", "", "netmask", "", "gateway", "")));
    assertThat(hardware.reservation().ipAddress()).isEmpty();
    assertThat(only(h1With("dhcp.ip.gateway", "")).reservation().defaultGateway()).isEmpty();
  }

  @Test
  void k6InvalidServersAreSkipped() {
    Conversion conversion =
        HardwareObjects.convert(
            h1With("dhcp.name_servers", list("8.8.8.8", "not-an-ip", "8.8.4.4")));
    assertThat(conversion.records().get(0).reservation().nameServers())
        .containsExactly(ip("8.8.8.8"), ip("8.8.4.4"));
    Problem problem = onlyProblem(conversion);
    assertThat(problem.unusable()).isFalse();
    assertThat(problem.macAddress()).contains(MAC);
    assertThat(problem)
        .hasToString(
            "spec.interfaces[0].dhcp.name_servers: \"not-an-ip\" is not an IP address; the entry is"
                + " left out");
  }

  @Test
  void k7AbsentNetbootIsNotTheSameAsForbidden() {
    HardwareRecord hardware = only(h1With("netboot", null));
    assertThat(hardware.netboot()).isEmpty();
    assertThat(hardware.reservation().ipAddress()).isPresent();
  }

  @Test
  void k7NetbootOfAWrongTypeForbidsIt() {
    Conversion conversion = HardwareObjects.convert(h1With("netboot", "yes"));
    assertThat(onlyProblem(conversion).unusable()).isFalse();
    assertThat(conversion.records().get(0).netboot()).isPresent();
    assertThat(conversion.records().get(0).netbootAllowed()).isFalse();
  }

  @Test
  void k8RelativeScriptUrlIsKeptSoThatTheScriptRequestFails() {
    Conversion conversion = HardwareObjects.convert(h1With("netboot.ipxe.url", "bad"));
    Netboot netboot = conversion.records().get(0).netboot().orElseThrow();
    assertThat(netboot.ipxeScriptUrl()).hasValue(URI.create("bad"));
    assertThat(netboot.allowed()).isTrue();
    assertThat(onlyProblem(conversion).path()).isEqualTo("spec.interfaces[0].netboot.ipxe.url");
  }

  @ParameterizedTest(name = "K8 {0}")
  @ValueSource(strings = {"http://a b/x", "http://a/%zz", "http://[::1/x", ":"})
  void k8WhatIsNoUrlForbidsNetbootAndKeepsDhcp(String url) {
    Conversion conversion = HardwareObjects.convert(h1With("netboot.ipxe.url", url));
    HardwareRecord hardware = conversion.records().get(0);
    assertThat(hardware.netbootAllowed()).isFalse();
    assertThat(hardware.reservation().ipAddress()).isPresent();
    // A URL may hold a password.
    assertThat(onlyProblem(conversion).toString()).doesNotContain(url + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/auto.ipxe, /auto.ipxe",
    "http://h/a b, http://h/a%20b",
    "http://h/${net0/mac}.ipxe, http://h/$%7Bnet0/mac%7D.ipxe",
    "tftp://h/x, tftp://h/x",
  })
  void scriptUrlsAreTakenAsTheReferenceTakesThem(String url, String expected) {
    assertThat(only(h1With("netboot.ipxe.url", url)).netboot().orElseThrow().ipxeScriptUrl())
        .hasValue(URI.create(expected));
  }

  @Test
  void k9AllowPxeAbsentMeansNotAllowed() {
    HardwareRecord hardware = only(h1With("netboot.allowPXE", null));
    assertThat(hardware.netboot()).isPresent();
    assertThat(hardware.netbootAllowed()).isFalse();
  }

  @Test
  void allowPxeOfAWrongTypeForbidsNetbootOnly() {
    Conversion conversion = HardwareObjects.convert(h1With("netboot.allowPXE", list()));
    assertThat(conversion.records().get(0).netbootAllowed()).isFalse();
    assertThat(onlyProblem(conversion).unusable()).isFalse();
  }

  @Test
  void k10InterfacesWithoutDhcpArePassedOver() {
    Conversion conversion =
        HardwareObjects.convert(
            hardware("sm01", "onprem", map("netboot", map()), map("dhcp", null), h1Interface()));
    assertThat(conversion.problems()).isEmpty();
    assertThat(conversion.records()).extracting(HardwareRecord::macAddress).containsExactly(MAC);
  }

  @Test
  void k11EveryInterfaceIsARecordOfItsOwn() {
    Map<String, Object> second = h1Interface();
    set(second, "dhcp.mac", "3C-EC-EF-4C-4F-55");
    set(second, "dhcp.ip.address", "172.16.10.101");
    set(second, "dhcp.hostname", "sm01-b");
    Conversion conversion = HardwareObjects.convert(hardware("x", "y", h1Interface(), second));
    assertThat(conversion.records()).hasSize(2);
    assertThat(conversion.records().get(1).macAddress()).hasToString("3c:ec:ef:4c:4f:55");
    assertThat(conversion.records().get(1).reservation().hostname()).hasValue("sm01-b");
  }

  @Test
  void firstOfTwoInterfacesWithOneMacAddressWins() {
    Map<String, Object> second = h1Interface();
    set(second, "dhcp.mac", "3CEC.EF4C.4F54");
    set(second, "dhcp.hostname", "later");
    Conversion conversion = HardwareObjects.convert(hardware("x", "y", h1Interface(), second));
    assertThat(conversion.records()).hasSize(1);
    assertThat(conversion.records().get(0).reservation().hostname()).hasValue("sm01");
    assertThat(onlyProblem(conversion).path()).isEqualTo("spec.interfaces[1].dhcp.mac");
  }

  static Stream<Arguments> leases() {
    return Stream.of(
        Arguments.of(null, 604800L),
        Arguments.of(-1, 604800L),
        Arguments.of(0, 604800L),
        Arguments.of(4294967296L, 604800L),
        Arguments.of(4294967295L, 4294967295L),
        Arguments.of("86400", 86400L),
        Arguments.of("0x10", 16L),
        Arguments.of("1e3", 1000L),
        Arguments.of(86400.0, 86400L),
        Arguments.of(new BigDecimal("1e999999999"), 604800L),
        Arguments.of("1e999999999", 604800L),
        Arguments.of(BigInteger.TEN.pow(30), 604800L));
  }

  @ParameterizedTest(name = "K12 {0}")
  @MethodSource("leases")
  void k12LeaseOutsideItsRangeIsTheDefault(Object given, long expected) {
    assertThat(only(h1With("dhcp.lease_time", given)).reservation().leaseTime())
        .hasSeconds(expected);
  }

  @ParameterizedTest(name = "K13 {0} {1}")
  @CsvSource({
    "192.168.1.10, 255.255.255.0, 192.168.1.255",
    "10.0.0.2, 255.0.0.0, 10.255.255.255",
    "10.0.0.2, 255.255.255.255, 10.0.0.2",
    "10.0.0.2, 0.0.0.0, 255.255.255.255",
  })
  void k13BroadcastAddressIsComputed(String address, String mask, String broadcast) {
    assertThat(
            only(h1With("dhcp.ip", map("address", address, "netmask", mask)))
                .reservation()
                .broadcastAddress())
        .contains(ip(broadcast));
  }

  @Test
  void k14Ipv6AddressHasNoMask() {
    HardwareRecord hardware = only(h1With("dhcp.ip", map("address", "2001:db8::1")));
    assertThat(hardware.reservation().ipAddress()).contains(ip("2001:db8:0:0::1"));
    assertThat(hardware.reservation().subnetMask()).isEmpty();
    assertThat(hardware.reservation().broadcastAddress()).isEmpty();
    Problem problem =
        onlyProblem(
            HardwareObjects.convert(
                h1With("dhcp.ip", map("address", "2001:db8::1", "netmask", "255.255.255.0"))));
    assertThat(problem.unusable()).isTrue();
    assertThat(problem.ipAddress()).contains(ip("2001:db8::1"));
  }

  @Test
  void k15DomainNameIsTheSearchList() {
    Reservation reservation = only(h1With("dhcp.domain_name", "example.com")).reservation();
    assertThat(reservation.domainName()).hasValue("example.com");
    assertThat(reservation.domainSearch()).containsExactly("example.com");
  }

  @Test
  void k20DiscoveredObjectIsARecordWithoutAddressAndNetboot() {
    Map<String, Object> object =
        hardware(
            "discovery-1",
            "",
            map("dhcp", map("mac", "3C:EC:EF:4C:4F:54")),
            map("dhcp", map("mac", "3C:EC:EF:4C:4F:55")));
    Conversion conversion = HardwareObjects.convert(object);
    assertThat(conversion.problems()).isEmpty();
    assertThat(conversion.records()).hasSize(2);
    HardwareRecord hardware = conversion.records().get(0);
    assertThat(hardware.macAddress()).isEqualTo(MAC);
    assertThat(hardware.netboot()).isEmpty();
    assertThat(hardware.reservation().ipAddress()).isEmpty();
  }

  @Test
  void maskWithHolesIsSentAsItIs() {
    Conversion conversion = HardwareObjects.convert(h1With("dhcp.ip.netmask", "255.0.255.0"));
    assertThat(conversion.records().get(0).reservation().subnetMask()).contains(ip4("255.0.255.0"));
    assertThat(onlyProblem(conversion).unusable()).isFalse();
  }

  @Test
  void typesAndCaseAreTakenLeniently() {
    Map<String, Object> one = h1Interface();
    set(one, "dhcp.vlan_id", 30.0);
    set(one, "dhcp.hostname", 7);
    set(one, "dhcp.name_servers", "1.1.1.1");
    set(one, "netboot", map("ALLOWPXE", "yes"));
    HardwareRecord hardware = only(hardware("x", "y", one));
    assertThat(hardware.reservation().vlanId()).hasValue("30");
    assertThat(hardware.reservation().hostname()).hasValue("7");
    assertThat(hardware.reservation().nameServers()).containsExactly(ip("1.1.1.1"));
    assertThat(hardware.netbootAllowed()).isTrue();
  }

  @Test
  void wrongTypesOfOptionalValuesAreProblems() {
    Conversion conversion = HardwareObjects.convert(h1With("dhcp.hostname", List.of("a")));
    assertThat(conversion.records()).hasSize(1);
    assertThat(onlyProblem(conversion))
        .hasToString("spec.interfaces[0].dhcp.hostname: a list where text is expected; ignored");
    assertThat(onlyProblem(HardwareObjects.convert(h1With("dhcp", 3))).path())
        .isEqualTo("spec.interfaces[0].dhcp");
    assertThat(onlyProblem(HardwareObjects.convert(h1With("netboot.rpi", map()))).path())
        .isEqualTo("spec.interfaces[0].netboot.rpi.serialNum");
    assertThat(onlyProblem(HardwareObjects.convert(hardware("x", "y", "eth0"))).path())
        .isEqualTo("spec.interfaces[0]");
  }

  @Test
  void unparsableOsieBaseUrlIsIgnored() {
    Conversion conversion = HardwareObjects.convert(h1With("netboot.osie.baseURL", "http://a b/"));
    assertThat(conversion.records().get(0).netbootAllowed()).isTrue();
    assertThat(conversion.records().get(0).netboot().orElseThrow().osie().baseUrl()).isEmpty();
    assertThat(onlyProblem(conversion).unusable()).isFalse();
  }

  @Test
  void controlCharactersDoNotReachTheLog() {
    Problem problem =
        onlyProblem(
            HardwareObjects.convert(
                h1With("dhcp.ip.netmask", "1\n2\u001b\u202e" + "x".repeat(99))));
    assertThat(problem.toString()).doesNotContain("\n", "\u001b", "\u202e").hasSizeLessThan(200);
  }

  @Test
  void objectsThatAreNoHardwareAreRefused() {
    assertThat(onlyProblem(HardwareObjects.convert(map("kind", "Workflow"))).path())
        .isEqualTo("kind");
    assertThat(onlyProblem(HardwareObjects.convert(map())).path()).isEqualTo("spec");
    assertThat(onlyProblem(HardwareObjects.convert(map("spec", 1))).path()).isEqualTo("spec");
    assertThat(
            onlyProblem(
                    HardwareObjects.convert(map("apiVersion", "tinkerbell.org/v9", "spec", map())))
                .text())
        .contains("v9", "v1alpha1");
  }

  @Test
  void versionAndKindMayBeAbsent() {
    Map<String, Object> object = h1();
    object.remove("apiVersion");
    object.remove("kind");
    assertThat(only(object).macAddress()).isEqualTo(MAC);
  }

  @Nested
  class InVersionV1Alpha2 {
    private Map<String, Object> object(Object networkInterface) {
      return map(
          "apiVersion",
          "tinkerbell.org/v1alpha2",
          "kind",
          "Hardware",
          "metadata",
          map("name", "sm01"),
          "spec",
          map(
              "agentID",
              "agent-1",
              "arch",
              "aarch64",
              "instance",
              map(
                  "osie",
                  map(
                      "kernelURL",
                      "http://h/hook/v1/vmlinuz",
                      "initrdURL",
                      "http://h/hook/v1/sub/initramfs",
                      "isoURL",
                      "http://h/hook.iso",
                      "kernelParams",
                      list("a=1"))),
              "networkInterfaces",
              map("3c:ec:ef:4c:4f:54", networkInterface)));
    }

    private Map<String, Object> one() {
      return map(
          "dhcp",
          map(
              "ipv4",
              map(
                  "hostname",
                  "sm01",
                  "domainName",
                  "example.com",
                  "domainSearchList",
                  list("a.example", "b.example"),
                  "vlanID",
                  "7",
                  "nameservers",
                  list("1.1.1.1"),
                  "ntpServers",
                  list("192.0.2.5"),
                  "leaseTimeSeconds",
                  3600,
                  "bootFileName",
                  "f",
                  "tftpServerName",
                  "t",
                  "classlessStaticRoutes",
                  list(map("destinationDescriptor", "10.0.0.0/8", "router", "172.16.10.2")))),
          "ipam",
          map("ipv4", map("address", "172.16.10.100", "gateway", "172.16.10.1", "prefix", "24")),
          "netboot",
          map("ipxe", map("url", "http://netboot.xyz", "binary", "snp.efi")));
    }

    @Test
    void wholeRecordIsRead() {
      HardwareRecord hardware = only(object(one()));
      Reservation reservation = hardware.reservation();
      assertThat(reservation.macAddress()).isEqualTo(MAC);
      assertThat(reservation.ipAddress()).contains(ip("172.16.10.100"));
      assertThat(reservation.subnetMask()).contains(ip4("255.255.255.0"));
      assertThat(reservation.broadcastAddress()).contains(ip("172.16.10.255"));
      assertThat(reservation.defaultGateway()).contains(ip("172.16.10.1"));
      assertThat(reservation.hostname()).hasValue("sm01");
      assertThat(reservation.domainName()).hasValue("example.com");
      assertThat(reservation.domainSearch()).containsExactly("a.example", "b.example");
      assertThat(reservation.vlanId()).hasValue("7");
      assertThat(reservation.nameServers()).containsExactly(ip("1.1.1.1"));
      assertThat(reservation.ntpServers()).containsExactly(ip("192.0.2.5"));
      assertThat(reservation.leaseTime()).hasSeconds(3600);
      assertThat(reservation.bootFileName()).hasValue("f");
      assertThat(reservation.tftpServerName()).hasValue("t");
      assertThat(reservation.classlessStaticRoutes())
          .containsExactly(new ClasslessRoute(ip4("10.0.0.0"), 8, ip4("172.16.10.2")));
      assertThat(reservation.arch()).hasValue("aarch64");
      assertThat(hardware.agentId()).hasValue("agent-1");
      assertThat(hardware.isoSource()).hasValue(URI.create("http://h/hook.iso"));
      Netboot netboot = hardware.netboot().orElseThrow();
      assertThat(netboot.allowed()).isTrue();
      assertThat(netboot.ipxeScriptUrl()).hasValue(URI.create("http://netboot.xyz"));
      assertThat(netboot.ipxeBinary()).hasValue("snp.efi");
    }

    @Test
    void wholeUrlsBecomeBaseAndNames() {
      Osie osie = only(object(one())).netboot().orElseThrow().osie();
      assertThat(osie.baseUrl()).hasValue(URI.create("http://h/hook/v1"));
      assertThat(osie.kernel()).hasValue("vmlinuz");
      assertThat(osie.initrd()).hasValue("sub/initramfs");
      assertThat(osie.kernelParams()).containsExactly("a=1");
    }

    @Test
    void urlsWithNothingInCommonAreAProblem() {
      Map<String, Object> object = object(one());
      set(object, "spec.instance.osie.initrdURL", "https://h/hook/v1/initramfs");
      Conversion conversion = HardwareObjects.convert(object);
      assertThat(conversion.records().get(0).netboot().orElseThrow().osie().kernel()).isEmpty();
      assertThat(onlyProblem(conversion).path()).isEqualTo("spec.instance.osie.kernelURL");
    }

    @Test
    void oneUrlAloneIsSplitAtItsFolder() {
      Map<String, Object> object = object(one());
      set(object, "spec.instance.osie.kernelURL", null);
      Osie osie = only(object).netboot().orElseThrow().osie();
      assertThat(osie.baseUrl()).hasValue(URI.create("http://h/hook/v1/sub"));
      assertThat(osie.initrd()).hasValue("initramfs");
      assertThat(osie.kernel()).isEmpty();
    }

    @Test
    void hostNamesOfServersAreSkipped() {
      Map<String, Object> one = one();
      set(one, "dhcp.ipv4.ntpServers", list("pool.ntp.org", "192.0.2.5"));
      Conversion conversion = HardwareObjects.convert(object(one));
      assertThat(conversion.records().get(0).reservation().ntpServers())
          .containsExactly(ip("192.0.2.5"));
      assertThat(onlyProblem(conversion).unusable()).isFalse();
    }

    @Test
    void leaseOfTheResourceDefinitionStandsInForAnAbsentOne() {
      Map<String, Object> one = one();
      set(one, "dhcp.ipv4.leaseTimeSeconds", null);
      assertThat(only(object(one)).reservation().leaseTime()).hasSeconds(86400);
    }

    @Test
    void netbootIsAllowedUnlessDisabledOrAbsent() {
      Map<String, Object> one = one();
      set(one, "netboot", map());
      assertThat(only(object(one)).netbootAllowed()).isTrue();
      set(one, "netboot", map("disabled", true));
      assertThat(only(object(one)).netbootAllowed()).isFalse();
      assertThat(only(object(one)).netboot()).isPresent();
      set(one, "netboot", null);
      assertThat(only(object(one)).netboot()).isEmpty();
    }

    @Test
    void dhcpMayBeDisabled() {
      Map<String, Object> one = one();
      set(one, "dhcp.ipv4.disabled", true);
      assertThat(only(object(one)).reservation().disabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
      "ipam.ipv4.prefix, 33, true",
      "ipam.ipv4.prefix, 255.255.255.0, true",
      "ipam.ipv4.address, x, false",
      "ipam.ipv4, x, false",
      "dhcp.ipv4, x, true",
    })
    void brokenAddressesMakeTheInterfaceUnusable(String path, String value, boolean address) {
      Map<String, Object> one = one();
      set(one, path, value);
      Problem problem = onlyProblem(HardwareObjects.convert(object(one)));
      assertThat(problem.unusable()).isTrue();
      assertThat(problem.path()).isEqualTo("spec.networkInterfaces.3c:ec:ef:4c:4f:54." + path);
      assertThat(problem.macAddress()).contains(MAC);
      assertThat(problem.ipAddress().isPresent()).isEqualTo(address);
    }

    @Test
    void keyThatIsNoMacAddressIsUnusable() {
      Map<String, Object> object = object(one());
      set(object, "spec.networkInterfaces", map("eth0\n", one()));
      Problem problem = onlyProblem(HardwareObjects.convert(object));
      assertThat(problem.ipAddress()).contains(ip("172.16.10.100"));
      assertThat(problem.toString()).doesNotContain("\n");
    }

    @Test
    void versionIsToldByTheShape() {
      Map<String, Object> object = object(one());
      object.remove("apiVersion");
      assertThat(only(object).macAddress()).isEqualTo(MAC);
    }
  }
}
