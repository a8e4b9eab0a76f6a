// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpAttribute;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;

/**
 * Serves each machine its boot script.
 *
 * <p>Takes paths that end in {@code auto.ipxe}. If the segment before is a MAC address, the machine
 * is looked up by it, else by the address of the client. Every answer carries the {@link
 * ScriptDecision} as {@link #DECISION}, for logs and metrics; machines without a script get a
 * status and a script that says why and hands back to the firmware.
 *
 * <p>Who knows a MAC address gets that machine's script: DHCP relays and proxies leave no better
 * choice. Do not put secrets into kernel arguments.
 */
public final class IpxeScriptHandler implements HttpHandler {

  /** What was decided, with the reason; on every response of this handler. */
  public static final HttpAttribute<ScriptDecision> DECISION =
      HttpAttribute.of("script-decision", ScriptDecision.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  /** How many answers are kept; a power of two. */
  private static final int KEPT = 1024;

  /** Longer scripts, which only a record of its own can have, are not kept: that would add up. */
  private static final int MAX_KEPT_BYTES = 8 * 1024;

  private final Backend backend;
  private final IpxeScripts scripts;
  private final Function<? super HttpRequest, Optional<String>> traceId;

  /** A place for each answer by the MAC address' hash; the latest of those that share it. */
  private final AtomicReferenceArray<Kept> kept;

  /** An answer, good for as long as the backend gives this very record. */
  private record Kept(HardwareRecord hardware, HttpResponse response) {}

  private IpxeScriptHandler(
      Backend backend,
      IpxeScripts scripts,
      Function<? super HttpRequest, Optional<String>> traceId,
      AtomicReferenceArray<Kept> kept) {
    this.backend = Objects.requireNonNull(backend, "backend");
    this.scripts = Objects.requireNonNull(scripts, "scripts");
    this.traceId = Objects.requireNonNull(traceId, "traceId");
    this.kept = kept;
  }

  /**
   * Serves the machines of a backend.
   *
   * @param backend where machines are looked up; not closed by this handler
   * @param settings what all scripts share
   * @return the handler
   */
  public static IpxeScriptHandler of(Backend backend, IpxeScriptSettings settings) {
    return new IpxeScriptHandler(
        backend,
        IpxeScripts.of(settings),
        request -> Optional.empty(),
        new AtomicReferenceArray<>(KEPT));
  }

  /**
   * Returns this handler with a source of trace ids, which scripts then show on the screen.
   *
   * @param source returns the trace id of a request (32 hex digits) if its trace is sampled
   * @return a copy
   */
  public IpxeScriptHandler withTraceIds(Function<? super HttpRequest, Optional<String>> source) {
    return new IpxeScriptHandler(backend, scripts, source, kept);
  }

  @Override
  public CompletionStage<HttpResponse> handle(HttpRequest request) {
    ScriptPath path = ScriptPath.parse(request.path());
    if (!path.isScript()) {
      return refused(ScriptReason.PATH_NOT_SUPPORTED);
    }
    if (path.malformedMac()) {
      return refused(ScriptReason.MALFORMED_MAC);
    }
    CompletionStage<LookupResult> lookup =
        path.macAddress().isPresent()
            ? backend.findByMac(path.macAddress().get())
            : backend.findByIp(request.client().getAddress());
    return lookup.handle(
        (result, failure) ->
            answer(
                failure == null ? result : new LookupResult.Failed(text(failure)),
                path.macAddress(),
                traceId.apply(request).orElse("")));
  }

  private static String text(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  @SuppressWarnings("ReferenceEquality") // comparing all the values would cost what is to be saved
  private HttpResponse answer(LookupResult lookup, Optional<MacAddress> asked, String trace) {
    if (!(lookup instanceof LookupResult.Found found) || !trace.isEmpty()) {
      return response(scripts.decide(lookup, asked, trace));
    }
    // Depends on nothing but the record, then: all who ask for this machine get the same.
    HardwareRecord hardware = found.hardware();
    int place = hardware.macAddress().hashCode() & (KEPT - 1);
    Kept known = kept.get(place);
    if (known != null && known.hardware() == hardware) {
      return known.response();
    }
    HttpResponse response = response(scripts.decide(lookup, asked, trace));
    if (response.body().length() <= MAX_KEPT_BYTES) {
      kept.set(place, new Kept(hardware, response));
    }
    return response;
  }

  private static CompletionStage<HttpResponse> refused(ScriptReason reason) {
    return CompletableFuture.completedFuture(
        response(new ScriptDecision.Refused(Optional.empty(), reason, "")));
  }

  private static HttpResponse response(ScriptDecision decision) {
    HttpResponse response;
    if (decision instanceof ScriptDecision.Served served) {
      response = HttpResponse.text(served.script());
    } else {
      response = refusal(decision.reason());
    }
    return response.withHeader("Cache-Control", "no-store").with(DECISION, decision);
  }

  private static HttpResponse refusal(ScriptReason reason) {
    // A path that is none of ours, and a mistake on our side, have nothing to say to iPXE.
    if (reason == ScriptReason.PATH_NOT_SUPPORTED || reason.status() == 500) {
      return HttpResponse.status(reason.status());
    }
    HttpResponse response = HttpResponse.text(IpxeScripts.refusal(reason));
    return reason.status() == 503
        ? HttpResponse.serviceUnavailable(RETRY_AFTER)
            .withBody(response.body())
            .withMediaType(response.mediaType().orElseThrow())
        : response.withStatus(reason.status());
  }
}
