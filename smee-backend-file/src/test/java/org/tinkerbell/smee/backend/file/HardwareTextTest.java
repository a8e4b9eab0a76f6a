// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.backend.file.HardwareFiles.BASE;
import static org.tinkerbell.smee.backend.file.HardwareFiles.IP;
import static org.tinkerbell.smee.backend.file.HardwareFiles.MAC;
import static org.tinkerbell.smee.backend.file.HardwareFiles.found;
import static org.tinkerbell.smee.backend.file.HardwareFiles.read;
import static org.tinkerbell.smee.backend.file.HardwareFiles.record;
import static org.tinkerbell.smee.backend.file.HardwareFiles.withLines;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.Netboot;

class HardwareTextTest {
  private static final String OBJECT =
      """
      apiVersion: tinkerbell.org/v1alpha1
      kind: Hardware
      metadata: {name: one, namespace: tink}
      spec:
        interfaces:
        - dhcp:
            mac: 52:54:00:aa:88:2a
            ip: {address: 192.168.2.15, netmask: 255.255.255.0}
          netboot: {allowPXE: true}
      """;

  @Test
  void ipAddressOfTwoRecordsIsAmbiguousByAddressOnly() throws Exception {
    HardwareFiles.Read file = read(BASE + record(1).replace("192.168.2.1,", "192.168.2.15,"));
    assertThat(file.ip(IP))
        .isInstanceOfSatisfying(
            LookupResult.Ambiguous.class,
            ambiguous ->
                assertThat(ambiguous.detail())
                    .isEqualTo(
                        "192.168.2.15 belongs to 52:54:00:aa:88:2a in line 1"
                            + " and to 52:54:00:00:00:01 in line 6"));
    assertThat(found(file.mac(MAC))).isNotNull();
    assertThat(found(file.mac("52:54:00:00:00:01"))).isNotNull();
    assertThat(file.problems()).singleElement().asString().startsWith("6:1: 192.168.2.15 belongs");
  }

  @Test
  void aRaspberryPiIsFoundByItsSerialNumber() throws Exception {
    String pi = "  netboot: {raspberryPi: {serialNumber: 10000000DEADBEEF}}\n";
    HardwareFiles.Read file = read(BASE + pi);
    assertThat(file.problems()).isEmpty();
    for (String asked : List.of("10000000deadbeef", "deadbeef", "DEADBEEF")) {
      assertThat(file.index().bySerialNumber(asked)).isEqualTo(file.mac(MAC));
    }
    for (String asked : List.of("beef", "", "deadbee0")) {
      assertThat(file.index().bySerialNumber(asked)).isEqualTo(LookupResult.notFound());
    }
    String other = BASE.replace("2A:", "2B:").replace("2.15", "2.16");
    HardwareFiles.Read two = read(BASE + pi + other + pi.replace("1000", "0000"));
    assertThat(two.index().bySerialNumber("deadbeef")).isInstanceOf(LookupResult.Ambiguous.class);
    assertThat(two.problems())
        .containsExactly(
            "7:1: serial number deadbeef belongs to 52:54:00:aa:88:2a in line 1 and to"
                + " 52:54:00:aa:88:2b in line 7; it is not answered for by it");
  }

  @Test
  void valuesThatTheReferenceIgnoresAreRead() throws Exception {
    HardwareRecord hardware =
        withLines(
                """
                agentId: rack7
                isoSource: http://files.example/a.iso
                tftpServerName: 10.0.0.1
                bootFileName: snp.efi
                domainSearch: [a.example, b.example]
                classlessStaticRoutes: [{destination: 10.0.0.0/8, router: 192.168.2.254}]
                netboot:
                  ipxeBinary: ipxe.efi
                  pxelinuxConfig: default linux
                  osie: {baseUrl: http://files.example/hook, kernel: k, initrd: i, kernelParams: [a, b]}
                  raspberryPi: {serialNumber: 00f1, firmwarePath: fw, configTxt: arm_64bit=1}
                """)
            .base();
    assertThat(hardware.agentId()).contains("rack7");
    assertThat(hardware.isoSource()).contains(URI.create("http://files.example/a.iso"));
    assertThat(hardware.reservation().tftpServerName()).contains("10.0.0.1");
    assertThat(hardware.reservation().bootFileName()).contains("snp.efi");
    assertThat(hardware.reservation().domainSearch()).containsExactly("a.example", "b.example");
    assertThat(hardware.reservation().classlessStaticRoutes())
        .singleElement()
        .hasToString("10.0.0.0/8->192.168.2.254");
    Netboot netboot = hardware.netboot().orElseThrow();
    assertThat(netboot.ipxeBinary()).contains("ipxe.efi");
    assertThat(netboot.pxelinuxConfig()).contains("default linux");
    assertThat(netboot.osie().baseUrl()).contains(URI.create("http://files.example/hook"));
    assertThat(netboot.osie().kernel()).contains("k");
    assertThat(netboot.osie().initrd()).contains("i");
    assertThat(netboot.osie().kernelParams()).containsExactly("a", "b");
    assertThat(netboot.raspberryPi().orElseThrow().serialNumber()).isEqualTo("00f1");
    assertThat(netboot.raspberryPi().orElseThrow().firmwarePath()).contains("fw");
  }

