// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.backend.file.HardwareFiles.BASE;
import static org.tinkerbell.smee.backend.file.HardwareFiles.IP;
import static org.tinkerbell.smee.backend.file.HardwareFiles.MAC;
import static org.tinkerbell.smee.backend.file.HardwareFiles.address;
import static org.tinkerbell.smee.backend.file.HardwareFiles.found;
import static org.tinkerbell.smee.backend.file.HardwareFiles.read;
import static org.tinkerbell.smee.backend.file.HardwareFiles.withLines;

import java.net.Inet4Address;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.backend.spi.BackendException;

/**
 * The golden cases of the file format, by number. B34 and B35 are in {@code FileWatchIT}; B37 is
 * about those who ask.
 */
class HardwareFileGoldenTest {
  private static final String OTHER = HardwareFiles.record(7);

  @TempDir Path folder;

  private static DynamicTest golden(String number, Executable check) {
    return DynamicTest.dynamicTest(number, check);
  }

  @TestFactory
  Stream<DynamicTest> scalars() {
    return Stream.of(
        golden(
            "B1 base record",
            () -> {
              HardwareFiles.Read file = read(BASE);
              HardwareRecord hardware = file.base();
              Reservation reservation = hardware.reservation();
              assertThat(found(file.ip(IP))).isSameAs(hardware);
              assertThat(hardware.macAddress()).hasToString(MAC);
              assertThat(reservation.ipAddress()).contains(address(IP));
              assertThat(reservation.subnetMask().orElseThrow().getHostAddress())
                  .isEqualTo("255.255.255.0");
              assertThat(reservation.defaultGateway()).contains(address("192.168.2.1"));
              assertThat(reservation.broadcastAddress()).contains(address("192.168.2.255"));
              assertThat(reservation.leaseTime()).isEqualTo(Duration.ofSeconds(604800));
              assertThat(hardware.netbootAllowed()).isFalse();
              assertThat(hardware.netboot()).isPresent();
            }),
        golden(
            "B2 keys in any case",
            () -> {
              HardwareRecord hardware =
                  read("52:54:00:AA:88:2A: {IPADDRESS: 192.168.2.15, subnetmask: 255.255.255.0,"
                          + " NETBOOT: {ALLOWPXE: true}}")
                      .base();
              assertThat(hardware.netbootAllowed()).isTrue();
              assertThat(hardware.reservation().subnetMask()).isPresent();
            }),
        golden(
            "B3 text from a number",
            () -> {
              assertThat(reservation("vlanID: 30").vlanId()).contains("30");
              assertThat(reservation("vlanId: \"31\"").vlanId()).contains("31");
            }),
        golden(
            "B4 source text stays",
            () -> assertThat(reservation("vlanID: 030").vlanId()).contains("030")),
        golden(
            "B5 quoted number",
            () ->
                assertThat(reservation("leaseTime: \"86400\"").leaseTime())
                    .isEqualTo(Duration.ofSeconds(86400))),
        golden(
            "B6 lease times",
            () -> {
              Duration week = Duration.ofSeconds(604800);
              assertThat(lease("-1")).isEqualTo(week);
              assertThat(lease("4294967296")).isEqualTo(week);
              assertThat(lease("4294967295")).isEqualTo(Duration.ofSeconds(4294967295L));
              assertThat(lease("1e3")).isEqualTo(Duration.ofSeconds(1000));
              assertThat(lease("0")).isEqualTo(week);
              assertThat(lease("0x10")).isEqualTo(Duration.ofSeconds(16));
              assertThat(lease("017")).isEqualTo(Duration.ofSeconds(15));
              assertThat(lease("99999999999999999999999")).isEqualTo(week);
              assertThat(withLines("leaseTime: -1").problems())
                  .singleElement()
                  .asString()
                  .startsWith("6:14: " + MAC + ": leaseTime is outside 1 to 4294967295 seconds");
            }),
        golden("B7 fraction", () -> assertUnusable("leaseTime: 1.5", "6:14", "leaseTime \"1.5\"")),
        golden(
            "B8 text that looks like something else",
            () -> {
              assertThat(reservation("hostname: yes").hostname()).contains("yes");
              assertThat(reservation("hostname: 1.10").hostname()).contains("1.10");
            }),
        golden(
            "B9 truth values",
            () -> {
              for (String yes :
                  List.of("yes", "\"true\"", "True", "TRUE", "on", "ON", "y", "Y", "'yes'")) {
                assertThat(netboot("netboot: {allowPxe: " + yes + "}").allowed()).as(yes).isTrue();
              }
              for (String no : List.of("no", "\"false\"", "off", "n", "N", "False", "~")) {
                assertThat(netboot("netboot: {allowPxe: " + no + "}").allowed()).as(no).isFalse();
              }
              assertUnusable("netboot: {allowPxe: maybe}", "6:23", "allowPxe \"maybe\"");
            }),
        golden(
            "B10 disabled",
            () -> {
              assertThat(reservation("disabled: true").disabled()).isTrue();
              assertThat(reservation("disabled: no").disabled()).isFalse();
            }),
        golden(
            "B11 ignored and absent",
            () -> {
              assertThat(withLines("foo: bar").base()).isNotNull();
              assertThat(reservation("hostname: ~").hostname()).isEmpty();
              assertThat(reservation("nameServers: null").nameServers()).isEmpty();
              assertThat(netboot("netboot:").allowed()).isFalse();
            }));
  }

