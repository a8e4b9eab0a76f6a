// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {

  @ParameterizedTest(name = "{0} ns is {1}")
  @CsvSource({
    "0, 0µs",
    "1, 0.001µs",
    "50, 0.05µs",
    "100000, 100µs",
    "359211, 359.211µs",
    "359210, 359.21µs",
    "999999, 999.999µs",
    "1000000, 1ms",
    "1000999, 1ms",
    "83384000, 83.384ms",
    "83004000, 83.004ms",
    "999999999, 999.999ms",
    "1000000000, 1s",
    "1500000000, 1.5s",
    "61000001999, 61.000001s",
    "3600000000000, 3600s"
  })
  void durationsAreWrittenAsGoDoes(long nanos, String text) {
    assertThat(Text.duration(Duration.ofNanos(nanos))).isEqualTo(text);
  }
}
