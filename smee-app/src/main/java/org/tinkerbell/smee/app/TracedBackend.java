// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/** A span for each look-up, below the current one. Does not close the backend. */
final class TracedBackend implements Backend {
  private final Backend backend;
  private final Tracer tracer;
  private final String byMac;
  private final String byIp;
  private final String bySerialNumber;
  private final boolean showRecord;

  private TracedBackend(
      Backend backend,
      Tracer tracer,
      String byMac,
      String byIp,
      String bySerialNumber,
      boolean showRecord) {
    this.backend = backend;
    this.tracer = tracer;
    this.byMac = byMac;
    this.byIp = byIp;
    this.bySerialNumber = bySerialNumber;
    this.showRecord = showRecord;
  }

  /** Spans that bear the name of the backend. */
  static Backend named(Backend backend, Tracer tracer, String name) {
    String prefix = "backend." + name + ".";
    return new TracedBackend(
        backend,
        tracer,
        prefix + "GetByMac",
        prefix + "GetByIP",
        prefix + "GetBySerialNumber",
        false);
  }

  /** Spans that show the record that was found. */
  static Backend hardware(Backend backend, Tracer tracer) {
    String name = "Hardware data get";
    return new TracedBackend(backend, tracer, name, name, name, true);
  }

  @Override
  public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
    return inSpan(byMac, () -> backend.findByMac(macAddress));
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
    return inSpan(byIp, () -> backend.findByIp(ipAddress));
  }

  @Override
  public CompletionStage<LookupResult> findBySerialNumber(String serialNumber) {
    return inSpan(bySerialNumber, () -> backend.findBySerialNumber(serialNumber));
  }

  private CompletionStage<LookupResult> inSpan(
      String name, Supplier<CompletionStage<LookupResult>> lookup) {
    Span span = tracer.spanBuilder(name).startSpan();
    try {
      return Context.current()
          .with(span)
          .wrapSupplier(lookup)
          .get()
          .whenComplete((result, failure) -> end(span, result, failure));
    } catch (RuntimeException e) {
      end(span, null, e);
      throw e;
    }
  }

  private void end(Span span, @Nullable LookupResult result, @Nullable Throwable failure) {
    if (failure != null) {
      span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
    } else if (result instanceof LookupResult.Found found) {
      if (showRecord) {
        DhcpAttributes.put(span, found.hardware().reservation());
        found.hardware().netboot().ifPresent(netboot -> DhcpAttributes.put(span, netboot));
      }
      span.setStatus(StatusCode.OK);
    } else if (result instanceof LookupResult.NotFound) {
      span.setStatus(StatusCode.OK, "no reservation found");
    } else {
      span.setStatus(StatusCode.ERROR, String.valueOf(result));
    }
    span.end();
  }

  @Override
  public BackendStatus status() {
    return backend.status();
  }

  @Override
  public void close() {}
}
