// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of a server, as its connections see them. */
final class ServerConfig {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConfig.class);

  final HttpHandler handler;
  final TrustedProxies trustedProxies;
  final InstantSource clock;
  final HttpDates dates = new HttpDates();
  final int maxRequestLineBytes;
  final int maxHeaderBytes;
  final int maxRequestBodyBytes;
  final int maxConnections;
  final int maxConnectionsPerAddress;
  final int maxRanges;
  final long headerTimeoutNanos;
  final long idleTimeoutNanos;
  final long writeTimeoutNanos;
  final long handlerTimeoutNanos;
  private final HttpObserver observer;

  ServerConfig(HttpServer.Builder b) {
    handler = Objects.requireNonNull(b.handler, "handler");
    trustedProxies = b.trustedProxies;
    clock = b.clock;
    observer = b.observer;
    maxRequestLineBytes = b.maxRequestLineBytes;
    maxHeaderBytes = b.maxHeaderBytes;
    maxRequestBodyBytes = b.maxRequestBodyBytes;
    maxConnections = b.maxConnections;
    maxConnectionsPerAddress = b.maxConnectionsPerAddress;
    maxRanges = b.maxRanges;
    headerTimeoutNanos = b.headerTimeout.toNanos();
    idleTimeoutNanos = b.idleTimeout.toNanos();
    writeTimeoutNanos = b.writeTimeout.toNanos();
    handlerTimeoutNanos = b.handlerTimeout.toNanos();
  }

  /**
   * Returns how often a connection looks at its deadline: a quarter of the shortest, 5 ms to 1 s.
   */
  long tickNanos() {
    long shortest =
        Math.min(
            Math.min(headerTimeoutNanos, idleTimeoutNanos),
            Math.min(writeTimeoutNanos, handlerTimeoutNanos));
    return Math.max(
        Duration.ofMillis(5).toNanos(), Math.min(Duration.ofSeconds(1).toNanos(), shortest / 4));
  }

  /** Tells the observer, whose mistakes must not reach the connection. */
  void observe(Consumer<HttpObserver> event) {
    try {
      event.accept(observer);
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("observer-failed");
    }
  }
}
