// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "255.255.255.255", "10.0.20.100"})
  void dottedNumbersAreAnIpv4Address(String text) {
    assertThat(ValueText.ipv4Address(text)).map(Inet4Address::getHostAddress).contains(text);
    assertThat(ValueText.ipAddress(text)).map(InetAddress::getHostAddress).contains(text);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8::1,2001:db8:0:0:0:0:0:1",
    "2001:DB8::A,2001:db8:0:0:0:0:0:a",
    "::,0:0:0:0:0:0:0:0"
  })
  void textWithColonsIsAnIpv6Address(String text, String expected) {
    assertThat(ValueText.ipAddress(text))
        .containsInstanceOf(Inet6Address.class)
        .map(InetAddress::getHostAddress)
        .contains(expected);
    assertThat(ValueText.ipv4Address(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.",
        " 1.2.3.4",
        "localhost",
        "fe80::1%lo",
        "1:2",
        ":::",
        "2001:db8::g",
        "1.2.3.-4"
      })
  void otherTextIsNoAddress(String text) {
    assertThat(ValueText.ipAddress(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h/${net0/mac}.ipxe | http://h/$%7Bnet0/mac%7D.ipxe",
        "http://h/a b?c d#e f | http://h/a%20b?c%20d#e%20f",
        "http://[2001:db8::1]:8080/x[1] | http://[2001:db8::1]:8080/x%5B1%5D",
        "http://h/%20?x=%zz | http://h/%20?x=%25zz",
        "http://h/\u00fc | http://h/%C3%BC",
        "/auto.ipxe | /auto.ipxe",
        "tftp://10.0.0.1/x | tftp://10.0.0.1/x"
      })
  void urlsAreEscapedWhereTheReferenceDoes(String text, String expected) {
    assertThat(ValueText.url(text)).map(URI::toString).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://a b/", "http://h/%zz", "http://h/\u0007", "http://h:port\u0000/"})
  void textThatCannotBeAUrlIsNone(String text) {
    assertThat(ValueText.url(text)).isEmpty();
  }
}
