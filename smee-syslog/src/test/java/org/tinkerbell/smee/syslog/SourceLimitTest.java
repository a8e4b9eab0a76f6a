// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SourceLimitTest {
  private final AtomicLong now = new AtomicLong(-5);

  private static InetAddress address(int number) throws Exception {
    return InetAddress.getByAddress(
        new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
  }

  @Test
  void burstOfOneSecondIsAllowedAndRefillsWithTime() throws Exception {
    SourceLimit limit = new SourceLimit(4, now::get);
    for (int i = 0; i < 4; i++) {
      assertThat(limit.allows(address(1))).isTrue();
    }
    assertThat(limit.allows(address(1))).isFalse();
    assertThat(limit.allows(address(2))).isTrue();
    now.addAndGet(Duration.ofMillis(249).toNanos());
    assertThat(limit.allows(address(1))).isFalse();
    now.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(limit.allows(address(1))).isTrue();
    assertThat(limit.allows(address(1))).isFalse();
    now.addAndGet(Duration.ofDays(300).toNanos());
    for (int i = 0; i < 4; i++) {
      assertThat(limit.allows(address(1))).isTrue();
    }
    assertThat(limit.allows(address(1))).isFalse();
  }

  @Test
  void zeroIsNoLimitAndKeepsNothing() throws Exception {
    SourceLimit limit = new SourceLimit(0, now::get);
    for (int i = 0; i < 10_000; i++) {
      assertThat(limit.allows(address(i % 7))).isTrue();
    }
    assertThat(limit.sources()).isZero();
  }

  @Test
  void sourcesAreBounded() throws Exception {
    SourceLimit limit = new SourceLimit(1, now::get);
    for (int i = 0; i < 10_000; i++) {
      limit.allows(address(i));
    }
    assertThat(limit.sources()).isEqualTo(4096);
  }

  @Test
  void settersCheckTheirRange() {
    SyslogServer.Builder builder = SyslogServer.builder();
    assertThatThrownBy(() -> builder.queueLimit(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("queueLimit: 0 (expected: 1 to 1048576)");
    assertThatThrownBy(() -> builder.perSourceLimit(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.maxDatagramBytes(479))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.closeTimeout(Duration.ofHours(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.udp(InetSocketAddress.createUnresolved("x.invalid", 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    builder.udp(new InetSocketAddress("127.0.0.1", 0));
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
  }
}
