// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Gives each request to the handler whose pattern fits its path best.
 *
 * <table>
 * <caption>Patterns, in the order in which they are tried</caption>
 * <tr><th>pattern</th><th>fits</th></tr>
 * <tr><td>{@code /metrics}</td><td>this path and no other</td></tr>
 * <tr><td>{@code **}{@code /autoexec.ipxe}</td><td>every path that ends so; the longest wins</td></tr>
 * <tr><td>{@code /ipxe/**}</td><td>{@code /ipxe/} and all below it; the longest wins. {@code /ipxe}
 * is sent on to {@code /ipxe/} with 301</td></tr>
 * </table>
 *
 * <p>What nothing fits goes to {@link Builder#otherwise}, or is 404. The pattern travels with the
 * response as {@link #ROUTE}.
 */
public final class HttpRouter implements HttpHandler {

  /** The pattern that took the request; absent where none did. */
  public static final HttpAttribute<String> ROUTE = HttpAttribute.of("route", String.class);

  private final Map<String, HttpHandler> exact;
  private final List<Route> suffixes;
  private final List<Route> prefixes;
  private final HttpHandler otherwise;

  private HttpRouter(Builder b) {
    exact = Map.copyOf(b.exact);
    suffixes = longestFirst(b.suffixes);
    prefixes = longestFirst(b.prefixes);
    otherwise = b.otherwise;
  }

  private static List<Route> longestFirst(Map<String, HttpHandler> routes) {
    return routes.entrySet().stream()
        .map(e -> new Route(e.getKey(), e.getValue()))
        .sorted(Comparator.comparing((Route route) -> route.text.length()).reversed())
        .toList();
  }

  /**
   * Begins a router without routes.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    String path = request.path();
    HttpHandler handler = exact.get(path);
    if (handler != null) {
      return routed(handler, request, path);
    }
    for (Route route : suffixes) {
      if (path.endsWith(route.text)) {
        return routed(route.handler, request, "**" + route.text);
      }
    }
    for (Route route : prefixes) {
      if (path.startsWith(route.text)) {
        HttpRequest below = request.withSubPath(path.substring(route.text.length()));
        return routed(route.handler, below, route.text + "**");
      }
      if (path.length() + 1 == route.text.length() && route.text.startsWith(path)) {
        String query = request.query().isEmpty() ? "" : "?" + request.query();
        HttpResponse redirect = HttpResponse.redirect(301, route.text + query);
        return CompletableFuture.completedFuture(redirect.with(ROUTE, route.text + "**"));
      }
    }
    return otherwise.handle(request);
  }

  private static CompletionStage<HttpResponse> routed(
      HttpHandler handler, HttpRequest request, String pattern) {
    return handler
        .handle(request)
        .thenApply(
            response ->
                response.attribute(ROUTE).isPresent() ? response : response.with(ROUTE, pattern));
  }

  private record Route(String text, HttpHandler handler) {}

  /** Collects routes. Not thread safe; may build several times. */
  public static final class Builder {
    private final Map<String, HttpHandler> exact = new HashMap<>();
    private final Map<String, HttpHandler> suffixes = new HashMap<>();
    private final Map<String, HttpHandler> prefixes = new HashMap<>();
    private final List<String> patterns = new ArrayList<>();
    private HttpHandler otherwise = HttpHandler.of(request -> HttpResponse.notFound());

    private Builder() {}

    /**
     * Adds a route for GET and HEAD.
     *
     * @param pattern see {@link HttpRouter}; visible ASCII
     * @param handler takes the requests that fit
     * @return this builder
     * @throws IllegalArgumentException if the pattern is none, or was added before
     */
    public Builder get(String pattern, HttpHandler handler) {
      Objects.requireNonNull(handler, "handler");
      if (patterns.contains(pattern)) {
        throw new IllegalArgumentException("pattern: " + pattern + " (expected: one not yet used)");
      }
      if (pattern.startsWith("**/")) {
        suffixes.put(check(pattern, pattern.substring(2)), handler);
      } else if (pattern.endsWith("/**")) {
        prefixes.put(check(pattern, pattern.substring(0, pattern.length() - 2)), handler);
      } else {
        exact.put(check(pattern, pattern), handler);
      }
      patterns.add(pattern);
      return this;
    }

    private static String check(String pattern, String text) {
      boolean visible = text.chars().allMatch(c -> c > ' ' && c <= '~');
      if (!visible || text.contains("**") || !RequestTarget.clean(text).equals(text)) {
        throw new IllegalArgumentException(
            "pattern: " + pattern + " (expected: /a, /a/** or **/a)");
      }
      return text;
    }

    /**
     * Sets who takes what no route fits. Default: 404 without a body.
     *
     * @param handler takes the rest
     * @return this builder
     */
    public Builder otherwise(HttpHandler handler) {
      otherwise = Objects.requireNonNull(handler, "otherwise");
      return this;
    }

    /**
     * Makes the router.
     *
     * @return the router
     */
    public HttpRouter build() {
      return new HttpRouter(this);
    }
  }
}
