// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.spi.BackendProvider;

class FlagParserTest {
  private static final List<BackendProvider> BACKENDS =
      ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::get).toList();

  private final FlagTable table = FlagTable.of("192.0.2.2", BACKENDS);
  private final FlagParser parser = new FlagParser(table);

  private FlagValues parse(String... arguments) {
    return parse(Map.of(), arguments);
  }

  private FlagValues parse(Map<String, String> environment, String... arguments) {
    return parser.parse(List.of(arguments), environment);
  }

  @Test
  @DisplayName("C1 the usage: every help text begins in column 39, groups in their order")
  void usage() {
    List<String> lines = Usage.of(table).lines().toList();
    assertThat(lines.get(0)).startsWith("Smee is the DHCP and Network boot service");
    assertThat(lines.get(2)).isEqualTo("USAGE");
    assertThat(lines.get(3)).isEqualTo("  smee [flags]");
    int first = lines.indexOf("FLAGS") + 1;
    List<String> flags = lines.subList(first, first + table.flags().size());
    int column = 5 + table.flags().stream().mapToInt(flag -> flag.name().length()).max().orElse(0);
    assertThat(flags)
        .allSatisfy(
            line -> {
              assertThat(line).startsWith("  -");
              assertThat(line.substring(column - 2, column)).isBlank();
              assertThat(line.charAt(column)).isNotEqualTo(' ');
            });
    assertThat(
            flags.stream()
                .map(line -> line.substring(column).replaceFirst("\\].*", "]"))
                .filter(line -> line.startsWith("["))
                .distinct())
        .containsExactly(
            "[backend]",
            "[dhcp]",
            "[http]",
            "[iso]",
            "[otel]",
            "[syslog]",
            "[tftp/http]",
            "[tftp]");
  }

  @Test
  @DisplayName("C2 defaults; the detected address stands in eight of them")
  void defaults() {
    FlagValues values = parse();
    assertThat(parser.problems()).isEmpty();
    assertThat(values.text("log-level")).isEqualTo("info");
    assertThat(values.bool("backend-kube-enabled")).isTrue();
    assertThat(values.bool("backend-file-enabled")).isFalse();
    assertThat(values.text("dhcp-addr")).isEqualTo("0.0.0.0:67");
    assertThat(values.integer("http-port")).isEqualTo(8080);
    assertThat(values.duration("tftp-timeout")).isEqualTo(Duration.ofSeconds(5));
    assertThat(table.flags().stream().filter(f -> f.defaultValue().equals("192.0.2.2")).count())
        .isEqualTo(8);
  }

  @Test
  @DisplayName("the flags of the Go Smee are all there")
  void allFlagsOfTheReference() {
    assertThat(table.flags().stream().map(Flag::name))
        .contains(
            "log-level",
            "backend-file-enabled",
            "backend-file-path",
            "backend-kube-api",
            "backend-kube-config",
            "backend-kube-enabled",
            "backend-kube-namespace",
            "backend-noop-enabled",
            "dhcp-addr",
            "dhcp-enabled",
            "dhcp-http-ipxe-binary-host",
            "dhcp-http-ipxe-binary-path",
            "dhcp-http-ipxe-binary-port",
            "dhcp-http-ipxe-binary-scheme",
            "dhcp-http-ipxe-script-host",
            "dhcp-http-ipxe-script-path",
            "dhcp-http-ipxe-script-port",
            "dhcp-http-ipxe-script-prepend-mac",
            "dhcp-http-ipxe-script-scheme",
            "dhcp-http-ipxe-script-url",
            "dhcp-iface",
            "dhcp-ip-for-packet",
            "dhcp-mode",
            "dhcp-syslog-ip",
            "dhcp-tftp-ip",
            "dhcp-tftp-port",
            "extra-kernel-args",
            "http-addr",
            "http-ipxe-binary-enabled",
            "http-ipxe-script-enabled",
            "http-port",
            "ipxe-script-retries",
            "ipxe-script-retry-delay",
            "osie-url",
            "tink-server",
            "tink-server-insecure-tls",
            "tink-server-tls",
            "trusted-proxies",
            "iso-enabled",
            "iso-magic-string",
            "iso-static-ipam-enabled",
            "iso-url",
            "otel-endpoint",
            "otel-insecure",
            "syslog-addr",
            "syslog-enabled",
            "syslog-port",
            "ipxe-script-patch",
            "tftp-addr",
            "tftp-block-size",
            "tftp-enabled",
            "tftp-port",
            "tftp-timeout");
  }

  @Test
  @DisplayName("C3 an unknown flag is one line that names it")
  void unknownFlag() {
    parse("-nope");
    assertThat(parser.problems()).hasSize(1);
    assertThat(parser.problems().get(0)).startsWith("unknown flag -nope").contains("smee -h");
  }

  @Test
  void unknownFlagNearAKnownOneIsMet() {
    parse("-dhcp-mod=proxy");
    assertThat(parser.problems()).singleElement().asString().contains("did you mean -dhcp-mode?");
  }

  @ParameterizedTest(name = "C4 -http-port={0}")
  @ValueSource(strings = {"abc", " 80", "80 "})
  void notANumber(String value) {
    parse("-http-port=" + value);
    assertThat(parser.problems())
        .containsExactly("-http-port: \"" + value + "\" is not a whole number");
  }

  @Test
  @DisplayName("C4 a missing value")
  void missingValue() {
    parse("-http-port");
    assertThat(parser.problems()).singleElement().asString().startsWith("-http-port: a value is");
  }

  @Test
  @DisplayName("C5 a boolean that is none")
  void notABoolean() {
    parse("-dhcp-enabled=maybe");
    assertThat(parser.problems()).containsExactly("-dhcp-enabled: \"maybe\" is not true or false");
  }

  @Test
  @DisplayName("C6 Go's syntax of numbers, booleans and durations")
  void goSyntax() {
    FlagValues values = parse("-http-port=0x1F90", "-dhcp-enabled=F", "-tftp-timeout=1m30s");
    assertThat(parser.problems()).isEmpty();
    assertThat(values.integer("http-port")).isEqualTo(8080);
    assertThat(values.bool("dhcp-enabled")).isFalse();
    assertThat(values.duration("tftp-timeout")).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  @DisplayName("C7 a duration needs a unit")
  void durationWithoutUnit() {
    parse("-tftp-timeout=5");
    assertThat(parser.problems()).singleElement().asString().contains("is not a duration");
  }

  @Test
  @DisplayName("C8 a boolean's value after a blank is an error with a hint")
  void booleanWithBlank() {
    parse("-dhcp-enabled", "false", "-http-port", "9");
    assertThat(parser.problems())
        .singleElement()
        .asString()
        .contains("unexpected argument \"false\"")
        .contains("-dhcp-enabled=false");
  }

  @Test
  @DisplayName("C9 the last of a repeated flag wins")
  void repeated() {
    assertThat(parse("-http-port=1", "-http-port=2").integer("http-port")).isEqualTo(2);
    assertThat(parser.problems()).isEmpty();
  }

  @Test
  @DisplayName("C10 two dashes end the flags")
  void endOfFlags() {
    assertThat(parse("-http-port=8081", "--", "-http-port=9").integer("http-port")).isEqualTo(8081);
    assertThat(parser.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-osie-url http://x",
    "--osie-url http://x",
    "-osie-url=http://x",
    "--osie-url=http://x"
  })
  void oneDashOrTwoBlankOrEquals(String words) {
    assertThat(parse(words.split(" ")).text("osie-url")).isEqualTo("http://x");
    assertThat(parser.problems()).isEmpty();
  }

  @Test
  void valuesAreTakenAsTheyAre() {
    String value = "registry=\"a b\" x='y' @z ${q} -k=v";
    assertThat(parse("-extra-kernel-args", value).text("extra-kernel-args")).isEqualTo(value);
    assertThat(parser.problems()).isEmpty();
  }

  @Test
  void aBareBooleanIsTrue() {
    assertThat(parse("-iso-enabled").bool("iso-enabled")).isTrue();
    assertThat(parser.problems()).isEmpty();
  }

  @Test
  void aNumberMayBeNegativeForTheRangeCheckToSay() {
    assertThat(parse("-ipxe-script-retries=-1").integer("ipxe-script-retries")).isEqualTo(-1);
  }

  @Test
  @DisplayName("C11 the flag beats the variable, which beats the default")
  void precedence() {
    Map<String, String> environment = Map.of("SMEE_DHCP_MODE", "proxy");
    assertThat(parse(environment).text("dhcp-mode")).isEqualTo("proxy");
    assertThat(parse(environment, "-dhcp-mode=auto-proxy").text("dhcp-mode"))
        .isEqualTo("auto-proxy");
    assertThat(parse(Map.of("SMEE_DHCP_MODE", "")).text("dhcp-mode")).isEqualTo("reservation");
  }

  @Test
  @DisplayName("C12 every bad variable is named, the good ones are read all the same")
  void badVariables() {
    FlagValues values =
        parse(
            Map.of(
                "SMEE_HTTP_PORT", "abc",
                "SMEE_TFTP_PORT", "70",
                "SMEE_DHCP_ENABLED", "perhaps",
                "SMEE_DHCP_MODE", "proxy"));
    assertThat(parser.problems())
        .containsExactlyInAnyOrder(
            "SMEE_HTTP_PORT: \"abc\" is not a whole number",
            "SMEE_DHCP_ENABLED: \"perhaps\" is not true or false");
    assertThat(values.integer("tftp-port")).isEqualTo(70);
    assertThat(values.text("dhcp-mode")).isEqualTo("proxy");
  }

  @Test
  void aFlagMakesItsBadVariableIrrelevant() {
    assertThat(parse(Map.of("SMEE_HTTP_PORT", "abc"), "-http-port=81").integer("http-port"))
        .isEqualTo(81);
    assertThat(parser.problems()).isEmpty();
  }

  @ParameterizedTest(name = "C13 SMEE_DHCP_ENABLED={0}")
  @ValueSource(strings = {"0", "no", "off", "false"})
  void noInVariables(String value) {
    assertThat(parse(Map.of("SMEE_DHCP_ENABLED", value)).bool("dhcp-enabled")).isFalse();
    assertThat(parser.problems()).isEmpty();
  }

  @Test
  @DisplayName("C14 variables are case-sensitive; unknown ones of ours are named")
  void otherVariables() {
    FlagValues values = parse(Map.of("smee_http_port", "1", "SMEE_HTP_PORT", "2", "PATH", "/bin"));
    assertThat(values.integer("http-port")).isEqualTo(8080);
    assertThat(parser.warnings()).singleElement().asString().startsWith("SMEE_HTP_PORT:");
  }

  @Test
  void everyFaultIsShownAtOnce() {
    parse("-nope", "-http-port=x", "-tftp-timeout=5");
    assertThat(parser.problems()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "-help", "--help"})
  void helpIsAskedFor(String word) {
    parse(word);
    assertThat(parser.help()).isTrue();
  }
}
