// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoTypeTest {

  @ParameterizedTest
  @CsvSource({
    "8080, 8080",
    "0x1F90, 8080",
    "0X1f90, 8080",
    "0b101, 5",
    "0o17, 15",
    "017, 15",
    "0, 0",
    "-5, -5",
    "+5, 5",
    "1_000, 1000",
    "9223372036854775807, 9223372036854775807",
  })
  void numbersAreReadWithTheirPrefix(String text, long expected) {
    assertThat(GoType.integer(text)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 80",
        "80 ",
        "abc",
        "0x",
        "1_",
        "_1",
        "1__0",
        "--1",
        "0x-1",
        "08",
        "1e3",
        "1.0",
        "9223372036854775808",
      })
  void otherTextIsNoNumber(String text) {
    assertThat(GoType.integer(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5s, 5000",
    "300ms, 300",
    "1m30s, 90000",
    "1.5h, 5400000",
    ".5s, 500",
    "1.s, 1000",
    "-2s, -2000",
    "2000us, 2",
  })
  void durationsAreSumsOfUnits(String text, long millis) {
    assertThat(GoType.duration(text)).hasValue(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 s", "5s ", "five", "1d", "-", "99999999999999h"})
  void otherTextIsNoDuration(String text) {
    assertThat(GoType.duration(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "t", "T", "true", "TRUE", "True", "yes", "on"})
  void yes(String text) {
    assertThat(GoType.bool(text)).hasValue(true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "f", "F", "false", "FALSE", "False", "no", "off"})
  void no(String text) {
    assertThat(GoType.bool(text)).hasValue(false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "maybe", "tRUE", "2"})
  void otherTextIsNoBoolean(String text) {
    assertThat(GoType.bool(text)).isEmpty();
  }
}
