// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Ways to make a {@link DhcpHandler}. */
public final class DhcpHandlers {

  private DhcpHandlers() {}

  /**
   * Makes a handler of a function that decides at once, on the event loop.
   *
   * @param decision what to answer; must not block
   * @return the handler
   */
  public static DhcpHandler immediate(Function<DhcpExchange, DhcpResult> decision) {
    Objects.requireNonNull(decision, "decision");
    return exchange -> CompletableFuture.completedFuture(decision.apply(exchange));
  }

  /**
   * Makes a handler of a function that may block, such as a database look-up.
   *
   * <p>A request that the executor rejects counts as failed. How many run at once is up to the
   * executor; how many wait is limited by {@link DhcpServer.Builder#maxInFlight}.
   *
   * @param decision what to answer
   * @param executor runs the function; on Java 21 and later one with virtual threads does well. Not
   *     shut down by the server
   * @return the handler
   */
  public static DhcpHandler blocking(
      Function<DhcpExchange, DhcpResult> decision, Executor executor) {
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(executor, "executor");
    return exchange -> CompletableFuture.supplyAsync(() -> decision.apply(exchange), executor);
  }
}