  @TestFactory
  Stream<DynamicTest> addresses() {
    return Stream.of(
        golden(
            "B12 bad list entry",
            () -> {
              HardwareFiles.Read file = withLines("nameServers: [1.1.1.1, bad, 8.8.8.8]");
              assertThat(found(file.mac(MAC)).reservation().nameServers())
                  .containsExactly(address("1.1.1.1"), address("8.8.8.8"));
              assertThat(file.problems())
                  .containsExactly(
                      "6:26: "
                          + MAC
                          + ": nameServers \"bad\" is not an IP address; it is left out");
            }),
        golden(
            "B13 single value as a list",
            () ->
                assertThat(reservation("nameServers: 1.1.1.1").nameServers())
                    .containsExactly(address("1.1.1.1"))),
        golden(
            "B14 IPv6 name server",
            () ->
                assertThat(reservation("nameServers: [\"2001:db8::1\"]").nameServers())
                    .containsExactly(address("2001:db8::1"))),
        golden(
            "B15 not an address",
            () -> assertUnusableText(BASE.replace(IP, "\"3\""), "2:14", "ipAddress \"3\"")),
        golden(
            "B16 leading zeros",
            () ->
                assertUnusableText(
                    BASE.replace(IP, "192.168.002.15"), "2:14", "ipAddress \"192.168.002.15\"")),
        golden(
            "B17 no mask",
            () -> {
              String text = BASE.replace("subnetMask", "comment");
              assertUnusableText(text, "2:3", "subnetMask is missing");
              assertThat(read(text).ip(IP)).isInstanceOf(LookupResult.Unusable.class);
            }),
        golden(
            "B18 IPv6 text as a mask",
            () ->
                assertUnusableText(
                    BASE.replace("255.255.255.0", "\"ffff::\""), "3:15", "subnetMask \"ffff::\"")),
        golden(
            "B19 mask with a gap",
            () -> {
              HardwareFiles.Read file = read(BASE.replace("255.255.255.0", "255.0.255.0"));
              assertThat(found(file.mac(MAC)).reservation().subnetMask().orElseThrow())
                  .isEqualTo(address("255.0.255.0"));
              assertThat(file.problems()).singleElement().asString().contains("255.0.255.0 has");
            }));
  }

