// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.MacAddress;

class AutoexecScriptTest {

  @ParameterizedTest(name = "{0}, MAC address prepended: {1}")
  @CsvSource({
    "http://h:8080/auto.ipxe, true, http://h:8080/02:00:00:00:00:ff/auto.ipxe",
    "http://h:8080/auto.ipxe, false, http://h:8080/auto.ipxe",
    "http://h/my/loc/auto.ipxe, true, http://h/my/loc/02:00:00:00:00:ff/auto.ipxe",
    "http://h//my//auto.ipxe, true, http://h/my/02:00:00:00:00:ff/auto.ipxe",
    "https://boot.netboot.xyz, true, https://boot.netboot.xyz/02:00:00:00:00:ff",
    "https://boot.netboot.xyz/, true, https://boot.netboot.xyz/02:00:00:00:00:ff",
    "https://boot.netboot.xyz, false, https://boot.netboot.xyz",
    "http://h/auto.ipxe?a=b, true, http://h/02:00:00:00:00:ff/auto.ipxe?a=b",
    "http://[2001:db8::1]:80/a, true, http://[2001:db8::1]:80/02:00:00:00:00:ff/a",
  })
  void urlIsThatOfDhcp(String url, boolean prepend, String expected) {
    String script =
        AutoexecScript.of(URI.create(url), prepend)
            .forMachine(MacAddress.parse("02:00:00:00:00:FF"));
    assertThat(script)
        .startsWith("#!ipxe\n")
        .contains("\nset user-class Tinkerbell\n")
        .contains("\nchain --replace --autofree " + expected + " || goto smee-configure\n");
    String any = AutoexecScript.of(URI.create(url), prepend).forAnyMachine();
    assertThat(any).contains(" " + expected.replace("02:00:00:00:00:ff", "${smee-mac}") + " ||");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/auto.ipxe", "http:auto.ipxe", "auto"})
  void urlMustBeAbsolute(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AutoexecScript.of(URI.create(url), true))
        .withMessageContaining("expected:");
  }
}
