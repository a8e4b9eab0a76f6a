// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Decides what a client gets for a read request.
 *
 * <pre>{@code
 * TftpHandler handler = TftpHandler.of(request ->
 *     request.lastElement().equals("hello.txt")
 *         ? TftpResult.content(TftpContent.ofText("hello"))
 *         : TftpResult.notFound(request));
 * }</pre>
 */
@FunctionalInterface
public interface TftpHandler {

  /**
   * Decides on one request.
   *
   * <p>Called on the server's event loop, once for each request that is not a repetition of the one
   * in progress, so it must return at once; see {@link #blocking} for code that cannot. The stage
   * may complete on any thread and in any time up to the server's handler timeout. A thrown
   * exception, a failed stage and a stage that completes too late all lead to ERROR 0 and to {@link
   * TftpObserver#failed}.
   *
   * @param request what is asked for
   * @return the decision
   */
  CompletionStage<TftpResult> open(TftpRequest request);

  /**
   * Makes a handler of a function that is quick enough for the event loop.
   *
   * @param function decides on a request without blocking
   * @return the handler
   */
  static TftpHandler of(Function<? super TftpRequest, TftpResult> function) {
    Objects.requireNonNull(function, "function");
    return request -> CompletableFuture.completedStage(function.apply(request));
  }

  /**
   * Wraps a function that may block.
   *
   * @param function decides on a request
   * @param executor runs it; should be bounded
   * @return a handler that returns at once
   */
  static TftpHandler blocking(Function<TftpRequest, TftpResult> function, Executor executor) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(executor, "executor");
    return request -> CompletableFuture.supplyAsync(() -> function.apply(request), executor);
  }
}
