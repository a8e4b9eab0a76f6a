// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.app.BootTraces.Stage;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

class BootTracesTest {
  private static final MacAddress MAC = MacAddress.parse("08:00:27:29:4e:67");

  private final AtomicLong now = new AtomicLong();
  private final BootTraces boots = new BootTraces(now::get);
  private final InetAddress address = InetAddress.getLoopbackAddress();

  private static TraceParent packet(int trace, int span) {
    HexFormat hex = HexFormat.of();
    return new TraceParent(
        "0".repeat(24) + hex.toHexDigits(trace), "0".repeat(8) + hex.toHexDigits(span), true);
  }

  @Test
  void aBootBeginsWithTheFirmware() {
    assertThat(boots.rootFor(MAC, Stage.FIRMWARE_DISCOVER)).isEmpty();
    boots.begin(MAC, packet(1, 1));
    assertThat(boots.rootFor(MAC, Stage.FIRMWARE_DISCOVER)).hasValue(packet(1, 1));
    assertThat(boots.rootFor(MAC, Stage.FIRMWARE)).hasValue(packet(1, 1));
    assertThat(boots.rootFor(MAC, Stage.LATER)).hasValue(packet(1, 1));
  }

  @Test
  void afterIpxeTheFirmwareBeginsAnother() {
    boots.begin(MAC, packet(1, 1));
    boots.rootFor(MAC, Stage.LATER);
    assertThat(boots.rootFor(MAC, Stage.FIRMWARE_DISCOVER)).isEmpty();
  }

  @Test
  void afterADownloadTheFirmwareBeginsAnother() {
    boots.begin(MAC, packet(1, 1));
    boots.replied(MAC, address, packet(1, 2));
    assertThat(boots.download(address)).hasValue(packet(1, 2));
    assertThat(boots.rootFor(MAC, Stage.FIRMWARE)).hasValue(packet(1, 1));
    assertThat(boots.rootFor(MAC, Stage.FIRMWARE_DISCOVER)).isEmpty();
  }

  @Test
  void aDownloadFollowsTheLastReply() {
    boots.begin(MAC, packet(1, 1));
    boots.replied(MAC, address, packet(1, 2));
    boots.replied(MAC, address, packet(1, 3));
    boots.replied(MAC, address, packet(2, 9));
    assertThat(boots.download(MAC)).hasValue(packet(1, 3));
  }

  @Test
  void aSilentMachineIsForgotten() {
    boots.begin(MAC, packet(1, 1));
    now.addAndGet(Duration.ofMinutes(11).toNanos());
    assertThat(boots.rootFor(MAC, Stage.LATER)).isEmpty();
    assertThat(boots.download(MAC)).isEmpty();
  }

  @Test
  void theNumberOfMachinesIsBounded() {
    boots.begin(MAC, packet(1, 1));
    for (int i = 0; i < 10_000; i++) {
      boots.begin(
          MacAddress.of((byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) (i >> 8), (byte) i),
          packet(2, i + 1));
    }
    assertThat(boots.download(MAC)).isEmpty();
  }
}
