// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

class TraceSuffixTest {
  private static final String ID = "23b1e307bb35484f535a1f772c06910e";

  @ParameterizedTest(name = "{0} snp.efi{1}")
  @CsvSource({
    "T12, -00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01",
    "T12, -00-23B1E307BB35484F535A1F772C06910E-D887DC3912240434-01",
    "T13, -00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-0",
    "T13, -00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-",
    "T15, -00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01zzz",
  })
  void suffixIsTakenOff(String number, String suffix) {
    TraceSuffix split = TraceSuffix.split("snp.efi" + suffix);
    assertThat(split.name()).isEqualTo("snp.efi");
    assertThat(split.traceId()).hasValue(ID);
    assertThat(split.parent()).hasValue(new TraceParent(ID, "d887dc3912240434", true));
  }

  @ParameterizedTest(name = "T14 {0}")
  @ValueSource(strings = "snp.efi-00-00000000000000000000000000000000-d887dc3912240434-01")
  void anIdOfZeroIsTakenOffButNoParent(String name) {
    assertThat(TraceSuffix.split(name).name()).isEqualTo("snp.efi");
    assertThat(TraceSuffix.split(name).traceId()).isEmpty();
  }

  @Test
  void theFlagSaysWhetherTheTraceIsRecorded() {
    assertThat(TraceSuffix.split("x-00-" + ID + "-d887dc3912240434-00").parent())
        .hasValue(new TraceParent(ID, "d887dc3912240434", false));
    assertThat(TraceSuffix.split("x-00-" + ID + "-0000000000000000-01").parent()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "snp.efi",
        "snp-arm64.efi",
        "snp.efi-00-23b1e307-d887dc3912240434-01",
        "snp.efi-00-23b1e307bb35484f535a1f772c06910e-d887dc391224043401",
      })
  void otherNamesStay(String name) {
    assertThat(TraceSuffix.split(name).name()).isEqualTo(name);
    assertThat(TraceSuffix.split(name).traceId()).isEmpty();
  }
}
