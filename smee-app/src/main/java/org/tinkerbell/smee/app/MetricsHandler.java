// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/**
 * Answers {@code /metrics}. The figures of the process are read from the operating system, so this
 * happens on a thread of its own and not on an event loop.
 */
final class MetricsHandler implements HttpHandler, AutoCloseable {

  /** More than this many waiting at a time is no monitoring. */
  private static final int MAX_WAITING = 16;

  private static final long IDLE_SECONDS = 60;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final HttpHandler reader;
  private final ThreadPoolExecutor thread;

  MetricsHandler(Metrics metrics) {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread made = new Thread(task, "smee-metrics");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
    reader =
        HttpHandler.blocking(
            request ->
                HttpResponse.bytes(Metrics.MEDIA_TYPE, metrics.text())
                    .withHeader("Cache-Control", "no-store"),
            thread);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    try {
      return reader.handle(request);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedStage(HttpResponse.serviceUnavailable(RETRY_AFTER));
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
