// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;
import org.tinkerbell.smee.http.ipxe.ScriptReason;

/** Counts what HTTP does. */
final class HttpMetrics implements HttpObserver {
  private static final double NANOS = 1e9;
  private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

  /** What the labels of a request's series are made of; as few as there are series. */
  private record Labels(String route, String method, int status) {}

  /** The series of requests with the same labels. */
  private record Series(
      CounterDataPoint requests, DistributionDataPoint duration, CounterDataPoint bytes) {}

  private final Map<Labels, Series> series = new ConcurrentHashMap<>();
  private final Counter requests;
  private final Histogram duration;
  private final Counter bytes;
  private final Counter aborted;
  private final Counter malformed;
  private final Counter connections;
  private final Counter certificateLoads;
  private final Gauge certificateExpiry;

  HttpMetrics(PrometheusRegistry registry) {
    requests =
        counter(
            registry, "http_server_requests", "HTTP requests answered.", "method", "status_code");
    duration =
        Histogram.builder()
            .name("http_server_request_duration_seconds")
            .help("Time from a request's head to the last byte of the response.")
            .labelNames("route", "method", "status_code")
            .classicOnly()
            .classicUpperBounds(BOUNDS)
            .withoutExemplars()
            .register(registry);
    bytes =
        counter(registry, "smee_http_sent_bytes", "Bytes of HTTP response bodies sent.", "route");
    aborted =
        counter(
            registry,
            "smee_http_aborted_requests",
            "HTTP requests whose connection ended before the response was complete.",
            "route");
    malformed =
        counter(
            registry,
            "smee_http_malformed_requests",
            "What clients sent that is no acceptable HTTP request.",
            "status_code");
    connections =
        counter(
            registry,
            "smee_http_closed_connections",
            "HTTP connections closed because of a limit or because TLS failed.",
            "reason");
    certificateLoads =
        counter(
            registry,
            "smee_http_certificate_loads",
            "Loads of the certificate for HTTPS; after a failed one the last stays in use.",
            "result");
    certificateExpiry = expiry(registry);
  }

  private static Gauge expiry(PrometheusRegistry registry) {
    return Gauge.builder()
        .name("smee_http_certificate_not_after_seconds")
        .help("When the certificate for HTTPS expires, in seconds since 1970; 0 without one.")
        .register(registry);
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name(name + "_total")
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  @Override
  public void requestFinished(HttpOutcome outcome) {
    String given = outcome.request().method();
    String method = METHODS.contains(given) ? given : "other";
    String route = route(outcome);
    Series of = series.computeIfAbsent(new Labels(route, method, outcome.status()), this::seriesOf);
    of.requests().inc();
    of.duration().observe(outcome.duration().toNanos() / NANOS);
    of.bytes().inc(outcome.bytesSent());
    if (outcome.aborted()) {
      aborted.labelValues(route).inc();
    }
  }

  private Series seriesOf(Labels labels) {
    String status = Integer.toString(labels.status());
    return new Series(
        requests.labelValues(labels.method(), status),
        duration.labelValues(labels.route(), labels.method(), status),
        bytes.labelValues(labels.route()));
  }

  /** Returns a pattern, never a path. */
  private static String route(HttpOutcome outcome) {
    // The scripts take what no pattern fits; the reference's pattern for that is this.
    boolean script =
        outcome
            .attribute(IpxeScriptHandler.DECISION)
            .filter(decision -> decision.reason() != ScriptReason.PATH_NOT_SUPPORTED)
            .isPresent();
    return outcome.attribute(HttpRouter.ROUTE).orElse(script ? "/" : "unmatched");
  }

  @Override
  public void tlsFailed(InetSocketAddress peer, String reason) {
    connections.labelValues("tls-failed").inc();
  }

  @Override
  public void certificateLoaded(X509Certificate certificate) {
    certificateLoads.labelValues("loaded").inc();
    certificateExpiry.set((double) certificate.getNotAfter().toInstant().getEpochSecond());
  }

  @Override
  public void certificateRejected(String reason) {
    certificateLoads.labelValues("failed").inc();
  }

  @Override
  public void malformedRequest(InetSocketAddress peer, int status, String reason) {
    malformed.labelValues(Integer.toString(status)).inc();
  }

  @Override
  public void connectionRefused(InetSocketAddress peer, String reason) {
    connections.labelValues(reason).inc();
  }

  @Override
  public void connectionTimedOut(InetSocketAddress peer, String reason) {
    connections.labelValues(reason).inc();
  }
}
