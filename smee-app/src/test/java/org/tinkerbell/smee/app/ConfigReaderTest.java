// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.dhcp.netboot.Chainload;
import org.tinkerbell.smee.dhcp.netboot.ClientArchitecture;

class ConfigReaderTest {
  private static final List<BackendProvider> ALL =
      ServiceLoader.load(BackendProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing(BackendProvider::name))
          .toList();

  private List<BackendProvider> backends = ALL;
  private String publicIp = "192.0.2.2";
  private List<String> problems = List.of();
  private List<String> warnings = List.of();

  private Config read(String... arguments) {
    return read(Map.of(), arguments);
  }

  private Config read(Map<String, String> environment, String... arguments) {
    FlagParser parser = new FlagParser(FlagTable.of(publicIp, backends));
    FlagValues flags = parser.parse(List.of(arguments), environment);
    assertThat(parser.problems()).isEmpty();
    ConfigReader reader = new ConfigReader(flags, backends);
    Config config = reader.read();
    problems = reader.problems();
    warnings = reader.warnings();
    return config;
  }

  @Test
  @DisplayName("C2 the defaults are a whole configuration")
  void defaults() {
    Config config = read();
    assertThat(problems).isEmpty();
    Config.Dhcp dhcp = config.dhcp().orElseThrow();
    assertThat(dhcp.listen()).isEqualTo(new InetSocketAddress("0.0.0.0", 67));
    assertThat(dhcp.packetIp().getHostAddress()).isEqualTo("192.0.2.2");
    assertThat(dhcp.tftp()).isEqualTo(new InetSocketAddress("192.0.2.2", 69));
    assertThat(dhcp.binaryBase()).isEqualTo(URI.create("http://192.0.2.2:8080/ipxe/"));
    assertThat(dhcp.scriptBase()).isEqualTo(URI.create("http://192.0.2.2:8080/auto.ipxe"));
    assertThat(dhcp.chainload()).isEqualTo(Chainload.AUTO);
    assertThat(config.tftp().orElseThrow().listen())
        .isEqualTo(new InetSocketAddress("192.0.2.2", 69));
    assertThat(config.tftp().orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.http().listen()).isEqualTo(new InetSocketAddress("192.0.2.2", 8080));
    assertThat(config.syslog().orElseThrow().listen())
        .isEqualTo(new InetSocketAddress("192.0.2.2", 514));
    assertThat(config.backend().orElseThrow().provider().name()).isEqualTo("kube");
  }

  @Test
  void parityChainloadsEveryIpxeUnlessToldOtherwise() {
    assertThat(read("-dhcp-reference-parity").dhcp().orElseThrow().chainload())
        .isEqualTo(Chainload.ALWAYS);
    assertThat(
            read("-dhcp-reference-parity", "-ipxe-chainload=auto").dhcp().orElseThrow().chainload())
        .isEqualTo(Chainload.AUTO);
  }

  @Test
  void blockSizeIsACapOnlyWhenItIsGiven() {
    assertThat(read().tftp().orElseThrow().maxBlockSize()).isEmpty();
    assertThat(read("-tftp-block-size=512").tftp().orElseThrow().maxBlockSize()).hasValue(512);
    assertThat(read(Map.of("SMEE_TFTP_BLOCK_SIZE", "1024")).tftp().orElseThrow().maxBlockSize())
        .hasValue(1024);
  }

  @Test
  @DisplayName("C15 extra kernel arguments; C25 the binary URL always has its port")
  void texts() {
    Config config =
        read(
            Map.of("SMEE_EXTRA_KERNEL_ARGS", "a=u  b=p c=r,s "),
            "-dhcp-http-ipxe-binary-host=1.2.3.4",
            "-dhcp-http-ipxe-binary-port=80");
    assertThat(config.script().extraKernelArgs()).containsExactly("a=u", "b=p", "c=r,s");
    assertThat(config.dhcp().orElseThrow().binaryBase())
        .isEqualTo(URI.create("http://1.2.3.4:80/ipxe/"));
  }

