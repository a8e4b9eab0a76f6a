// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLossesTest {
  // Lines of the two tables as Linux 6 writes them on a little-endian machine.
  private static final String HEAD =
      "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode ref pointer drops             \n";
  private static final String FOUR =
      " 1234: 3202A8C0:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0"
          + " 9123456 2 0000000000000000 %d        \n";
  private static final String OTHER =
      " 1235: 00000000:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0"
          + " 9123457 2 0000000000000000 77        \n";
  private static final String SIX =
      "  931: B80D0120000000000000000001000000:0202 00000000000000000000000000000000:0000 07"
          + " 00000000:00000000 00:00000000 00000000     0        0 9123458 2 0000000000000000 %d \n";

  private final List<String> told = new ArrayList<>();
  private final SyslogObserver observer =
      new SyslogObserver() {
        @Override
        public void lost(InetSocketAddress local, long count) {
          told.add(local.getAddress().getHostAddress() + " " + count);
        }
      };

  @TempDir Path folder;

  private void table(long four, long six) throws Exception {
    Files.writeString(folder.resolve("udp"), HEAD + OTHER + String.format(FOUR, four));
    Files.writeString(folder.resolve("udp6"), HEAD + String.format(SIX, six));
  }

  @Test
  void onlyWhatIsNewIsToldForEachSocket() throws Exception {
    assumeTrue(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "the table is of another machine");
    KernelLosses losses = new KernelLosses(folder, observer);
    losses.check();
    losses.add(new InetSocketAddress("192.168.2.50", 514));
    losses.add(new InetSocketAddress("2001:db8::1", 514));
    table(0, 0);
    losses.check();
    assertThat(told).isEmpty();
    table(5, 0);
    losses.check();
    losses.check();
    table(12, 4_000_000_000L);
    losses.check();
    assertThat(told)
        .containsExactly("192.168.2.50 5", "192.168.2.50 7", "2001:db8:0:0:0:0:0:1 4000000000");
  }

  @Test
  void withoutATableNothingIsTold() {
    KernelLosses losses = new KernelLosses(folder.resolve("none"), observer);
    losses.add(new InetSocketAddress("192.168.2.50", 514));
    losses.check();
    losses.check();
    assertThat(told).isEmpty();
  }

  @Test
  void tableOfAnotherFormDoesNoHarm() throws Exception {
    KernelLosses losses = new KernelLosses(folder, observer);
    losses.add(new InetSocketAddress("192.168.2.50", 514));
    Files.writeString(folder.resolve("udp"), "\n 1: 3202A8C0:0202 a b c d e f g h i j many\n x\n");
    losses.check();
    assertThat(told).isEmpty();
  }
}
