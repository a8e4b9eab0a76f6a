// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;

/**
 * Is told what a server does, for logs, metrics and traces.
 *
 * <p>Called on event loops, by several at once: it must be quick and must not block. What it throws
 * is logged and changes nothing. {@link #requestFinished} follows each {@link #requestStarted}
 * exactly once.
 */
public interface HttpObserver {

  /**
   * Returns the observer that does nothing.
   *
   * @return an observer
   */
  static HttpObserver none() {
    return new HttpObserver() {};
  }

  /**
   * A well-formed request is about to be answered.
   *
   * @param request the request
   */
  default void requestStarted(HttpRequest request) {}

  /**
   * A request is done: the last byte of its response was handed to the kernel, or the connection
   * ended before.
   *
   * @param outcome what became of it
   */
  default void requestFinished(HttpOutcome outcome) {}

  /**
   * A client sent what is not an acceptable HTTP request. It was answered, if it still listened,
   * and the connection is closed.
   *
   * @param peer the other end of the connection
   * @param status the status of the answer
   * @param reason why; one line of plain text
   */
  default void malformedRequest(InetSocketAddress peer, int status, String reason) {}

  /**
   * A client and this server did not come to terms on TLS; the connection is closed.
   *
   * @param peer the other end of the connection
   * @param reason why; one line of plain text
   */
  default void tlsFailed(InetSocketAddress peer, String reason) {}

  /**
   * A certificate was loaded, at the start or because its files changed. New connections use it.
   *
   * @param certificate the server's own
   */
  default void certificateLoaded(X509Certificate certificate) {}

  /**
   * The files of the certificate changed and cannot be used; the server goes on with what it has.
   * Told once for each reason.
   *
   * @param reason why; one line that names the file
   */
  default void certificateRejected(String reason) {}

  /**
   * A new connection was closed at once because of a limit.
   *
   * @param peer the other end of the connection
   * @param reason {@code too-many-connections} or {@code too-many-connections-from-address}
   */
  default void connectionRefused(InetSocketAddress peer, String reason) {}

  /**
   * A connection was closed because it was too slow.
   *
   * @param peer the other end of the connection
   * @param reason {@code headers-too-slow}, {@code body-too-slow}, {@code write-stalled} (the
   *     client takes nothing) or {@code body-stalled} (a {@link HttpStream} gives nothing)
   */
  default void connectionTimedOut(InetSocketAddress peer, String reason) {}
}
