// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A handler that chooses another one by file name.
 *
 * <p>A pattern is matched with case against the whole of {@link TftpRequest#path()}, so a leading
 * slash, backslashes and {@code ..} in the request make no difference. In a pattern, {@code {name}}
 * stands for one or more characters other than a slash, and {@code **} at the end for one or more
 * characters of any kind. The first pattern added that matches takes the request.
 *
 * <pre>{@code
 * TftpHandler handler = TftpRouter.builder()
 *     .get("{mac}/autoexec.ipxe", (request, variables) -> scripts.forMac(variables.get("mac")))
 *     .mount("ipxe", TftpContent.directory(Path.of("/srv/ipxe")))
 *     .build();
 * }</pre>
 */
public final class TftpRouter implements TftpHandler {

  /** A handler that is told what the variables of its pattern stand for. */
  @FunctionalInterface
  public interface Route {

    /**
     * Decides on one request; see {@link TftpHandler#open}.
     *
     * @param request what is asked for
     * @param variables the texts of the pattern's variables by name; that of {@code **} is called
     *     {@code **}
     * @return the decision
     */
    CompletionStage<TftpResult> open(TftpRequest request, Map<String, String> variables);

    /**
     * Makes a route of a function that is quick enough for the event loop.
     *
     * @param function decides on a request without blocking
     * @return the route
     */
    static Route of(
        BiFunction<? super TftpRequest, ? super Map<String, String>, TftpResult> function) {
      Objects.requireNonNull(function, "function");
      return (request, variables) ->
          CompletableFuture.completedStage(function.apply(request, variables));
    }
  }

  private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9]*)}");
  private static final String REST = "**";

  private record Entry(Pattern pattern, List<String> names, Route route) {}

  private final List<Entry> entries;
  private final TftpHandler otherwise;

  private TftpRouter(List<Entry> entries, TftpHandler otherwise) {
    this.entries = List.copyOf(entries);
    this.otherwise = otherwise;
  }

  /**
   * Returns a builder of a router without routes.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public CompletionStage<TftpResult> open(TftpRequest request) {
    Optional<String> path = request.path();
    if (path.isPresent()) {
      for (Entry entry : entries) {
        Matcher matcher = entry.pattern().matcher(path.get());
        if (matcher.matches()) {
          Map<String, String> variables = new LinkedHashMap<>();
          for (int i = 0; i < entry.names().size(); i++) {
            variables.put(entry.names().get(i), matcher.group(i + 1));
          }
          return entry.route().open(request, Map.copyOf(variables));
        }
      }
    }
    return otherwise.open(request);
  }

  /** Collects routes. Not for use by several threads. */
  public static final class Builder {

    private final List<Entry> entries = new ArrayList<>();
    private TftpHandler otherwise = TftpHandler.of(TftpResult::notFound);

    private Builder() {}

    /**
     * Adds a route.
     *
     * @param pattern see {@link TftpRouter}
     * @param route takes the requests that match
     * @return this builder
     * @throws IllegalArgumentException if the pattern is not one
     */
    public Builder get(String pattern, Route route) {
      Objects.requireNonNull(route, "route");
      entries.add(compile(pattern, route));
      return this;
    }

    /**
     * Adds a route whose handler does not care for variables.
     *
     * @param pattern see {@link TftpRouter}
     * @param handler gets the request as it is
     * @return this builder
     * @throws IllegalArgumentException if the pattern is not one
     */
    public Builder get(String pattern, TftpHandler handler) {
      Objects.requireNonNull(handler, "handler");
      return get(pattern, (request, variables) -> handler.open(request));
    }

    /**
     * Adds a route for everything below a prefix.
     *
     * @param prefix one or more path elements, may hold variables
     * @param handler gets the request with what follows the prefix as file name
     * @return this builder
     * @throws IllegalArgumentException if the prefix is not one
     */
    public Builder mount(String prefix, TftpHandler handler) {
      Objects.requireNonNull(handler, "handler");
      return get(
          prefix + "/" + REST,
          (request, variables) ->
              handler.open(request.withFileName(String.valueOf(variables.get(REST)))));
    }

    /**
     * Sets who takes what no route matches.
     *
     * @param handler default: ERROR 1, {@code file [NAME] unknown: file does not exist}
     * @return this builder
     */
    public Builder otherwise(TftpHandler handler) {
      this.otherwise = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * Returns the router.
     *
     * @return a router with the routes added so far
     */
    public TftpRouter build() {
      return new TftpRouter(entries, otherwise);
    }

    private static Entry compile(String pattern, Route route) {
      String body = pattern;
      boolean rest = pattern.endsWith("/" + REST) || pattern.equals(REST);
      if (rest) {
        body = pattern.substring(0, pattern.length() - REST.length());
      }
      StringBuilder regex = new StringBuilder();
      List<String> names = new ArrayList<>();
      Matcher variable = VARIABLE.matcher(body);
      int end = 0;
      while (variable.find()) {
        regex.append(literal(pattern, body.substring(end, variable.start()))).append("([^/]+)");
        names.add(String.valueOf(variable.group(1)));
        end = variable.end();
      }
      regex.append(literal(pattern, body.substring(end)));
      if (rest) {
        regex.append("(.+)");
        names.add(REST);
      }
      if (body.startsWith("/")
          || pattern.isEmpty()
          || names.stream().distinct().count() < names.size()) {
        throw illegal(pattern);
      }
      return new Entry(Pattern.compile(regex.toString(), Pattern.DOTALL), names, route);
    }

    private static String literal(String pattern, String text) {
      if (text.contains("{") || text.contains("}") || text.contains("*") || text.contains("//")) {
        throw illegal(pattern);
      }
      return Pattern.quote(text);
    }

    private static IllegalArgumentException illegal(String pattern) {
      return new IllegalArgumentException(
          "pattern: " + pattern + " (expected: a path such as a/{name}.cfg or a/{name}/**)");
    }
  }
}
