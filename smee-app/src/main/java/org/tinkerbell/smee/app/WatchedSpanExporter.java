// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Says from time to time when spans do not reach the collector, and once when they do again. */
final class WatchedSpanExporter implements SpanExporter {
  private final Logger log = Logging.logger("otel");
  private final SpanExporter exporter;
  private final String endpoint;
  private final Complaints complaints;
  private volatile boolean failing;

  WatchedSpanExporter(SpanExporter exporter, String endpoint, Complaints complaints) {
    this.exporter = exporter;
    this.endpoint = endpoint;
    this.complaints = complaints;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    result.whenComplete(
        () -> {
          if (result.isSuccess()) {
            succeeded();
          } else {
            failed(spans.size(), result.getFailureThrowable());
          }
        });
    return result;
  }

  private void succeeded() {
    if (failing) {
      failing = false;
      log.atInfo().addKeyValue("endpoint", endpoint).log("traces are sent again");
    }
  }

  private void failed(int spans, @Nullable Throwable cause) {
    failing = true;
    OptionalInt heldBack = complaints.admit("otel export");
    Complaints.count(
            log.atLevel(
                    heldBack.isPresent() ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.DEBUG)
                .addKeyValue("endpoint", endpoint)
                .addKeyValue("spans", spans)
                .addKeyValue("error", reason(cause)),
            heldBack)
        .log("traces cannot be sent and are lost");
  }

  private static String reason(@Nullable Throwable thrown) {
    @Nullable Throwable cause = thrown;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause == null) {
      return "no reason given";
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }

  @Override
  public String toString() {
    return "OTLP to " + endpoint;
  }
}
