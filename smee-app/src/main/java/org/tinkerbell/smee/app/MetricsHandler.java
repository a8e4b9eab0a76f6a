// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/**
 * Answers {@code /metrics}. The figures of the process are read from the operating system, so this
 * happens on a thread of its own and not on an event loop. Who asks while others wait for their
 * figures gets the same ones, so that no crowd can make it much work.
 */
final class MetricsHandler implements HttpHandler, AutoCloseable {
  private static final long IDLE_SECONDS = 60;

  private final Supplier<byte[]> text;
  private final ThreadPoolExecutor thread;
  private final Object lock = new Object();

  /** Not begun yet. Guarded by the lock. */
  private @Nullable CompletableFuture<HttpResponse> waiting;

  /**
   * Makes a handler; its thread lives while it is used.
   *
   * @param text returns the figures in Prometheus' text format; may block for a moment
   */
  MetricsHandler(Supplier<byte[]> text) {
    this.text = text;
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "smee-metrics");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    synchronized (lock) {
      if (waiting == null) {
        waiting = CompletableFuture.supplyAsync(this::read, thread);
      }
      return waiting;
    }
  }

  private HttpResponse read() {
    synchronized (lock) {
      waiting = null;
    }
    return HttpResponse.bytes(Metrics.MEDIA_TYPE, text.get())
        .withHeader("Cache-Control", "no-store");
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
