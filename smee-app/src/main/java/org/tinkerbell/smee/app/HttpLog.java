// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpAttribute;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;
import org.tinkerbell.smee.http.ipxe.ScriptDecision;
import org.tinkerbell.smee.http.iso.IsoDecision;
import org.tinkerbell.smee.http.iso.IsoHandler;

/** Writes one line a request, with the reference's event text and keys. */
final class HttpLog implements HttpObserver {

  /** What a handler has to say of its answer; added to the line of the request. */
  static final HttpAttribute<String> NOTE = HttpAttribute.of("note", String.class);

  /** Paths that are asked for all the time by machines that watch Smee. */
  private static final Set<String> MONITORING =
      Set.of(
          "/healthcheck",
          "/healthz",
          "/http/metrics",
          "/livez",
          "/metrics",
          "/readyz",
          "/smee/metrics");

  /** A machine that mounts an ISO asks for about 3000 parts of it. */
  private static final int PARTS_PER_LINE = 500;

  private final AtomicInteger isoParts = new AtomicInteger();
  private final Logger log = Logging.logger("http");
  private final Complaints complaints;

  HttpLog(Complaints complaints) {
    this.complaints = complaints;
  }

  /** Tells whether a request comes from who watches Smee, not from a machine. */
  static boolean isMonitoring(HttpRequest request) {
    return MONITORING.contains(request.path());
  }

  @Override
  public void requestFinished(HttpOutcome outcome) {
    Optional<IsoDecision> iso = outcome.attribute(IsoHandler.DECISION);
    boolean quiet =
        (outcome.status() < 500 && isMonitoring(outcome.request()))
            || (iso.isPresent() && outcome.status() == 206 && !isSample());
    LoggingEventBuilder event =
        log.atLevel(quiet ? Level.DEBUG : Level.INFO)
            .addKeyValue("scheme", outcome.request().isSecure() ? "https" : "http")
            .addKeyValue("method", outcome.request().method())
            .addKeyValue("uri", outcome.request().target())
            .addKeyValue("client", Text.host(outcome.request().client()))
            .addKeyValue("sourceIP", Text.host(outcome.request().peer()))
            .addKeyValue("duration", Text.duration(outcome.duration()))
            .addKeyValue("code", outcome.status())
            .addKeyValue("bytesSent", outcome.bytesSent());
    if (outcome.aborted()) {
      event = event.addKeyValue("aborted", true);
    }
    Optional<ScriptDecision> decision = outcome.attribute(IpxeScriptHandler.DECISION);
    if (decision.isPresent()) {
      event = describe(event, decision.get());
    }
    if (iso.isPresent()) {
      event = describe(event, iso.get());
    }
    Optional<String> note = outcome.attribute(NOTE);
    if (note.isPresent()) {
      event = event.addKeyValue("note", note.get());
    }
    event.log("response");
  }

  /** Says which machine it was about and why it got what it got; never the script itself. */
  private static LoggingEventBuilder describe(LoggingEventBuilder event, ScriptDecision decision) {
    event = event.addKeyValue("mac", decision.macAddress().map(MacAddress::toString).orElse(""));
    if (decision instanceof ScriptDecision.Served served) {
      event = event.addKeyValue("script", served.kind().token());
    }
    event = event.addKeyValue("reason", decision.reason().token());
    return decision.detail().isEmpty() ? event : event.addKeyValue("detail", decision.detail());
  }

  private static LoggingEventBuilder describe(LoggingEventBuilder event, IsoDecision decision) {
    event = event.addKeyValue("mac", decision.macAddress().map(MacAddress::toString).orElse(""));
    if (decision.source().isPresent()) {
      event = event.addKeyValue("source", Text.withoutQuery(decision.source().get()));
    }
    event = event.addKeyValue("reason", decision.reason().token());
    return decision.detail().isEmpty() ? event : event.addKeyValue("detail", decision.detail());
  }

  /** Tells whether it is this one of many parts of an ISO that is to be seen. */
  private boolean isSample() {
    return Math.floorMod(isoParts.getAndIncrement(), PARTS_PER_LINE) == 0;
  }

  @Override
  public void tlsFailed(InetSocketAddress peer, String reason) {
    OptionalInt heldBack = complaints.admit("http tls " + Text.host(peer));
    log.atLevel(heldBack.isPresent() ? Level.INFO : Level.DEBUG)
        .addKeyValue("sourceIP", Text.host(peer))
        .addKeyValue("reason", reason)
        .log("TLS connection failed");
  }

  @Override
  public void certificateLoaded(X509Certificate certificate) {
    log.atInfo()
        .addKeyValue("subject", certificate.getSubjectX500Principal().getName())
        .addKeyValue("notAfter", certificate.getNotAfter().toInstant())
        .log("certificate for HTTPS loaded");
    String algorithm = certificate.getPublicKey().getAlgorithm();
    if (!algorithm.equals("RSA")) {
      log.atWarn()
          .addKeyValue("algorithm", algorithm)
          .log("iPXE cannot use this certificate: it knows RSA keys only");
    }
    if (certificate.getNotAfter().toInstant().isBefore(Instant.now())) {
      log.atWarn()
          .addKeyValue("notAfter", certificate.getNotAfter().toInstant())
          .log("the certificate for HTTPS has expired");
    }
  }

  @Override
  public void certificateRejected(String reason) {
    log.atError()
        .addKeyValue("reason", reason)
        .log("certificate for HTTPS not reloaded, going on with the last good one");
  }

  @Override
  public void malformedRequest(InetSocketAddress peer, int status, String reason) {
    OptionalInt heldBack = complaints.admit("http malformed " + Text.host(peer));
    Complaints.count(log.atLevel(heldBack.isPresent() ? Level.INFO : Level.DEBUG), heldBack)
        .addKeyValue("sourceIP", Text.host(peer))
        .addKeyValue("code", status)
        .addKeyValue("reason", reason)
        .log("malformed HTTP request");
  }

  @Override
  public void connectionRefused(InetSocketAddress peer, String reason) {
    OptionalInt heldBack = complaints.admit("http refused " + reason);
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn().addKeyValue("sourceIP", Text.host(peer)).addKeyValue("reason", reason),
              heldBack)
          .log("HTTP connection refused");
    }
  }

  @Override
  public void connectionTimedOut(InetSocketAddress peer, String reason) {
    log.atDebug()
        .addKeyValue("sourceIP", Text.host(peer))
        .addKeyValue("reason", reason)
        .log("HTTP connection timed out");
  }
}
