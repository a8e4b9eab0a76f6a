// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ComplaintsTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Complaints complaints = new Complaints(Duration.ofNanos(10), now::get);

  @Test
  void sameComplaintIsHeldBackAndCounted() {
    assertThat(complaints.admit("a")).hasValue(0);
    assertThat(complaints.admit("a")).isEmpty();
    assertThat(complaints.admit("a")).isEmpty();
    assertThat(complaints.admit("b")).hasValue(0);
    // The clock may wrap: only differences count.
    now.addAndGet(10);
    assertThat(complaints.admit("a")).hasValue(2);
    assertThat(complaints.admit("a")).isEmpty();
  }

  @Test
  void memoryIsBounded() {
    for (int i = 0; i < 20_000; i++) {
      complaints.admit("client " + i);
    }
    assertThat(complaints.admit("client 0")).as("forgotten").hasValue(0);
    assertThat(complaints.admit("client 19999")).as("remembered").isEmpty();
  }
}
