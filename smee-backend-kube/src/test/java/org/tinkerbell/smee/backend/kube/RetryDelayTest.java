// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryDelayTest {
  private final RetryDelay delay = new RetryDelay(Duration.ofSeconds(1), Duration.ofSeconds(30));

  @ParameterizedTest(name = "after {0} failures up to {1} s")
  @CsvSource({"1, 1", "2, 2", "3, 4", "5, 16", "6, 30", "1000, 30", "2147483647, 30"})
  void doublesUpToItsBoundLessAFifth(int failures, long seconds) {
    Random random = new Random(7);
    Duration longest = Duration.ofSeconds(seconds);
    for (int i = 0; i < 1000; i++) {
      assertThat(delay.after(failures, random))
          .isBetween(longest.multipliedBy(4).dividedBy(5), longest);
    }
  }

  @Test
  void boundsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryDelay(Duration.ZERO, Duration.ofSeconds(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RetryDelay(Duration.ofSeconds(2), Duration.ofSeconds(1)));
  }
}
