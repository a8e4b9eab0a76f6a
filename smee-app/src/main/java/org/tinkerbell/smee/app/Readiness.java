// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Optional;
import java.util.function.Supplier;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpResponse;

/**
 * Knows whether machines can be served: every server listens, and the hardware records are there.
 */
final class Readiness {
  private final Supplier<BackendStatus> backend;
  private volatile State state = State.STARTING;

  /**
   * Begins in the state before everything listens.
   *
   * @param backend tells how the backend is, without blocking
   */
  Readiness(Supplier<BackendStatus> backend) {
    this.backend = backend;
  }

  private enum State {
    STARTING,
    LISTENING,
    STOPPING
  }

  /** Every server listens. */
  void listening() {
    state = State.LISTENING;
  }

  /** Smee was told to stop. */
  void stopping() {
    state = State.STOPPING;
  }

  /** Returns what stands in the way, in one line. */
  Optional<String> obstacle() {
    return switch (state) {
      case STARTING -> Optional.of("not every server listens yet");
      case STOPPING -> Optional.of("shutting down");
      case LISTENING -> {
        BackendStatus status = backend.get();
        yield status.ready() ? Optional.empty() : Optional.of("backend: " + status.detail());
      }
    };
  }

  /** Tells of records that may be outdated, which is better than none. */
  Optional<String> warning() {
    BackendStatus status = backend.get();
    return status.staleFor().isZero()
        ? Optional.empty()
        : Optional.of("backend: " + status.detail());
  }

  /** Answers {@code /readyz}. */
  HttpHandler handler() {
    return HttpHandler.of(
        request ->
            obstacle()
                .map(why -> HttpResponse.text(why + "\n").withStatus(503))
                .orElseGet(
                    () ->
                        HttpResponse.text(
                            "ok" + warning().map(line -> "\n" + line + "\n").orElse("")))
                .withHeader("Cache-Control", "no-store"));
  }
}
