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
    int column = 39 - 1;
    assertThat(flags)
        .allSatisfy(
            line -> {
              assertThat(line).startsWith("  -");
              assertThat(line.substring(column - 1, column)).isBlank();
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

  @ParameterizedTest(name = "C2 -{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          log-level | TEXT | info | SMEE_LOG_LEVEL
          backend-file-enabled | BOOL | false | SMEE_BACKEND_FILE_ENABLED
          backend-file-path | TEXT | '' | SMEE_BACKEND_FILE_PATH
          backend-kube-api | TEXT | '' | SMEE_BACKEND_KUBE_API
          backend-kube-config | TEXT | '' | SMEE_BACKEND_KUBE_CONFIG
          backend-kube-enabled | BOOL | true | SMEE_BACKEND_KUBE_ENABLED
          backend-kube-namespace | TEXT | '' | SMEE_BACKEND_KUBE_NAMESPACE
          backend-noop-enabled | BOOL | false | SMEE_BACKEND_NOOP_ENABLED
          dhcp-addr | TEXT | 0.0.0.0:67 | SMEE_DHCP_ADDR
          dhcp-enabled | BOOL | true | SMEE_DHCP_ENABLED
          dhcp-http-ipxe-binary-host | TEXT | 192.0.2.2 | SMEE_DHCP_HTTP_IPXE_BINARY_HOST
          dhcp-http-ipxe-binary-path | TEXT | /ipxe/ | SMEE_DHCP_HTTP_IPXE_BINARY_PATH
          dhcp-http-ipxe-binary-port | INT | 8080 | SMEE_DHCP_HTTP_IPXE_BINARY_PORT
          dhcp-http-ipxe-binary-scheme | TEXT | http | SMEE_DHCP_HTTP_IPXE_BINARY_SCHEME
          dhcp-http-ipxe-script-host | TEXT | 192.0.2.2 | SMEE_DHCP_HTTP_IPXE_SCRIPT_HOST
          dhcp-http-ipxe-script-path | TEXT | /auto.ipxe | SMEE_DHCP_HTTP_IPXE_SCRIPT_PATH
          dhcp-http-ipxe-script-port | INT | 8080 | SMEE_DHCP_HTTP_IPXE_SCRIPT_PORT
          dhcp-http-ipxe-script-prepend-mac | BOOL | true | SMEE_DHCP_HTTP_IPXE_SCRIPT_PREPEND_MAC
          dhcp-http-ipxe-script-scheme | TEXT | http | SMEE_DHCP_HTTP_IPXE_SCRIPT_SCHEME
          dhcp-http-ipxe-script-url | TEXT | '' | SMEE_DHCP_HTTP_IPXE_SCRIPT_URL
          dhcp-iface | TEXT | '' | SMEE_DHCP_IFACE
          dhcp-ip-for-packet | TEXT | 192.0.2.2 | SMEE_DHCP_IP_FOR_PACKET
          dhcp-mode | TEXT | reservation | SMEE_DHCP_MODE
          dhcp-syslog-ip | TEXT | 192.0.2.2 | SMEE_DHCP_SYSLOG_IP
          dhcp-tftp-ip | TEXT | 192.0.2.2 | SMEE_DHCP_TFTP_IP
          dhcp-tftp-port | INT | 69 | SMEE_DHCP_TFTP_PORT
          extra-kernel-args | TEXT | '' | SMEE_EXTRA_KERNEL_ARGS
          http-addr | TEXT | 192.0.2.2 | SMEE_HTTP_ADDR
          http-ipxe-binary-enabled | BOOL | true | SMEE_HTTP_IPXE_BINARY_ENABLED
          http-ipxe-script-enabled | BOOL | true | SMEE_HTTP_IPXE_SCRIPT_ENABLED
          http-port | INT | 8080 | SMEE_HTTP_PORT
          ipxe-script-retries | INT | 0 | SMEE_IPXE_SCRIPT_RETRIES
          ipxe-script-retry-delay | INT | 2 | SMEE_IPXE_SCRIPT_RETRY_DELAY
          osie-url | TEXT | '' | SMEE_OSIE_URL
          tink-server | TEXT | '' | SMEE_TINK_SERVER
          tink-server-insecure-tls | BOOL | false | SMEE_TINK_SERVER_INSECURE_TLS
          tink-server-tls | BOOL | false | SMEE_TINK_SERVER_TLS
          trusted-proxies | TEXT | '' | SMEE_TRUSTED_PROXIES
          iso-enabled | BOOL | false | SMEE_ISO_ENABLED
          iso-magic-string | TEXT | '' | SMEE_ISO_MAGIC_STRING
          iso-static-ipam-enabled | BOOL | false | SMEE_ISO_STATIC_IPAM_ENABLED
          iso-url | TEXT | '' | SMEE_ISO_URL
          otel-endpoint | TEXT | '' | SMEE_OTEL_ENDPOINT
          otel-insecure | BOOL | true | SMEE_OTEL_INSECURE
          syslog-addr | TEXT | 192.0.2.2 | SMEE_SYSLOG_ADDR
          syslog-enabled | BOOL | true | SMEE_SYSLOG_ENABLED
          syslog-port | INT | 514 | SMEE_SYSLOG_PORT
          ipxe-script-patch | TEXT | '' | SMEE_IPXE_SCRIPT_PATCH
          tftp-addr | TEXT | 192.0.2.2 | SMEE_TFTP_ADDR
          tftp-block-size | INT | 512 | SMEE_TFTP_BLOCK_SIZE
          tftp-enabled | BOOL | true | SMEE_TFTP_ENABLED
          tftp-port | INT | 69 | SMEE_TFTP_PORT
          tftp-timeout | DURATION | 5s | SMEE_TFTP_TIMEOUT
          """)
  void flagsOfTheReference(String name, GoType type, String defaultValue, String variable) {
    Flag flag = table.find(name).orElseThrow();
    assertThat(flag.type()).isEqualTo(type);
    assertThat(flag.defaultValue()).isEqualTo(defaultValue);
    assertThat(flag.variable()).isEqualTo(variable);
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