  @ParameterizedTest
  @CsvSource({
    "10,10",
    "-3,-3",
    "+3,3",
    "0x1F,31",
    "0b11,3",
    "017,15",
    "0o17,15",
    "08,8",
    "1_000,1000",
    "1e3,1000",
    "1.0,1",
    "12.50e1,125",
    "0,0",
    "00,0"
  })
  void wholeNumbersAreRead(String text, long expected) {
    assertThat(ScalarText.integer(text)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "abc", "1.5", "1e-1", "_1", "0x", "--1", ".inf", "12h", "1e9999", "1:30"})
  void otherTextIsNoWholeNumber(String text) {
    assertThat(ScalarText.integer(text)).isEmpty();
  }

  @Test
  void keysThatAreNoTextAndValuesOfTheWrongKindDoNotHarmOthers() throws Exception {
    HardwareFiles.Read file =
        read(
            BASE
                + "? [a]\n: b\n"
                + "52:54:00:00:00:01: text\n"
                + "52:54:00:00:00:02: [a]\n"
                + "52:54:00:00:00:03:\n"
                + "52:54:00:00:00:04: {ipAddress: [1.1.1.1]}\n"
                + "52:54:00:00:00:05: {ipAddress: 1.1.1.1, subnetMask: 255.0.0.0, netboot: yes}\n");
    assertThat(found(file.mac(MAC))).isNotNull();
    assertThat(file.index().records()).isEqualTo(1);
    assertThat(file.problems())
        .containsExactly(
            "6:3: a key must be text, not a list; it is ignored",
            "8:20: 52:54:00:00:00:01: a record is a mapping, not a single value;"
                + " the record is not used",
            "9:20: 52:54:00:00:00:02: a record is a mapping, not a list; the record is not used",
            "10:19: 52:54:00:00:00:03: a record is a mapping, not nothing; the record is not used",
            "11:32: 52:54:00:00:00:04: ipAddress takes a single value, not a list;"
                + " the record is not used",
            "12:73: 52:54:00:00:00:05: netboot takes a mapping, not a single value;"
                + " the record is not used");
  }

  @Test
  void fieldThatIsGivenTwiceIsReported() throws Exception {
    HardwareFiles.Read file = withLines("arch: a\nARCH: b");
    assertThat(found(file.mac(MAC)).reservation().arch()).contains("b");
    assertThat(file.problems())
        .containsExactly(
            "7:3: " + MAC + ": ARCH is given twice, first in line 6; this one is used");
  }

