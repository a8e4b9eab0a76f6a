// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.PACKET_IP;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.MacAddress;

class NetbootSettingsTest {

  @Test
  void defaultsComeFromThePacketIp() {
    NetbootSettings settings = NetbootSettings.builder(PACKET_IP).build();

    assertThat(settings.tftpAddress()).isEqualTo(new InetSocketAddress(PACKET_IP, 69));
    assertThat(settings.binaryBaseUrl()).hasToString("http://10.0.0.5:8080/ipxe/");
    assertThat(settings.scriptBaseUrl()).isEmpty();
    assertThat(settings.syslogIp()).isEmpty();
    assertThat(settings.prependMac()).isTrue();
    assertThat(settings.netbootOptions()).isTrue();
    assertThat(settings.binaryMacFormat()).contains(MacAddress.Format.COLON);
    assertThat(settings.chainload()).isEqualTo(Chainload.AUTO);
    assertThat(settings.bootFiles().breaksLoop("ipxe.efi")).isTrue();
    assertThat(settings.referenceParity()).isFalse();
    assertThat(settings.vlanOption()).isFalse();
    assertThat(settings.strictPxe()).isFalse();
  }

  @Test
  void unusableAddressesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NetbootSettings.builder(Ipv4.ANY))
        .withMessage("packetIp: 0.0.0.0 (expected: an address that clients can reach)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                NetbootSettings.builder(PACKET_IP)
                    .tftpAddress(InetSocketAddress.createUnresolved("h", 69)))
        .withMessageContaining("(expected: a resolved IPv4 address)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                NetbootSettings.builder(PACKET_IP)
                    .tftpAddress(new InetSocketAddress(Fixtures.ipv6("2001:db8::1"), 69)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NetbootSettings.builder(PACKET_IP).binaryBaseUrl(URI.create("/ipxe/")))
        .withMessageStartingWith("binaryBaseUrl: /ipxe/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "b8:27", "b8:27:eb:00", "b8:27:zz", "b827eb"})
  void prefixesOfAnotherFormAreRefused(String prefix) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NetbootSettings.builder(PACKET_IP).raspberryPiPrefixes(List.of(prefix)))
        .withMessage(
            "raspberryPiPrefixes: " + prefix + " (expected: three octets such as b8:27:eb)");
  }

  @ParameterizedTest(name = "TFTP {0}, HTTP {1}: {2}, {3}")
  @CsvSource({
    "10.0.0.6, 10.0.0.7, 10.0.0.6, 10.0.0.7",
    "0.0.0.0, 10.0.0.7, 10.0.0.5, 10.0.0.7",
    "10.0.0.6, 0.0.0.0, 10.0.0.6, 10.0.0.5",
    "10.0.0.6, boot.example, 10.0.0.6, 10.0.0.5",
    "10.0.0.6, [2001:db8::1], 10.0.0.6, 10.0.0.5",
  })
  void nextServerFallsBackToThePacketIp(String tftp, String host, String pxe, String http) {
    NetbootSettings settings =
        NetbootSettings.builder(PACKET_IP)
            .tftpAddress(new InetSocketAddress(ip(tftp), 69))
            .binaryBaseUrl(URI.create("http://" + host + ":8080/ipxe/"))
            .build();

    assertThat(settings.nextServer(ClientType.PXE)).isEqualTo(ip(pxe));
    assertThat(settings.nextServer(ClientType.HTTP)).isEqualTo(ip(http));
    assertThat(settings.tftpBinaryUrl(Fixtures.MAC, "x"))
        .isEqualTo("tftp://" + pxe + ":69/02:00:00:00:00:ff/x");
  }

  @Test
  void scriptUrlCarriesTheAddressUnlessToldNotTo() {
    NetbootSettings.Builder builder =
        NetbootSettings.builder(PACKET_IP).scriptBaseUrl(URI.create("http://h:80/a/x.ipxe"));

    assertThat(builder.build().scriptUrl(Fixtures.MAC))
        .contains("http://h/a/02:00:00:00:00:ff/x.ipxe");
    assertThat(builder.prependMac(false).build().scriptUrl(Fixtures.MAC))
        .contains("http://h/a/x.ipxe");
  }

  @Test
  void overridesAreLaidOverWhicheverTableIsSet() {
    NetbootSettings settings =
        NetbootSettings.builder(PACKET_IP)
            .architectureOverrides(Map.of(ClientArchitecture.EFI_X86_64, "own.efi"))
            .binaries(BootBinaries.MONOREPO)
            .build();

    assertThat(settings.binaries().file(ClientArchitecture.EFI_X86_64)).contains("own.efi");
    assertThat(settings.binaries().file(ClientArchitecture.EFI_ARM64)).contains("snp-arm64.efi");
  }

  @Test
  void textTellsWhatRepliesSay() {
    assertThat(NetbootSettings.builder(PACKET_IP).noMacInBinaryUrls().build())
        .hasToString(
            "NetbootSettings[packetIp=10.0.0.5, tftp=10.0.0.5:69, syslog=none,"
                + " binaries=http://10.0.0.5:8080/ipxe/, script=none, prependMac=true,"
                + " macFormat=none, netbootOptions=true, chainload=AUTO, referenceParity=false]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-d887dc3912240434-01",
        "00-23b1e307bb35484f535a1f772c06910e-0000000000000000-01",
        "01-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01",
        "00-23B1e307bb35484f535a1f772c06910e-d887dc3912240434-01",
        "00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434",
        "",
      })
  void traceOfAnotherFormIsNone(String text) {
    assertThat(TraceParent.tryParse(text)).isEmpty();
  }

  @Test
  void traceHasTextAndOctets() {
    TraceParent trace = GoldenCase.TRACE;

    assertThat(trace).hasToString("00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01");
    assertThat(trace.octets())
        .isEqualTo(Fixtures.hex("0023b1e307bb35484f535a1f772c06910ed887dc391224043401"));
    assertThat(TraceParent.tryParse(trace.toString().replaceFirst("01$", "02")).orElseThrow())
        .hasToString("00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-00");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceParent("1", trace.spanId(), true))
        .withMessageStartingWith("traceId: 1 (expected:");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TraceParent(trace.traceId(), "1", true));
  }
}
