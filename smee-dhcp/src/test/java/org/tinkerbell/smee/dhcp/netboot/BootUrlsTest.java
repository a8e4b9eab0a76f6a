// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.MacAddress;

class BootUrlsTest {
  private static final MacAddress MAC = MacAddress.parse("40:15:ff:89:cc:0e");

  @ParameterizedTest(name = "C23, C24 {0}")
  @CsvSource({
    "http://1.2.3.4:80/auto.ipxe, http://1.2.3.4/40:15:ff:89:cc:0e/auto.ipxe",
    "http://1.2.3.4:8080/auto.ipxe, http://1.2.3.4:8080/40:15:ff:89:cc:0e/auto.ipxe",
    "https://1.2.3.4:443/auto.ipxe, https://1.2.3.4/40:15:ff:89:cc:0e/auto.ipxe",
    "https://1.2.3.4:80/auto.ipxe, https://1.2.3.4:80/40:15:ff:89:cc:0e/auto.ipxe",
    "http://1.2.3.4:443/auto.ipxe, http://1.2.3.4:443/40:15:ff:89:cc:0e/auto.ipxe",
    "https://boot.netboot.xyz, https://boot.netboot.xyz/40:15:ff:89:cc:0e",
    "https://boot.netboot.xyz/, https://boot.netboot.xyz/40:15:ff:89:cc:0e",
    "http://h/my/loc/auto.ipxe, http://h/my/loc/40:15:ff:89:cc:0e/auto.ipxe",
    "http://h/a/b/, http://h/a/b/40:15:ff:89:cc:0e/b",
    "http://h/a//b/./c/../x, http://h/a/b/40:15:ff:89:cc:0e/x",
    "http://h/a/x?k=v&w=%20, http://h/a/40:15:ff:89:cc:0e/x?k=v&w=%20",
    "http://h?k=v, http://h/40:15:ff:89:cc:0e?k=v",
    "http://[2001:db8::1]:80/x, http://[2001:db8::1]/40:15:ff:89:cc:0e/x",
    "http://boot_server:8080/x, http://boot_server:8080/40:15:ff:89:cc:0e/x",
  })
  void addressStandsInFrontOfLastElementOfScriptPath(URI base, String url) {
    assertThat(BootUrls.script(base, MAC)).isEqualTo(url);
  }

  @ParameterizedTest(name = "C24 {0}")
  @CsvSource({
    "https://boot.netboot.xyz, https://boot.netboot.xyz",
    "http://1.2.3.4:80/a/b.ipxe?x=y, http://1.2.3.4/a/b.ipxe?x=y",
    "http://1.2.3.4:7080/auto.ipxe, http://1.2.3.4:7080/auto.ipxe",
  })
  void scriptWithoutAddressIsTheBase(URI base, String url) {
    assertThat(BootUrls.script(base)).isEqualTo(url);
  }

  @ParameterizedTest(name = "C25 {0}")
  @CsvSource({
    "http://1.2.3.4:80/ipxe/, http://1.2.3.4:80/ipxe/40:15:ff:89:cc:0e/ipxe.efi",
    "http://1.2.3.4/ipxe, http://1.2.3.4:80/ipxe/40:15:ff:89:cc:0e/ipxe.efi",
    "https://1.2.3.4/, https://1.2.3.4:443/40:15:ff:89:cc:0e/ipxe.efi",
    "http://h:8080, http://h:8080/40:15:ff:89:cc:0e/ipxe.efi",
    "http://h:8080//a/./b//, http://h:8080/a/b/40:15:ff:89:cc:0e/ipxe.efi",
  })
  void binaryUrlAlwaysHasItsPort(URI base, String url) {
    assertThat(BootUrls.binary(base, MAC.toString(), "ipxe.efi")).isEqualTo(url);
  }

  @Test
  void emptyAddressElementDisappears() {
    assertThat(BootUrls.binary(URI.create("http://h:1/ipxe/"), "", "ipxe.efi"))
        .isEqualTo("http://h:1/ipxe/ipxe.efi");
    assertThat(BootUrls.tftp(Fixtures.PACKET_IP, 69, "", "ipxe.efi"))
        .isEqualTo("tftp://10.0.0.5:69/ipxe.efi");
  }

  @ParameterizedTest
  @CsvSource({
    "dir/ipxe.efi, dir/ipxe.efi",
    "../../etc/passwd, etc/passwd",
    "my file#1?.efi, my%20file%231%3F.efi",
    "ü%41, %C3%BC%2541",
  })
  void fileNamesAreEncodedAndStayBelowTheHost(String file, String path) {
    assertThat(BootUrls.binary(URI.create("http://h:1/"), "", file))
        .isEqualTo("http://h:1/" + path);
  }

  @Test
  void partsMakeBase() {
    assertThat(BootUrls.base("http", "1.2.3.4", 80, "/ipxe/"))
        .hasToString("http://1.2.3.4:80/ipxe/");
    assertThat(BootUrls.base("https", "2001:db8::1", 443, "x"))
        .hasToString("https://[2001:db8::1]:443/x");
    assertThat(BootUrls.base("http", "h", 8080, "")).hasToString("http://h:8080");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BootUrls.base("http", "h", 0, "/"))
        .withMessage("port: 0 (expected: 1 to 65535)");
    assertThatIllegalArgumentException().isThrownBy(() -> BootUrls.base("http", "a b", 80, "/"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BootUrls.base("http", "", 80, "/"))
        .withMessageContaining("(expected: an absolute URL with a host)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/auto.ipxe", "auto.ipxe", "http:/x", "mailto:a@b", "http://:80/x"})
  void baseWithoutHostIsRefused(URI base) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BootUrls.requireBase("scriptBaseUrl", base))
        .withMessage("scriptBaseUrl: " + base + " (expected: an absolute URL with a host)");
  }

  @ParameterizedTest
  @CsvSource({
    "http://10.0.0.7:8080/x, 10.0.0.7",
    "http://user@10.0.0.7/x, 10.0.0.7",
    "http://10.0.0.256/x, ''",
    "http://boot.example/x, ''",
    "http://[::1]:80/x, ''",
  })
  void hostAddressIsLiteralOnly(URI url, String address) {
    assertThat(BootUrls.hostAddress(url).map(a -> a.getHostAddress()).orElse(""))
        .isEqualTo(address);
  }
}
