// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.backend.spi.BackendProvider;

/** The names of today's Tinkerbell, beside those of the standalone Smee. */
class AliasTest {
  private static final List<BackendProvider> BACKENDS =
      ServiceLoader.load(BackendProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing(BackendProvider::name))
          .toList();

  private String publicIp = "192.168.1.100";
  private List<String> problems = List.of();
  private List<String> warnings = List.of();

  private FlagValues parse(Map<String, String> environment, String... arguments) {
    FlagParser parser = new FlagParser(FlagTable.of(publicIp, BACKENDS));
    FlagValues values = parser.parse(List.of(arguments), environment);
    problems = parser.problems();
    warnings = parser.warnings();
    return values;
  }

  private Config read(String... arguments) {
    FlagValues values = parse(Map.of(), arguments);
    ConfigReader reader = new ConfigReader(values, BACKENDS);
    Config config = reader.read();
    problems = reader.problems();
    return config;
  }

  @ParameterizedTest(name = "-{0}={1} is -{2}={3}")
  @CsvSource({
    "dhcp-bind-addr, 10.0.0.1, dhcp-addr, 10.0.0.1:67",
    "dhcp-bind-interface, eth7, dhcp-iface, eth7",
    "dhcp-ipxe-http-binary-scheme, https, dhcp-http-ipxe-binary-scheme, https",
    "dhcp-ipxe-http-binary-host, h, dhcp-http-ipxe-binary-host, h",
    "dhcp-ipxe-http-binary-port, 81, dhcp-http-ipxe-binary-port, 81",
    "dhcp-ipxe-http-binary-path, /ipxe/binary/, dhcp-http-ipxe-binary-path, /ipxe/binary/",
    "dhcp-ipxe-http-script-scheme, https, dhcp-http-ipxe-script-scheme, https",
    "dhcp-ipxe-http-script-host, h, dhcp-http-ipxe-script-host, h",
    "dhcp-ipxe-http-script-port, 82, dhcp-http-ipxe-script-port, 82",
    "dhcp-ipxe-http-script-path, /p, dhcp-http-ipxe-script-path, /p",
    "dhcp-ipxe-http-script-prepend-mac, false, dhcp-http-ipxe-script-prepend-mac, false",
    "ipxe-http-script-extra-kernel-args, a=b c=d, extra-kernel-args, a=b c=d",
    "ipxe-http-binary-enabled, false, http-ipxe-binary-enabled, false",
    "ipxe-http-script-enabled, false, http-ipxe-script-enabled, false",
    "ipxe-http-script-retries, 3, ipxe-script-retries, 3",
    "ipxe-http-script-retry-delay, 4, ipxe-script-retry-delay, 4",
    "ipxe-http-script-osie-url, http://o, osie-url, http://o",
    "ipxe-script-tink-server-use-tls, true, tink-server-tls, true",
    "ipxe-script-tink-server-insecure-tls, true, tink-server-insecure-tls, true",
    "ipxe-http-script-trusted-proxies, 10.0.0.0/8, trusted-proxies, 10.0.0.0/8",
    "iso-upstream-url, http://i, iso-url, http://i",
    "iso-patch-magic-string, m, iso-magic-string, m",
    "syslog-bind-addr, 10.0.0.2, syslog-addr, 10.0.0.2",
    "syslog-bind-port, 515, syslog-port, 515",
    "ipxe-embedded-script-patch, x, ipxe-script-patch, x",
    "tftp-server-bind-addr, 10.0.0.3, tftp-addr, 10.0.0.3",
    "tftp-server-bind-port, 70, tftp-port, 70",
    "tftp-server-enabled, false, tftp-enabled, false",
    // C31
    "ipxe-script-tink-server-addr-port, reboot.example.com, tink-server, reboot.example.com:42113",
    "ipxe-script-tink-server-addr-port, :443, tink-server, 192.168.1.100:443",
    "ipxe-script-tink-server-addr-port, [2001:db8::1], tink-server, [2001:db8::1]:42113",
    "ipxe-script-tink-server-addr-port, [2001:db8::1]:1, tink-server, [2001:db8::1]:1",
    "ipxe-script-tink-server-addr-port, '', tink-server, 192.168.1.100:42113",
  })
  void anotherName(String alias, String value, String flag, String expected) {
    assertThat(parse(Map.of(), "-" + alias + "=" + value).text(flag)).isEqualTo(expected);
    assertThat(problems).isEmpty();
    assertThat(warnings).isEmpty();
    if (!value.isEmpty()) {
      assertThat(parse(Map.of(Flag.variable(alias), value)).text(flag)).isEqualTo(expected);
      assertThat(problems).isEmpty();
      assertThat(warnings).isEmpty();
    }
  }

  @Test
  void noNameStandsForTwoThings() {
    Set<String> names = new HashSet<>();
    for (Flag flag : FlagTable.of("", BACKENDS).flags()) {
      assertThat(names.add(flag.name())).as(flag.name()).isTrue();
      flag.aliases()
          .forEach(alias -> assertThat(names.add(alias.name())).as(alias.name()).isTrue());
    }
  }

  @Test
  void theUsageListsEveryAlias() {
    FlagTable table = FlagTable.of("", BACKENDS);
    String usage = Usage.of(table);
    for (Flag flag : table.flags()) {
      for (Alias alias : flag.aliases()) {
        assertThat(usage).containsPattern("\n  -" + alias.name() + " +-" + flag.name() + "\n");
      }
    }
  }

