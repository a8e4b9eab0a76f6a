// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A request without its body, which no route here reads. Immutable. */
public final class HttpRequest {
  private final String method;
  private final String target;
  private final String protocol;
  private final String path;
  private final String query;
  private final List<String> fields;
  private final InetSocketAddress client;
  private final InetSocketAddress peer;
  private final Instant receivedAt;
  private final boolean secure;
  private final String subPath;

  private HttpRequest(Builder b, String subPath) {
    this.method = b.method;
    this.target = b.target;
    this.protocol = b.protocol;
    this.path = b.path;
    this.query = b.query;
    this.fields = List.copyOf(b.fields);
    this.client = b.client;
    this.peer = b.peer;
    this.receivedAt = b.receivedAt;
    this.secure = b.secure;
    this.subPath = subPath;
  }

  private HttpRequest(HttpRequest from, String subPath) {
    this.method = from.method;
    this.target = from.target;
    this.protocol = from.protocol;
    this.path = from.path;
    this.query = from.query;
    this.fields = from.fields;
    this.client = from.client;
    this.peer = from.peer;
    this.receivedAt = from.receivedAt;
    this.secure = from.secure;
    this.subPath = subPath;
  }

  /**
   * Begins a request that did not come from the network, for tests and dry runs.
   *
   * @param method for example {@code GET}
   * @param target as on the wire: path and query, percent-encoded
   * @return a builder
   * @throws IllegalArgumentException if the target is not acceptable
   */
  public static Builder builder(String method, String target) {
    return new Builder(method, target);
  }

  /**
   * Returns the method.
   *
   * @return for example {@code GET}
   */
  public String method() {
    return method;
  }

  /**
   * Tells whether only the head of the response is asked for.
   *
   * @return whether the method is {@code HEAD}
   */
  public boolean isHead() {
    return method.equals("HEAD");
  }

  /**
   * Returns the request target as it was sent, for logs.
   *
   * @return visible ASCII characters only
   */
  public String target() {
    return target;
  }

  /**
   * Returns the protocol version.
   *
   * @return {@code HTTP/1.1} or {@code HTTP/1.0}
   */
  public String protocol() {
    return protocol;
  }

  /**
   * Returns the path: percent-decoded once, without empty, {@code .} and {@code ..} segments.
   *
   * <p>It begins with a slash, and ends with one if the target's path did. An encoded slash counts
   * as a slash. There are no control characters in it.
   *
   * @return the path
   */
  public String path() {
    return path;
  }

  /**
   * Returns the part of the path below the prefix of the route that took the request.
   *
   * @return without a leading slash; the whole path without it where no prefix matched
   */
  public String subPath() {
    return subPath;
  }

  /**
   * Returns the query.
   *
   * @return what follows the first question mark, not decoded; empty if there is none
   */
  public String query() {
    return query;
  }

  /**
   * Returns the first value of a header field.
   *
   * @param name the name, in either case
   * @return the value without surrounding blanks
   */
  public Optional<String> header(String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        return Optional.of(fields.get(i + 1));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns all values of a header field, one for each line it came in.
   *
   * @param name the name, in either case
   * @return the values in order; empty if there are none
   */
  public List<String> headers(String name) {
    List<String> values = new ArrayList<>(1);
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        values.add(fields.get(i + 1));
      }
    }
    return values;
  }

  /**
   * Returns who asks: what trusted proxies say, or else the peer (see {@link TrustedProxies}).
   *
   * @return the address, with the port of the peer
   */
  public InetSocketAddress client() {
    return client;
  }

  /**
   * Returns the other end of the connection.
   *
   * @return the address
   */
  public InetSocketAddress peer() {
    return peer;
  }

  /**
   * Returns when the head of the request was complete.
   *
   * @return the time
   */
  public Instant receivedAt() {
    return receivedAt;
  }

  /**
   * Tells whether the request came over TLS, to this server itself.
   *
   * @return whether it is HTTPS
   */
  public boolean isSecure() {
    return secure;
  }

  HttpRequest withSubPath(String value) {
    return new HttpRequest(this, value);
  }

  /** Returns method and target. */
  @Override
  public String toString() {
    return method + ' ' + target;
  }

  /** Collects the values of a request. Not thread safe. */
  public static final class Builder {
    private final String method;
    private final String target;
    private final String path;
    private final String query;
    private final List<String> fields = new ArrayList<>();
    private String protocol = "HTTP/1.1";
    private InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private InetSocketAddress client = peer;
    private Instant receivedAt = Instant.EPOCH;
    private boolean secure;

    private Builder(String method, String target) {
      this.method = Objects.requireNonNull(method, "method");
      this.target = Objects.requireNonNull(target, "target");
      RequestTarget parsed =
          RequestTarget.parse(target)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "target: " + target + " (expected: a path such as /a/b?c)"));
      this.path = parsed.path();
      this.query = parsed.query();
    }

    Builder(String method, String target, RequestTarget parsed) {
      this.method = method;
      this.target = target;
      this.path = parsed.path();
      this.query = parsed.query();
    }

    /**
     * Adds a header field.
     *
     * @param name its name
     * @param value its value
     * @return this builder
     */
    public Builder header(String name, String value) {
      fields.add(Objects.requireNonNull(name, "name"));
      fields.add(Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * Sets the peer, and the client to the same. Default: the loopback address, port 0.
     *
     * @param value the address
     * @return this builder
     */
    public Builder peer(InetSocketAddress value) {
      peer = Objects.requireNonNull(value, "peer");
      client = value;
      return this;
    }

    /**
     * Sets the client. Default: the peer.
     *
     * @param value the address
     * @return this builder
     */
    public Builder client(InetSocketAddress value) {
      client = Objects.requireNonNull(value, "client");
      return this;
    }

    /**
     * Sets the time of arrival. Default: the epoch.
     *
     * @param value the time
     * @return this builder
     */
    public Builder receivedAt(Instant value) {
      receivedAt = Objects.requireNonNull(value, "receivedAt");
      return this;
    }

    /**
     * Sets whether the request came over TLS. Default: no.
     *
     * @param value whether it is HTTPS
     * @return this builder
     */
    public Builder secure(boolean value) {
      secure = value;
      return this;
    }

    Builder protocol(String value) {
      protocol = value;
      return this;
    }

    List<String> fields() {
      return fields;
    }

    /**
     * Makes the request.
     *
     * @return the request
     */
    public HttpRequest build() {
      return new HttpRequest(this, path.substring(1));
    }
  }
}
