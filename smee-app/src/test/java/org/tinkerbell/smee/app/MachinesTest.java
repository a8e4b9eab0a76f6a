// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Reservation;

class MachinesTest {
  private final List<CompletableFuture<LookupResult>> asked = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(-5);

  private final Backend backend =
      new Backend() {
        @Override
        public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
          throw new AssertionError("nobody asks by MAC");
        }

        @Override
        public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
          CompletableFuture<LookupResult> answer = new CompletableFuture<>();
          asked.add(answer);
          return answer;
        }

        @Override
        public BackendStatus status() {
          return Backend.none().status();
        }

        @Override
        public void close() {}
      };

  private final Machines machines = new Machines(backend, nanos::get);

  private static InetAddress address(int last) throws Exception {
    return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
  }

  private static LookupResult found(String mac, String hostname) {
    Reservation.Builder reservation = Reservation.builder(MacAddress.parse(mac));
    if (!hostname.isEmpty()) {
      reservation.hostname(hostname);
    }
    return new LookupResult.Found(HardwareRecord.of(reservation.build()));
  }

  @Test
  void machineIsNamedAsSoonAsTheBackendHasAnsweredAndNobodyWaits() throws Exception {
    assertThat(machines.at(address(1))).isEmpty();
    assertThat(machines.at(address(1))).isEmpty();
    assertThat(asked).hasSize(1);
    asked.get(0).complete(found("02:00:00:00:00:01", "machine-1"));
    assertThat(machines.at(address(1)))
        .contains(new Machines.Machine("02:00:00:00:00:01", Optional.of("machine-1")));
    assertThat(asked).hasSize(1);
  }

  @Test
  void answerIsRememberedForAWhileAndTheFormerOneHoldsUntilTheNext() throws Exception {
    machines.at(address(1));
    asked.get(0).complete(found("02:00:00:00:00:01", ""));
    nanos.addAndGet(Duration.ofSeconds(9).toNanos());
    assertThat(machines.at(address(1))).isPresent();
    assertThat(asked).hasSize(1);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(machines.at(address(1))).isPresent();
    assertThat(asked).hasSize(2);
    asked.get(1).complete(new LookupResult.NotFound());
    assertThat(machines.at(address(1))).isEmpty();
  }

  @Test
  void backendThatFailsDoesNotMakeANameForgotten() throws Exception {
    machines.at(address(1));
    asked.get(0).complete(found("02:00:00:00:00:01", ""));
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    machines.at(address(1));
    asked.get(1).completeExceptionally(new IllegalStateException("broken"));
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    machines.at(address(1));
    asked.get(2).complete(new LookupResult.Failed("broken"));
    assertThat(machines.at(address(1))).isPresent();
  }

  @Test
  void backendThatNeverAnswersIsAskedOnce() throws Exception {
    for (int i = 0; i < 10; i++) {
      nanos.addAndGet(Duration.ofSeconds(11).toNanos());
      assertThat(machines.at(address(1))).isEmpty();
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void forgedAddressesDoNotFillTheMemory() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      machines.at(address(i));
    }
    assertThat(machines.known()).isEqualTo(4096);
  }
}