  @Test
  @DisplayName("C31 no Tink server without host when no address of this machine is known")
  void tinkServerOfNowhere() {
    publicIp = "";
    FlagValues values = parse(Map.of(), "-ipxe-script-tink-server-addr-port=:443");
    assertThat(values.text("tink-server")).isEmpty();
  }

  @Test
  void emptyHostAndPortZeroMeanTheDefault() {
    FlagValues values =
        parse(Map.of(), "-dhcp-ipxe-http-script-host=", "-dhcp-ipxe-http-script-port", "0");
    assertThat(values.isGiven("dhcp-http-ipxe-script-host")).isFalse();
    assertThat(values.integer("dhcp-http-ipxe-script-port")).isEqualTo(8080);
  }

  @Test
  void kernelArgumentsAddUpUnderTodaysName() {
    FlagValues values =
        parse(
            Map.of(),
            "--ipxe-http-script-extra-kernel-args=a=1",
            "--ipxe-http-script-extra-kernel-args",
            "b=2 c=3");
    assertThat(values.text("extra-kernel-args")).isEqualTo("a=1 b=2 c=3");
  }

  @Test
  void aBareBooleanIsTrueUnderItsOtherNameToo() {
    FlagValues values = parse(Map.of(), "-ipxe-script-tink-server-use-tls", "-http-port=9");
    assertThat(problems).isEmpty();
    assertThat(values.bool("tink-server-tls")).isTrue();
    assertThat(values.integer("http-port")).isEqualTo(9);
  }

  @Test
  void twoNamesWithDifferentValuesAreAFault() {
    parse(Map.of(), "-tftp-port=69", "-tftp-server-bind-port=70");
    assertThat(problems)
        .containsExactly(
            "-tftp-server-bind-port: another value than that of -tftp-port, its other name");
    parse(Map.of("SMEE_TFTP_PORT", "69", "SMEE_TFTP_SERVER_BIND_PORT", "70"));
    assertThat(problems)
        .containsExactly(
            "SMEE_TFTP_SERVER_BIND_PORT: another value than that of SMEE_TFTP_PORT, its other"
                + " name");
  }

  @Test
  void twoNamesMaySayTheSame() {
    assertThat(parse(Map.of(), "-tftp-port=0x46", "-tftp-server-bind-port=70").integer("tftp-port"))
        .isEqualTo(70);
    assertThat(problems).isEmpty();
  }

  @Test
  void theCommandLineBeatsTheEnvironmentUnderWhateverName() {
    FlagValues values = parse(Map.of("SMEE_TFTP_PORT", "x"), "-tftp-server-bind-port=70");
    assertThat(values.integer("tftp-port")).isEqualTo(70);
    assertThat(values.origin("tftp-port")).isEqualTo("-tftp-server-bind-port");
    assertThat(problems).isEmpty();
  }

  @Test
  void aBadValueIsNamedByTheNameThatWasUsed() {
    parse(Map.of("SMEE_SYSLOG_BIND_PORT", "x"));
    assertThat(problems).containsExactly("SMEE_SYSLOG_BIND_PORT: \"x\" is not a whole number");
  }

  @ParameterizedTest(name = "-backend={0} is the {1} backend")
  @CsvSource({"kube, kube", "file, file", "none, noop"})
  void backendByName(String name, String expected) {
    Config config = read("-backend=" + name, "-backend-file-path=x", "-dhcp-mode=auto-proxy");
    assertThat(problems).isEmpty();
    assertThat(config.backend().orElseThrow().provider().name()).isEqualTo(expected);
  }

  @Test
  void backendsThatContradictEachOther() {
    read("-backend=kube", "-backend-file-enabled", "-backend-file-path=x");
    assertThat(problems).singleElement().asString().contains("only one backend");
    read("-backend=flie");
    assertThat(problems).singleElement().asString().startsWith("-backend: there is no backend");
    read("-backend=none");
    assertThat(problems).singleElement().asString().startsWith("-backend: the noop backend needs");
  }

  @Test
  void oneAddressForAllThreeServersUnlessTheyHaveOneOfTheirOwn() {
    Config config = read("-backend-file-path=x", "-bind-address=127.0.0.9", "-tftp-addr=127.0.0.8");
    assertThat(config.http().listen().getHostString()).isEqualTo("127.0.0.9");
    assertThat(config.syslog().orElseThrow().listen().getHostString()).isEqualTo("127.0.0.9");
    assertThat(config.tftp().orElseThrow().listen().getHostString()).isEqualTo("127.0.0.8");
  }

  @Test
  void whatKubernetesPutsIntoEveryPodIsNoReasonToWarn() {
    parse(
        Map.of(
            "SMEE_SERVICE_HOST", "10.0.0.1",
            "SMEE_SERVICE_PORT", "80",
            "SMEE_SERVICE_PORT_HTTP", "80",
            "SMEE_PORT", "tcp://10.0.0.1:80",
            "SMEE_PORT_80_TCP", "tcp://10.0.0.1:80",
            "SMEE_PORT_80_TCP_ADDR", "10.0.0.1"));
    assertThat(warnings).isEmpty();
  }
}