  @Test
  void wholeScriptUrlReplacesItsParts() {
    assertThat(read("-dhcp-http-ipxe-script-url=https://boot.netboot.xyz").script().base())
        .isEqualTo(URI.create("https://boot.netboot.xyz"));
    assertThat(problems).isEmpty();
    read("-dhcp-http-ipxe-script-url=boot.netboot.xyz");
    assertThat(problems).singleElement().asString().startsWith("-dhcp-http-ipxe-script-url:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-dhcp-mode=bogus|-dhcp-mode: \"bogus\" is not reservation, proxy or auto-proxy",
        "-http-port=99999|-http-port: 99999 is not within 0 and 65535",
        "-tftp-block-size=511|-tftp-block-size: 511 is not within 512 and 65456",
        "-ipxe-script-retries=-1|-ipxe-script-retries: -1 is not within 0 and 100",
        "-tftp-timeout=0|-tftp-timeout: \"0\" is not within 100ms and 255s",
        "-ipxe-chainload=maybe|-ipxe-chainload: \"maybe\" is not auto, always or never",
        "-ipxe-override-arch-mapping=16|-ipxe-override-arch-mapping: \"16\" is not an architecture and a file such as 16=ipxe.efi",
        "-ipxe-override-arch-mapping=7=a, x=b|-ipxe-override-arch-mapping: \"x=b\" is not an architecture",
        "-ipxe-override-arch-mapping=65536=a|-ipxe-override-arch-mapping: \"65536=a\" is not an architecture",
        "-ipxe-override-arch-mapping=7=|-ipxe-override-arch-mapping: \"7=\" is not an architecture",
        "-ipxe-binary-inject-mac-addr-format=x|-ipxe-binary-inject-mac-addr-format: \"x\" is not colon, dash, dot, no-delimiter or empty",
        "-dhcp-ip-for-packet=host|-dhcp-ip-for-packet: \"host\" is not an IPv4 address",
        "-dhcp-syslog-ip=::1|-dhcp-syslog-ip: \"::1\" is not an IPv4 address",
        "-dhcp-addr=67|-dhcp-addr: \"67\" is not an IPv4 address and port such as 0.0.0.0:67",
        "-tftp-addr=1.2.3|-tftp-addr: \"1.2.3\" is neither an IP address nor a host name that is known",
        "-dhcp-http-ipxe-script-scheme=ftp|-dhcp-http-ipxe-script-scheme: \"ftp\" is not http or https",
        "-ipxe-dir=/nonexistent|-ipxe-dir: \"/nonexistent\" is not a folder that can be read",
        "-trusted-proxies=x|-trusted-proxies: ",
      })
  void eachFaultNamesItsFlag(String argument, String expected) {
    read(argument);
    assertThat(problems).singleElement().asString().startsWith(expected);
  }

  @Test
  void netbootIsLikeTheReferenceInWhatItNeedNotDoBetter() {
    assertThat(read().dhcp().orElseThrow().bootServer()).isTrue();
    assertThat(read().dhcp().orElseThrow().netboot())
        .isEqualTo(
            new Config.Netboot(
                true, Map.of(), Optional.of(MacAddress.Format.COLON), false, false, false));
    Config.Dhcp other =
        read(
                "-dhcp-boot-server-enabled=false",
                "-dhcp-enable-netboot-options=false",
                "-ipxe-override-arch-mapping= 16 = a.efi ,255=b.efi",
                "-ipxe-binary-inject-mac-addr-format=no-delimiter",
                "-dhcp-vlan-option",
                "-dhcp-strict-pxe",
                "-dhcp-reference-parity")
            .dhcp()
            .orElseThrow();
    assertThat(problems).isEmpty();
    assertThat(other.bootServer()).isFalse();
    assertThat(other.netboot())
        .isEqualTo(
            new Config.Netboot(
                false,
                Map.of(
                    ClientArchitecture.EFI_X86_64_HTTP,
                    "a.efi",
                    ClientArchitecture.UNKNOWN,
                    "b.efi"),
                Optional.of(MacAddress.Format.NO_DELIMITER),
                true,
                true,
                true));
  }

  @ParameterizedTest
  @CsvSource({"'', COLON", "colon, COLON", "dash, DASH", "dot, DOT", "empty, "})
  void macFormatsHaveTheNamesOfTheReference(String text, MacAddress.Format format) {
    assertThat(
            read("-ipxe-binary-inject-mac-addr-format=" + text)
                .dhcp()
                .orElseThrow()
                .netboot()
                .macFormat())
        .isEqualTo(Optional.ofNullable(format));
    assertThat(problems).isEmpty();
  }

  @Test
  void aFaultInTheEnvironmentNamesTheVariable() {
    read(Map.of("SMEE_HTTP_PORT", "70000"));
    assertThat(problems).containsExactly("SMEE_HTTP_PORT: 70000 is not within 0 and 65535");
  }

  @Test
  void withoutAnAddressTheFlagsThatNeedOneAreNamed() {
    publicIp = "";
    Config config = read();
    assertThat(problems)
        .hasSize(4)
        .allMatch(problem -> problem.contains("no address was found on this machine"));
    assertThat(config.http().listen().getAddress().isAnyLocalAddress()).isTrue();
  }

  @Test
  @DisplayName("C16 an unknown mode is a fault even if DHCP is off")
  void unknownModeWithoutDhcp() {
    read("-dhcp-mode=bogus", "-dhcp-enabled=false");
    assertThat(problems).singleElement().asString().startsWith("-dhcp-mode: \"bogus\"");
  }

