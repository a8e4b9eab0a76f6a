// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShortWaitsTest {

  private long now = 7;
  private int looks;
  private int readyAfterLooks = Integer.MAX_VALUE;
  private final ShortWaits waits = new ShortWaits(() -> now);

  private int next(boolean hasTasks) throws Exception {
    looks = 0;
    return waits.calculateStrategy(
        () -> {
          now += TimeUnit.MICROSECONDS.toNanos(1);
          return ++looks >= readyAfterLooks ? 1 : 0;
        },
        hasTasks);
  }

  private void passMicros(long micros) {
    now += TimeUnit.MICROSECONDS.toNanos(micros);
  }

  @Test
  void anIdleLoopSleepsAtOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
      assertThat(looks).isZero();
      passMicros(25_000);
    }
  }

  @Test
  void afterAShortSleepTheLoopLooksForAMomentFirst() throws Exception {
    next(false);
    passMicros(20);
    readyAfterLooks = 10;
    assertThat(next(false)).isOne();
    assertThat(looks).isEqualTo(10);
  }

  @Test
  void lookingInVainEndsSoonAndIsNotRepeatedAfterALongSleep() throws Exception {
    next(false);
    passMicros(20);
    assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
    assertThat(looks).isBetween(1, 31);
    passMicros(500);
    assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
    assertThat(looks).isZero();
  }

  @Test
  void tasksAreNeverKeptWaiting() throws Exception {
    next(false);
    passMicros(20);
    assertThat(next(true)).isZero();
    assertThat(looks).isOne();
  }

  @Test
  void whereLookingIsAlwaysInVainItIsHardlyTried() throws Exception {
    int tried = 0;
    for (int i = 0; i < 10_000; i++) {
      next(false);
      tried += looks > 0 ? 1 : 0;
      passMicros(20);
    }
    assertThat(tried).isBetween(5, 40);
    readyAfterLooks = 5;
    int found = 0;
    for (int i = 0; i < 2_000; i++) {
      found += next(false) == 1 ? 1 : 0;
      passMicros(20);
    }
    assertThat(found).as("once it helps again, it is done again").isGreaterThan(900);
  }

  @Test
  void aMissNowAndThenDoesNotMatter() throws Exception {
    next(false);
    int found = 0;
    for (int i = 0; i < 300; i++) {
      readyAfterLooks = i % 3 == 0 ? Integer.MAX_VALUE : 5;
      passMicros(20);
      found += next(false) == 1 ? 1 : 0;
    }
    assertThat(found).isEqualTo(200);
  }
}
