// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

/** Traces as the wire carries them, and as OpenTelemetry has them. */
final class SpanContexts {

  /** How a span got its parent: what the machine sent along, or what Smee remembers of it. */
  static final AttributeKey<String> JOINED_BY = AttributeKey.stringKey("smee.joined_by");

  private SpanContexts() {}

  /** Returns a context whose current span is that far away one. */
  static Context of(TraceParent parent) {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(
                    parent.traceId(),
                    parent.spanId(),
                    parent.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
                    TraceState.getDefault())));
  }

  /** Returns what to hand on to a machine. */
  static TraceParent of(Span span) {
    SpanContext context = span.getSpanContext();
    return new TraceParent(context.getTraceId(), context.getSpanId(), context.isSampled());
  }
}
