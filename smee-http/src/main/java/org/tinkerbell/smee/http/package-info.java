// SPDX-License-Identifier: Apache-2.0
/**
 * A small HTTP/1.1 server for what boots machines: firmware, iPXE, kernels.
 *
 * <p>A first program:
 *
 * <pre>{@code
 * HttpRouter router =
 *     HttpRouter.builder()
 *         .get("/hello", HttpHandler.of(request -> HttpResponse.text("hello\n")))
 *         .get("/files/**", HttpDirectory.of(Path.of("/srv/boot")))
 *         .build();
 * try (HttpServer server =
 *     HttpServer.builder().bind(new InetSocketAddress("127.0.0.1", 0)).handler(router).build()) {
 *   server.start().toCompletableFuture().join();
 *   System.out.println(server.boundAddresses());
 * }
 * }</pre>
 *
 * <table>
 * <caption>The types</caption>
 * <tr><th>type</th><th>is</th></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.HttpServer}</td><td>sockets and limits</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.HttpHandler}</td><td>who answers; {@link
 * org.tinkerbell.smee.http.HttpRouter} and {@link org.tinkerbell.smee.http.HttpDirectory} are two
 * </td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.HttpRequest}, {@link
 * org.tinkerbell.smee.http.HttpResponse}, {@link org.tinkerbell.smee.http.HttpBody}</td><td>the
 * messages, immutable, without a type of Netty's</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.TrustedProxies}</td><td>whose {@code X-Forwarded-For} is
 * believed</td></tr>
 * <tr><td>{@link org.tinkerbell.smee.http.HttpObserver}, {@link
 * org.tinkerbell.smee.http.HttpOutcome}, {@link org.tinkerbell.smee.http.HttpAttribute}</td><td>what
 * logs and metrics see</td></tr>
 * </table>
 *
 * <p><strong>Threads.</strong> A connection lives on one event loop. Handlers and observers are
 * called there and must not block. Requests of one connection are answered one after the other, in
 * order; different connections know nothing of each other.
 *
 * <p><strong>Memory.</strong> A connection holds at most the head of the request it is reading, a
 * bounded number of waiting requests, and one response under way; bodies are shared buffers or
 * files that the kernel sends. Requests with bodies are answered without looking at them.
 *
 * <p><strong>Limits</strong> and their defaults are at the setters of {@link
 * org.tinkerbell.smee.http.HttpServer.Builder}.
 */
@NullMarked
package org.tinkerbell.smee.http;

import org.jspecify.annotations.NullMarked;