  @Test
  void mergedRecordsGiveWayToOwnOnes() throws Exception {
    HardwareFiles.Read file =
        read(
            """
            x: &x
              52:54:00:00:00:01: {ipAddress: 10.0.0.1, subnetMask: 255.0.0.0}
              52:54:00:00:00:02: {ipAddress: 10.0.0.2, subnetMask: 255.0.0.0}
            52:54:00:00:00:01: {ipAddress: 10.0.0.9, subnetMask: 255.0.0.0}
            <<: *x
            """);
    assertThat(found(file.ip("10.0.0.9"))).isNotNull();
    assertThat(found(file.ip("10.0.0.2"))).isNotNull();
    assertThat(file.ip("10.0.0.1")).isInstanceOf(LookupResult.NotFound.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void byteOrderMarkTellsTheEncoding(String charset) throws Exception {
    byte[] bytes =
        ("\uFEFF" + BASE + "  hostname: s\u00e4rver\n").getBytes(Charset.forName(charset));
    assertThat(read(bytes).base().reservation().hostname()).contains("s\u00e4rver");
  }

  @Test
  void bytesThatAreNoTextAreRefusedWithTheirPlace() {
    byte[] bytes = (BASE + "  hostname: \u00ff").getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOfSatisfying(
            BadFileException.class,
            e ->
                assertThat(e.describe(Path.of("f.yaml")))
                    .isEqualTo("f.yaml:6:13: the text is not valid UTF-8"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: *x | f.yaml:1:4: there is no complete &x before this alias",
        "a: &x [*x] | f.yaml:1:8: there is no complete &x before this alias",
        "a: \"\\UFFFFFFFF\" | f.yaml:1:1: an escape sequence in or after this value is not a character",
        "a: b: c | f.yaml:1:5: mapping values are not allowed here",
        "a: b\u0001c | f.yaml:1:5: the character U+0001 is not allowed in YAML",
        "%YAML 9.9 | f.yaml:1:1: ",
        "- [a | f.yaml:1:",
        "text | f.yaml:1:1: a mapping from MAC addresses to records is expected, not a single value"
      })
  void faultsAreExplainedInOneLineWithTheirPlace(String text, String expected) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOfSatisfying(
            BadFileException.class,
            e -> assertThat(e.describe(Path.of("f.yaml"))).startsWith(expected));
  }

  @Test
  void aliasesThatMultiplyAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + (alias + ", ").repeat(9) + alias + "]\n");
    }
    assertThatThrownBy(() -> read(bomb.toString()))
        .isInstanceOf(BadFileException.class)
        .hasMessage("aliases stand for more than 10000000 values");
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> read("a: " + "[".repeat(100_000)))
        .isInstanceOf(BadFileException.class)
        .hasMessage("nested more than 64 levels deep");
  }

  @Test
  void problemsAreCountedBeyondTheLimit() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      text.append("bad").append(i).append(": {}\n");
    }
    Problems problems = new Problems(3);
    HardwareText.read(text.toString().getBytes(StandardCharsets.UTF_8), problems);
    assertThat(problems.inOrder()).hasSize(3);
    assertThat(problems.dropped()).isEqualTo(4);
  }

  @Nested
  class WhenTheFileHoldsHardwareObjects {

    @Test
    void singleObjectIsRead() throws Exception {
      HardwareFiles.Read file = read(OBJECT);
      assertThat(file.base().netbootAllowed()).isTrue();
      assertThat(found(file.ip(IP)).macAddress()).hasToString(MAC);
    }

    @Test
    void listsAndDocumentsOfObjectsAreRead() throws Exception {
      String other = OBJECT.replace(":2a", ":2b").replace(".15", ".16");
      String third = OBJECT.replace(":2a", ":2c").replace(".15", ".17");
      List<String> texts =
          List.of(
              item(OBJECT) + item(other) + item(third),
              OBJECT + "---\n" + other + "---\n" + third,
              "kind: List\nitems:\n" + item(OBJECT) + item(other) + item(third),
              "items:\n" + item(OBJECT) + item(other) + item(third) + "kind: HardwareList\n",
              item("kind: List\nitems:\n" + item(OBJECT)) + item(other) + item(third));
      for (String text : texts) {
        HardwareFiles.Read file = read(text);
        assertThat(file.problems()).isEmpty();
        assertThat(file.index().records()).isEqualTo(3);
        assertThat(found(file.ip("192.168.2.16")).macAddress()).hasToString("52:54:00:aa:88:2b");
        assertThat(found(file.mac("52:54:00:aa:88:2c"))).isNotNull();
      }
    }

    private String item(String text) {
      return "- " + text.indent(2).substring(2);
    }

    @Test
    void objectsOfOtherKindsAreSkipped() throws Exception {
      HardwareFiles.Read file = read("kind: Secret\ndata: {}\n---\n" + OBJECT);
      assertThat(found(file.mac(MAC))).isNotNull();
      assertThat(file.problems())
          .containsExactly("1:1: an object of kind Secret is no Hardware; skipped");
    }

    @Test
    void twoObjectsWithOneAddressAreAmbiguous() throws Exception {
      HardwareFiles.Read file = read(OBJECT + "---\n" + OBJECT);
      assertThat(file.mac(MAC)).isInstanceOf(LookupResult.Ambiguous.class);
      assertThat(file.ip(IP)).isInstanceOf(LookupResult.Ambiguous.class);
    }

    @Test
    void badInterfaceIsUnusableAndReportedWithItsPlace() throws Exception {
      HardwareFiles.Read file =
          read(OBJECT.replace("255.255.255.0", "bad") + "---\n" + OBJECT.replace(":2a", ":2b"));
      assertThat(file.mac(MAC)).isInstanceOf(LookupResult.Unusable.class);
      assertThat(found(file.mac("52:54:00:aa:88:2b"))).isNotNull();
      assertThat(file.problems().get(0)).startsWith("8:44: tink/one: spec.interfaces[0].dhcp.ip");
    }

    @Test
    void listWithSomethingElseIsRefused() {
      assertThatThrownBy(() -> read("- [a]"))
          .isInstanceOf(BadFileException.class)
          .hasMessage("a Hardware object is expected, not a list");
    }
  }

  @Test
  void examplesOfTheReadmeAreRead() throws Exception {
    List<String> examples = new ArrayList<>();
    Matcher blocks = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(readme());
    while (blocks.find()) {
      examples.add(blocks.group(1));
    }
    assertThat(examples).hasSize(3);
    HardwareFiles.Read first = read(examples.get(0));
    assertThat(first.base().reservation().hostname()).contains("server-15");
    HardwareFiles.Read second = read(examples.get(1));
    HardwareRecord hardware = found(second.mac("52:54:00:aa:88:2b"));
    assertThat(hardware.agentId()).contains("rack7-u16");
    assertThat(hardware.reservation().defaultGateway()).isPresent();
    assertThat(second.problems())
        .containsExactly("1:1: the key \"x-defaults\" is not a MAC address; skipped");
    HardwareFiles.Read third = read(examples.get(2));
    assertThat(third.problems()).isEmpty();
    assertThat(found(third.mac("52:54:00:aa:88:2c")).reservation().hostname())
        .contains("server-17");
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }
}
