// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Answers requests.
 *
 * <p>Called on an event loop, once for each request, never twice at a time for one connection: it
 * must not block. What takes longer is returned as a stage that completes later, on any thread. A
 * handler that throws, or whose stage fails, is answered for with 500; one that takes longer than
 * {@link HttpServer.Builder#handlerTimeout} with 503.
 */
@FunctionalInterface
public interface HttpHandler {

  /**
   * Answers a request.
   *
   * @param request a GET or HEAD request; for HEAD the server leaves the body out by itself
   * @return the response, or a stage that completes with it
   */
  CompletionStage<HttpResponse> handle(HttpRequest request);

  /**
   * Makes a handler of a function that is quick enough for the event loop.
   *
   * @param function answers a request without blocking
   * @return the handler
   */
  static HttpHandler of(Function<? super HttpRequest, HttpResponse> function) {
    Objects.requireNonNull(function, "function");
    return request -> CompletableFuture.completedFuture(function.apply(request));
  }

  /**
   * Makes a handler of a function that may block.
   *
   * @param function answers a request
   * @param executor runs the function, for example one with a virtual thread per task
   * @return the handler
   */
  static HttpHandler blocking(
      Function<? super HttpRequest, HttpResponse> function, Executor executor) {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(executor, "executor");
    return request -> CompletableFuture.supplyAsync(() -> function.apply(request), executor);
  }
}
