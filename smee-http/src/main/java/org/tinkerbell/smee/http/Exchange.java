// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request and what becomes of it. Used by the connection's event loop only. */
final class Exchange {
  final HttpRequest request;
  final long startedNanos;
  boolean keepAlive;

  /** Set once the response is chosen; what a handler says afterwards is too late. */
  boolean answered;

  @Nullable HttpResponse response;
  int status;
  long bytesSent;
  private boolean finished;

  Exchange(HttpRequest request, boolean keepAlive, long startedNanos) {
    this.request = request;
    this.keepAlive = keepAlive;
    this.startedNanos = startedNanos;
  }

  /** Tells the observer, once. */
  void finish(ServerConfig config, boolean complete) {
    if (finished) {
      return;
    }
    finished = true;
    HttpOutcome outcome =
        new HttpOutcome(
            request,
            Optional.ofNullable(response),
            status,
            bytesSent,
            Duration.ofNanos(System.nanoTime() - startedNanos),
            !complete);
    config.observe(o -> o.requestFinished(outcome));
  }
}
