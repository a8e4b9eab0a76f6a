// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/** Scrapes do not pile up. */
class MetricsHandlerTest {
  private static final HttpRequest REQUEST = HttpRequest.builder("GET", "/metrics").build();

  private final AtomicInteger reads = new AtomicInteger();
  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private byte[] read() {
    reading.countDown();
    try {
      if (!goOn.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody said go");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new byte[reads.incrementAndGet()];
  }

  @Test
  void whoeverWaitsGetsTheSameFiguresButNeverThoseReadBefore() throws Exception {
    try (MetricsHandler handler = new MetricsHandler(this::read)) {
      CompletableFuture<HttpResponse> first = handler.handle(REQUEST).toCompletableFuture();
      assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
      List<CompletableFuture<HttpResponse>> crowd = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        crowd.add(handler.handle(REQUEST).toCompletableFuture());
      }
      goOn.countDown();
      HttpResponse early = first.get(10, TimeUnit.SECONDS);
      for (CompletableFuture<HttpResponse> response : crowd) {
        HttpResponse late = response.get(10, TimeUnit.SECONDS);
        assertThat(late.status()).isEqualTo(200);
        assertThat(late).isNotSameAs(early);
      }
      assertThat(reads).hasValue(2);
      handler.handle(REQUEST).toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(reads).hasValue(3);
    }
  }

  @Test
  void aFailureIsNotKept() {
    AtomicInteger calls = new AtomicInteger();
    try (MetricsHandler handler =
        new MetricsHandler(
            () -> {
              if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("broken");
              }
              return new byte[1];
            })) {
      assertThat(handler.handle(REQUEST).toCompletableFuture()).failsWithin(10, TimeUnit.SECONDS);
      assertThat(handler.handle(REQUEST).toCompletableFuture())
          .succeedsWithin(10, TimeUnit.SECONDS);
    }
  }
}
