// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationTest {
  private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:ff");

  @ParameterizedTest(name = "B6 lease {0} s becomes {1} s")
  @CsvSource({
    "0, 604800",
    "-1, 604800",
    "4294967296, 604800",
    "4294967295, 4294967295",
    "1, 1",
    "60, 60",
  })
  void leaseOutsideItsRangeIsTheDefault(long given, long expected) {
    Reservation reservation = Reservation.builder(MAC).leaseTime(Duration.ofSeconds(given)).build();
    assertThat(reservation.leaseTime()).isEqualTo(Duration.ofSeconds(expected));
  }

  @Test
  void absentLeaseIsOneWeek() {
    assertThat(Reservation.builder(MAC).build().leaseTime()).hasSeconds(604800);
  }

  @Test
  void emptyTextIsAbsent() {
    Reservation reservation =
        Reservation.builder(MAC).hostname("").domainName("").vlanId("").arch("").build();
    assertThat(reservation.hostname()).isEmpty();
    assertThat(reservation.domainName()).isEmpty();
    assertThat(reservation.vlanId()).isEmpty();
    assertThat(reservation.arch()).isEmpty();
  }

  @Test
  void listsAreCopied() throws Exception {
    List<InetAddress> servers = new ArrayList<>(List.of(InetAddress.getByName("192.0.2.1")));
    Reservation reservation = Reservation.builder(MAC).nameServers(servers).build();
    servers.clear();
    assertThat(reservation.nameServers()).hasSize(1);
  }

  @Test
  void recordWithoutNetbootPartDoesNotAllowNetboot() {
    Reservation reservation = Reservation.builder(MAC).build();
    assertThat(HardwareRecord.of(reservation).netbootAllowed()).isFalse();
    assertThat(HardwareRecord.of(reservation, Netboot.builder().build()).netbootAllowed())
        .isFalse();
    assertThat(
            HardwareRecord.of(reservation, Netboot.builder().allowed(true).build())
                .netbootAllowed())
        .isTrue();
  }

  @Test
  void scriptsDoNotReachTheLog() {
    Netboot netboot = Netboot.builder().ipxeScript("#!ipxe\nset password x").build();
    assertThat(HardwareRecord.of(Reservation.builder(MAC).build(), netboot).toString())
        .doesNotContain("password");
  }
}
