// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangesTest {

  @ParameterizedTest(name = "{0} is asked for as {1}")
  @CsvSource({
    "bytes=100-199, bytes=90-209",
    "bytes=5-9, bytes=0-19",
    "bytes=100-, bytes=90-",
    "bytes=-7, bytes=-17",
    "bytes=0-0, bytes=0-10",
    "BYTES=3-4, bytes=0-14",
  })
  void rangeIsWidened(String field, String widened) {
    assertThat(AskedRange.parse(List.of(field)).orElseThrow().widenedBy(10)).isEqualTo(widened);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=-",
        "bytes=9-5",
        "bytes=0-1,4-5",
        "bytes=a-b",
        "items=0-1",
        "bytes=0-1x",
        "bytes"
      })
  void otherFieldsAreNoRange(String field) {
    assertThat(AskedRange.parse(List.of(field))).isEmpty();
  }

  @Test
  void twoFieldsAreNoRange() {
    assertThat(AskedRange.parse(List.of("bytes=0-1", "bytes=2-3"))).isEmpty();
    assertThat(AskedRange.parse(List.of())).isEmpty();
  }

  @ParameterizedTest(name = "{0} from {1} gives {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=100-199 | bytes 90-209/1000 | bytes 100-199/1000",
        "bytes=5-9     | bytes 0-19/1000   | bytes 5-9/1000",
        "bytes=100-    | bytes 90-999/1000 | bytes 100-999/1000",
        "bytes=990-2000| bytes 980-999/1000| bytes 990-999/1000",
        "bytes=-7      | bytes 983-999/1000| bytes 993-999/1000",
        "bytes=-5000   | bytes 0-999/1000  | bytes 0-999/1000",
        "bytes=1003-   | bytes 993-999/1000| bytes 1003-1002/1000",
        "bytes=100-199 | bytes 90-209/*    | bytes 100-199/*",
        // Too little on the left, too little on the right, nothing of it, no total.
        "bytes=100-199 | bytes 91-209/1000 | ''",
        "bytes=100-199 | bytes 90-208/1000 | ''",
        "bytes=100-    | bytes 90-500/1000 | ''",
        "bytes=100-199 | bytes 0-50/1000   | ''",
        "bytes=-7      | bytes 983-999/*   | ''",
      })
  void partForAClientIsCutFromWhatTheSourceGave(String asked, String given, String part) {
    AskedRange range = AskedRange.parse(List.of(asked)).orElseThrow();
    assertThat(
            ContentRange.parse(given)
                .orElseThrow()
                .partFor(range, 10)
                .map(ContentRange::toString)
                .orElse(""))
        .isEqualTo(part);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bytes 5-4/9", "bytes 0-9/9", "bytes */9", "items 0-1/9", "", "bytes 0-1"})
  void unsoundContentRangeIsRefused(String field) {
    assertThat(ContentRange.parse(field)).isEmpty();
  }
}