  @TestFactory
  Stream<DynamicTest> keysAndUrls() {
    return Stream.of(
        golden(
            "B20 key with dashes",
            () -> {
              for (String key : List.of("52-54-00-aa-88-2a", "5254.00aa.882A", "525400AA882a")) {
                HardwareFiles.Read file = read(BASE.replace("52:54:00:AA:88:2A", key));
                assertThat(file.base().macAddress()).as(key).hasToString(MAC);
                assertThat(found(file.ip(IP)).macAddress()).as(key).hasToString(MAC);
              }
            }),
        golden(
            "B21 key that is no address",
            () -> {
              HardwareFiles.Read file = read(BASE.replace("52:54:00:AA:88:2A", "zz") + OTHER);
              assertThat(file.ip(IP)).isInstanceOf(LookupResult.NotFound.class);
              assertThat(found(file.ip("192.168.2.7"))).isNotNull();
              assertThat(file.problems())
                  .containsExactly("1:1: the key \"zz\" is not a MAC address; skipped");
            }),
        golden(
            "B22 digits and colons",
            () -> {
              HardwareFiles.Read file =
                  read(BASE.replace("52:54:00:AA:88:2A", "52:54:00:11:22:33"));
              assertThat(found(file.mac("52:54:00:11:22:33"))).isNotNull();
            }),
        golden(
            "B23 not a URL",
            () ->
                assertUnusable(
                    "netboot: {ipxeScriptUrl: \"http://a b/%zz\"}", "6:28", "not a URL")),
        golden(
            "B24 relative URL",
            () -> {
              HardwareFiles.Read file = withLines("netboot: {ipxeScriptUrl: foo}");
              assertThat(found(file.mac(MAC)).netboot().orElseThrow().ipxeScriptUrl())
                  .contains(URI.create("foo"));
              assertThat(file.problems()).singleElement().asString().contains("no scheme");
            }),
        golden(
            "B25 all netboot values",
            () -> {
              Netboot netboot =
                  netboot(
                      """
                      netboot:
                        allowPxe: true
                        ipxeScriptUrl: http://boot.example/auto.ipxe
                        ipxeScript: |
                          #!ipxe
                          shell
                        console: ttyS1
                        facility: onprem
                      """);
              assertThat(netboot.allowed()).isTrue();
              assertThat(netboot.ipxeScriptUrl())
                  .contains(URI.create("http://boot.example/auto.ipxe"));
              assertThat(netboot.ipxeScript()).contains("#!ipxe\nshell\n");
              assertThat(netboot.console()).contains("ttyS1");
              assertThat(netboot.facility()).contains("onprem");
            }),
        golden(
            "B26 same key twice",
            () -> {
              HardwareFiles.Read file = read(BASE + BASE.replace(IP, "192.168.2.16"));
              assertThat(found(file.mac(MAC)).reservation().ipAddress())
                  .contains(address("192.168.2.16"));
              assertThat(file.ip(IP)).isInstanceOf(LookupResult.NotFound.class);
              assertThat(file.index().records()).isEqualTo(1);
              assertThat(file.problems())
                  .containsExactly(
                      "6:1: "
                          + MAC
                          + ": there are two records, the first in line 1; this one is used");
            }));
  }

