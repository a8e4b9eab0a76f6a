// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangesTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=0-9 | 0+10",
        "bytes=0-0 | 0+1",
        "BYTES=5- | 5+95",
        "bytes=-5 | 95+5",
        "bytes=-500 | 0+100",
        "bytes=90-500 | 90+10",
        "bytes=90-99999999999999999999999 | 90+10",
        "bytes= 0-3 , 10-12 | 0+4 10+3",
        "bytes=0-3,,10-12 | 0+4 10+3",
        "bytes=0-3,200-300 | 0+4",
        "bytes=100- | unsatisfiable",
        "bytes=99999999999999999999- | unsatisfiable",
        "bytes=-0 | unsatisfiable",
        "bytes=100-,200- | unsatisfiable",
        "bytes=0-,0- | whole",
        "bytes=0-60,30-90 | whole",
        "bytes=9-0 | whole",
        "bytes=abc | whole",
        "bytes=a-b | whole",
        "bytes=1-b | whole",
        "bytes=- | whole",
        "bytes= | whole",
        "bytes=, | whole",
        "bytes=--5 | whole",
        "bytes=0-1;2 | whole",
        "bytes 0-9 | whole",
        "items=0-9 | whole",
        "0-9 | whole",
        "bytes=0-0,2-2,4-4,6-6,8-8 | whole",
      })
  void fieldIsRead(String field, String expected) {
    assertThat(text(ByteRanges.parse(field, 100, 4))).isEqualTo(expected);
  }

  @Test
  void emptyBodySatisfiesNothing() {
    assertThat(ByteRanges.parse("bytes=0-", 0, 4)).isSameAs(ByteRanges.UNSATISFIABLE);
    assertThat(ByteRanges.parse("bytes=-5", 0, 4)).isSameAs(ByteRanges.UNSATISFIABLE);
  }

  @Test
  void rangesAreAlwaysWithinTheBody() {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    String alphabet = "0123456789-,= bytes";
    for (int round = 0; round < 50_000; round++) {
      StringBuilder field = new StringBuilder("bytes=");
      int length = random.nextInt(20);
      for (int i = 0; i < length; i++) {
        field.append(alphabet.charAt(random.nextInt(random.nextBoolean() ? 12 : 19)));
      }
      long size = random.nextInt(200);
      ByteRanges ranges = ByteRanges.parse(field.toString(), size, 8);
      assertThat(ranges.ranges())
          .as("seed %d, %s of %d", seed, field, size)
          .hasSizeLessThanOrEqualTo(8)
          .allMatch(r -> r.offset() >= 0 && r.length() > 0 && r.offset() + r.length() <= size);
    }
  }

  private static String text(ByteRanges ranges) {
    if (ranges == ByteRanges.WHOLE) {
      return "whole";
    }
    return ranges == ByteRanges.UNSATISFIABLE
        ? "unsatisfiable"
        : ranges.ranges().stream()
            .map(r -> r.offset() + "+" + r.length())
            .collect(Collectors.joining(" "));
  }
}