  @Test
  @DisplayName("C22 H35 trusted proxies: every bad element is named with the flag")
  void trustedProxies() {
    assertThat(read("-trusted-proxies=10.0.0.0/8, 192.0.2.1").http().trustedProxies())
        .isEqualTo("10.0.0.0/8, 192.0.2.1");
    assertThat(problems).isEmpty();
    read("-trusted-proxies=10.0.0.0/8,10.0.0.0/33");
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("-trusted-proxies: ")
        .contains("10.0.0.0/33");
  }

  @Test
  @DisplayName("C26 nothing enabled")
  void nothingEnabled() {
    read(
        "-dhcp-enabled=false",
        "-tftp-enabled=false",
        "-syslog-enabled=false",
        "-http-ipxe-binary-enabled=false",
        "-http-ipxe-script-enabled=false");
    assertThat(problems).singleElement().asString().startsWith("nothing is enabled");
  }

  @Test
  void whatIsSwitchedOffIsAbsent() {
    Config config =
        read("-dhcp-enabled=false", "-syslog-enabled=false", "-http-ipxe-script-enabled=false");
    assertThat(config.dhcp()).isEmpty();
    assertThat(config.syslog()).isEmpty();
    assertThat(config.backend()).isEmpty();
    assertThat(config.http().scripts()).isFalse();
    assertThat(problems).isEmpty();
  }

  @Test
  @DisplayName("C30 K21 noop needs auto-proxy")
  void noop() {
    read("-backend-noop-enabled");
    assertThat(problems).singleElement().asString().contains("-dhcp-mode=auto-proxy");
  }

  @Test
  @DisplayName("C30 static scripts go with auto-proxy, and with nothing else")
  void autoProxy() {
    Config config = read("-backend-noop-enabled", "-dhcp-mode=auto-proxy");
    assertThat(problems).isEmpty();
    assertThat(config.dhcp().orElseThrow().mode()).isEqualTo(Config.DhcpMode.AUTO_PROXY);
    assertThat(config.script().staticScripts()).isTrue();
    assertThat(read("-dhcp-mode=proxy").script().staticScripts()).isFalse();
  }

  @Test
  @DisplayName("C30 K22 two backends")
  void twoBackends() {
    read("-backend-noop-enabled", "-backend-file-enabled", "-backend-file-path=x");
    assertThat(problems).singleElement().asString().contains("only one backend");
  }

  @Test
  @DisplayName("C30 K23 no backend")
  void noBackend() {
    read("-backend-kube-enabled=false");
    assertThat(problems).singleElement().asString().startsWith("no backend is enabled");
  }

  @Test
  void fileBackendSwitchesKubernetesOff() {
    Config config = read("-backend-file-enabled", "-backend-file-path=x", "-backend-kube-enabled");
    assertThat(config.backend().orElseThrow().provider().name()).isEqualTo("file");
    assertThat(warnings).singleElement().asString().startsWith("-backend-kube-enabled:");
    assertThat(problems).isEmpty();
  }

  @Test
  void pathOfTheFileChoosesTheFileBackend() {
    assertThat(read("-backend-file-path=x").backend().orElseThrow().provider().name())
        .isEqualTo("file");
    assertThat(
            read("-backend-file-path=x", "-backend-kube-enabled")
                .backend()
                .orElseThrow()
                .provider()
                .name())
        .isEqualTo("kube");
  }

  @Test
  void aMissingDefaultBackendIsSaid() {
    backends = ALL.stream().filter(backend -> !backend.name().equals("kube")).toList();
    read();
    assertThat(problems).singleElement().asString().contains("smee-backend-kube");
  }