  @TestFactory
  Stream<DynamicTest> wholeFiles() {
    return Stream.of(
        golden("B27 list without Hardware", () -> assertBadFile("- a", "1:3: a Hardware object")),
        golden(
            "B28 empty file",
            () -> {
              for (String empty : List.of("", "\n\n", "# only this\n", "---\n", "~")) {
                HardwareFiles.Read file = read(empty);
                assertThat(file.mac(MAC)).isInstanceOf(LookupResult.NotFound.class);
                assertThat(file.problems()).isEmpty();
              }
            }),
        golden(
            "B29 syntax errors",
            () -> {
              assertBadFile("a: [", "1:5: ");
              assertBadFile("a:\n\tb: 1", "2:1: a tab cannot be used here; indent with blanks");
            }),
        golden(
            "B30 another record is bad",
            () -> {
              String bad = BASE + OTHER;
              for (String text :
                  List.of(
                      bad.replace(
                          "subnetMask: 255.255.255.0}",
                          "subnetMask: 255.255.255.0," + " leaseTime: abc}"),
                      bad.replace("192.168.2.7,", "x,"))) {
                HardwareFiles.Read file = read(text);
                assertThat(found(file.mac(MAC))).isNotNull();
                assertThat(file.mac("52:54:00:00:00:07")).isInstanceOf(LookupResult.Unusable.class);
                assertThat(file.problems()).singleElement().asString().startsWith("6:");
              }
            }),
        golden(
            "B31 second document",
            () -> {
              HardwareFiles.Read file = read(OTHER + "---\n" + BASE);
              assertThat(file.base()).isNotNull();
              assertThat(found(file.mac("52:54:00:00:00:07"))).isNotNull();
            }),
        golden(
            "B32 JSON",
            () -> {
              HardwareFiles.Read file =
                  read(
                      "{\n\t\"52:54:00:AA:88:2A\": {\n\t\t\"ipAddress\": \"192.168.2.15\",\n"
                          + "\t\t\"subnetMask\": \"255.255.255.0\", \"leaseTime\": 86400,\n"
                          + "\t\t\"nameServers\": [\"1.1.1.1\"],"
                          + " \"netboot\":{\"allowPxe\":true}}}");
              assertThat(file.base().netbootAllowed()).isTrue();
              assertThat(file.base().reservation().leaseTime())
                  .isEqualTo(Duration.ofSeconds(86400));
            }),
        golden(
            "B33 merge key",
            () -> {
              HardwareFiles.Read file =
                  read(
                      """
                      52:54:00:00:00:01: &a
                        ipAddress: 192.168.2.14
                        subnetMask: 255.255.0.0
                      52:54:00:AA:88:2A:
                        ipAddress: 192.168.2.15
                        <<: *a
                      """);
              assertThat(file.base().reservation().subnetMask()).contains(mask("255.255.0.0"));
              assertThat(file.base().reservation().ipAddress()).contains(address(IP));
            }),
        golden(
            "B36 missing file at start",
            () -> {
              Path missing = folder.resolve("missing.yaml");
              assertThatThrownBy(() -> FileBackend.builder().path(missing).build())
                  .isInstanceOf(BackendException.class)
                  .hasMessage(missing + ": no such file");
            }));
  }

  private static Inet4Address mask(String text) {
    return (Inet4Address) address(text);
  }

  private static Reservation reservation(String line) throws BadFileException {
    return withLines(line).base().reservation();
  }

  private static Netboot netboot(String lines) throws BadFileException {
    return withLines(lines).base().netboot().orElseThrow();
  }

  private static Duration lease(String value) throws BadFileException {
    return found(withLines("leaseTime: " + value).mac(MAC)).reservation().leaseTime();
  }

  private static void assertUnusable(String line, String place, String reason)
      throws BadFileException {
    assertUnusableText(BASE + line.indent(2), place, reason);
  }

  /** Asserts that the base record cannot be used, while another one can. */
  private static void assertUnusableText(String text, String place, String reason)
      throws BadFileException {
    HardwareFiles.Read file = read(text + OTHER);
    assertThat(file.mac(MAC))
        .isInstanceOfSatisfying(
            LookupResult.Unusable.class,
            unusable -> assertThat(unusable.reason()).contains(reason).contains("line "));
    assertThat(file.problems())
        .singleElement()
        .asString()
        .startsWith(place + ": " + MAC + ": ")
        .contains(reason)
        .endsWith("; the record is not used");
    assertThat(found(file.mac("52:54:00:00:00:07"))).isNotNull();
    assertThat(file.index().records()).isEqualTo(1);
  }

  private void assertBadFile(String text, String reason) {
    Path path = folder.resolve("bad.yaml");
    HardwareFiles.write(path, text);
    assertThatThrownBy(() -> FileBackend.builder().path(path).build())
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith(path + ":" + reason)
        .hasMessageNotContaining("\n");
  }
}
