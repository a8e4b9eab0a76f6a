// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What became of a request.
 *
 * @param request the request
 * @param response what the handler answered; empty if the client left before it did
 * @param status the status that was sent, which differs from the handler's for a range (206, 416)
 *     or a condition (304, 412); 0 if none was
 * @param bytesSent bytes of the body, without the head, that were handed to the kernel
 * @param duration from the arrival of the request's head to the last byte of the response
 * @param aborted whether the connection ended before the response was complete
 */
public record HttpOutcome(
    HttpRequest request,
    Optional<HttpResponse> response,
    int status,
    long bytesSent,
    Duration duration,
    boolean aborted) {

  /** Checks that nothing is null. */
  public HttpOutcome {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(response, "response");
    Objects.requireNonNull(duration, "duration");
  }

  /**
   * Returns what the handler told beside the response.
   *
   * @param key which attribute
   * @param <T> its type
   * @return the value, if there is one
   */
  public <T> Optional<T> attribute(HttpAttribute<T> key) {
    return response.flatMap(r -> r.attribute(key));
  }
}