  @Test
  @DisplayName("C33 ISOs need a source")
  void isoWithoutSource() {
    read("-iso-enabled");
    assertThat(problems).singleElement().asString().startsWith("-iso-enabled: name the ISO with");
    assertThat(read().iso()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "https://example.com/hook.iso?x=1, https://example.com/hook.iso?x=1",
    "http://192.0.2.1:8080/hook.iso, http://192.0.2.1:8080/hook.iso",
    "/etc/passwd, file:///etc/passwd",
    "file:///etc/passwd, file:///etc/passwd",
  })
  void isoSourceIsAUrlOrAFile(String text, URI source) {
    Config config =
        read(
            "-iso-enabled",
            "-iso-url=" + text,
            "-iso-static-ipam-enabled",
            "-iso-magic-string=" + "m".repeat(300));
    assertThat(problems).isEmpty();
    assertThat(warnings).noneMatch(warning -> warning.contains("iso"));
    assertThat(config.iso())
        .contains(new Config.Iso(source, "m".repeat(300), /* staticIpam= */ true));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "ftp://example.com/hook.iso",
        "hook.iso",
        "http:///hook.iso",
        "file:///does/not/exist.iso",
        "http://a b/",
        "file:relative.iso"
      })
  void isoSourceThatIsNoneIsSaid(String text) {
    read("-iso-enabled", "-iso-url=" + text);
    assertThat(problems).singleElement().asString().startsWith("-iso-url: \"" + text + "\" is not");
  }

  @Test
  void httpsNeedsBothFiles() {
    assertThat(
            read("-tls-cert-file=/a.crt", "-tls-key-file=/a.key", "-https-port=1").http().https())
        .contains(
            new Config.Https(
                new InetSocketAddress("192.0.2.2", 1), Path.of("/a.crt"), Path.of("/a.key")));
    assertThat(problems).isEmpty();
    assertThat(read().http().https()).isEmpty();
    assertThat(read("-tls-cert-file=/a.crt").http().https()).isEmpty();
    assertThat(warnings).anyMatch(line -> line.startsWith("-tls-cert-file: no HTTPS without"));
    assertThat(read("-tls-key-file=/a.key").http().https()).isEmpty();
    assertThat(warnings).anyMatch(line -> line.endsWith("-tls-cert-file"));
    assertThat(problems).isEmpty();
  }

  @Test
  void oddIsoSettingsAreWarnedOf() {
    read(
        "-iso-enabled",
        "-iso-url=http://example.com/hook.iso",
        "-iso-magic-string=MAGIC",
        "-dhcp-enabled=false",
        "-dhcp-syslog-ip=192.0.2.1:514");
    assertThat(problems).isEmpty();
    assertThat(warnings)
        .anyMatch(warning -> warning.startsWith("-iso-magic-string: kernel arguments seldom fit"))
        .anyMatch(warning -> warning.startsWith("-dhcp-syslog-ip: HookOS adds the port"));
  }

  @Test
  void anOsieUrlWithoutHostIsWarnedOf() {
    read("-osie-url=images.example/hook");
    assertThat(warnings)
        .anyMatch(warning -> warning.startsWith("-osie-url: \"images.example/hook\""));
    read("-osie-url=http://${next-server}/hook");
    assertThat(warnings).noneMatch(warning -> warning.startsWith("-osie-url"));
    read();
    assertThat(warnings).noneMatch(warning -> warning.startsWith("-osie-url"));
  }

  @Test
  void aPatchThatDoesNotFitIsRefusedAtStart() {
    read("-ipxe-script-patch=" + "x".repeat(132));
    assertThat(problems).singleElement().asString().startsWith("-ipxe-script-patch:");
    read("-ipxe-script-patch=" + "x".repeat(131));
    assertThat(problems).isEmpty();
  }

  @Test
  void aLineBreakCannotGetIntoTheScript() {
    read("-extra-kernel-args=a\nexit");
    assertThat(problems).singleElement().asString().startsWith("-extra-kernel-args:");
    read("-dhcp-enabled=false", "-dhcp-syslog-ip=a\nexit");
    assertThat(problems).singleElement().asString().startsWith("-dhcp-syslog-ip:");
    read("-extra-kernel-args=a\\ b");
    assertThat(problems).singleElement().asString().contains("backslash");
    read("-osie-url=http://h/\\");
    assertThat(problems).singleElement().asString().startsWith("-osie-url: no word may end");
  }

  @ParameterizedTest(name = "H18 {0}")
  @CsvSource({
    "tftp, /tftp/",
    "/tftp, /tftp/",
    "/tftp//, /tftp/",
    "' a/./b ', /a/b/",
    "'', /",
    "/, /",
  })
  void prefixOfPxeFilesIsTakenInAnyForm(String text, String prefix) {
    assertThat(
            read("-pxe-http-enabled", "-pxe-http-path-prefix=" + text)
                .http()
                .pxe()
                .map(Config.PxeHttp::prefix))
        .hasValue(prefix);
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ipxe/", "iso", "/ipxe/script", "../x", "a b", "/**/", "a?b", "a%2fb"})
  void prefixThatCannotBeIsOneLine(String text) {
    read("-pxe-http-enabled", "-pxe-http-path-prefix=" + text);
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("-pxe-http-path-prefix: \"" + text + "\" is ")
        .endsWith("/tftp/");
  }

  @Test
  void withoutPxeFilesTheirPrefixDoesNotMatter() {
    assertThat(read("-pxe-http-path-prefix=..").http().pxe()).isEmpty();
    assertThat(problems).isEmpty();
  }

  @Test
  void folderOfBinariesIsTaken(@TempDir Path folder) {
    assertThat(read("-ipxe-dir=" + folder).ipxeDir()).hasValue(folder);
    assertThat(problems).isEmpty();
  }
}
