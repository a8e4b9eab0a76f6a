// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.concurrent.CompletionStage;

/**
 * Decides what to answer.
 *
 * <p>Called on the server's event loop, once for each well-formed request, so it must not block: a
 * slow look-up is started here and answers later, from any thread. {@link DhcpHandlers#blocking}
 * adapts code that blocks. An exception, a failed stage and a {@code null} count as {@link
 * IgnoreReason#HANDLER_FAILED}, silence beyond the server's time limit as {@link
 * IgnoreReason#HANDLER_TIMED_OUT}.
 */
@FunctionalInterface
public interface DhcpHandler {

  /**
   * Decides about one request.
   *
   * @param exchange the request and how it came in
   * @return the decision, now or later
   */
  CompletionStage<DhcpResult> handle(DhcpExchange exchange);
}
