// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.http.HttpRequest;

/** What stands in the way of serving machines. */
class ReadinessTest {
  private final AtomicReference<BackendStatus> backend =
      new AtomicReference<>(BackendStatus.notReady("waiting for the first list"));
  private final Readiness readiness = new Readiness(backend::get);

  private int status() {
    return readiness
        .handler()
        .handle(HttpRequest.builder("GET", "/readyz").build())
        .toCompletableFuture()
        .join()
        .status();
  }

  @Test
  void isReadyWhenEverythingListensAndTheRecordsAreThere() {
    assertThat(readiness.obstacle()).hasValue("not every server listens yet");
    assertThat(status()).isEqualTo(503);
    readiness.listening();
    assertThat(readiness.obstacle()).hasValue("backend: waiting for the first list");
    assertThat(status()).isEqualTo(503);
    backend.set(BackendStatus.ready("7 records"));
    assertThat(readiness.obstacle()).isEmpty();
    assertThat(status()).isEqualTo(200);
    readiness.stopping();
    assertThat(readiness.obstacle()).hasValue("shutting down");
    assertThat(status()).isEqualTo(503);
  }

  @Test
  void recordsThatMayBeOutdatedAreServedAndTold() {
    readiness.listening();
    backend.set(BackendStatus.stale("7 records, no news for 9 s: gone", Duration.ofSeconds(9)));
    assertThat(readiness.obstacle()).isEmpty();
    assertThat(status()).isEqualTo(200);
    assertThat(readiness.warning()).hasValue("backend: 7 records, no news for 9 s: gone");
    backend.set(BackendStatus.ready("7 records"));
    assertThat(readiness.warning()).isEmpty();
  }
}
