// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;

/** A span for each HTTP request, from its head to the last byte of its response. */
final class HttpSpans implements HttpObserver {
  @SuppressWarnings("deprecation") // keys is, but has to be there
  private static final TextMapGetter<HttpRequest> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(HttpRequest request) {
          return List.of("traceparent", "tracestate", "baggage");
        }

        @Override
        public @Nullable String get(@Nullable HttpRequest request, String key) {
          return request == null ? null : request.header(key).orElse(null);
        }
      };

  private final Tracer tracer;
  private final ContextPropagators propagators;
  private final BootTraces boots;

  /** As many as there are requests in work, which the server bounds. */
  private final Map<HttpRequest, Span> spans = new ConcurrentHashMap<>();

  HttpSpans(Tracer tracer, ContextPropagators propagators, BootTraces boots) {
    this.tracer = tracer;
    this.propagators = propagators;
    this.boots = boots;
  }

  @Override
  public void requestStarted(HttpRequest request) {
    if (HttpLog.isMonitoring(request)) {
      return;
    }
    BootRequest asked = BootRequest.of(request.path(), request.client().getAddress(), boots);
    SpanBuilder builder =
        tracer
            .spanBuilder("smee-http")
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("http.request.method", request.method())
            .setAttribute("url.path", request.path())
            .setAttribute("client.address", Text.host(request.client()))
            .setAttribute("network.peer.address", Text.host(request.peer()));
    Context sent = propagators.getTextMapPropagator().extract(Context.root(), request, HEADERS);
    if (Span.fromContext(sent).getSpanContext().isValid()) {
      builder.setParent(sent).setAttribute(SpanContexts.JOINED_BY, "traceparent");
      spans.put(request, builder.startSpan());
    } else {
      spans.put(request, asked.start(builder));
    }
  }

  @Override
  public void requestFinished(HttpOutcome outcome) {
    @Nullable Span span = spans.remove(outcome.request());
    if (span == null) {
      return;
    }
    span.setAttribute("http.response.status_code", (long) outcome.status());
    span.setAttribute("smee.bytes_sent", outcome.bytesSent());
    if (outcome.aborted()) {
      span.setStatus(StatusCode.ERROR, "the connection ended before the response was complete");
    } else if (outcome.status() >= 500) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /** Returns the handler with the span as the current one, for spans below it. */
  HttpHandler around(HttpHandler handler) {
    return request -> {
      @Nullable Span span = spans.get(request);
      if (span == null) {
        return handler.handle(request);
      }
      return Context.current().with(span).wrapSupplier(() -> handler.handle(request)).get();
    };
  }

  /** Returns the handler, which tells the current span the name of its route. */
  static HttpHandler route(String pattern, HttpHandler handler) {
    return request -> {
      Span.current().setAttribute("http.route", pattern);
      return handler.handle(request);
    };
  }

  /** Returns the handler, which shows the current trace in the script if it is recorded. */
  static HttpHandler scripts(IpxeScriptHandler handler) {
    return request -> {
      Span span = Span.current();
      String path = request.path();
      span.setAttribute("smee.script_name", path.substring(path.lastIndexOf('/') + 1));
      SpanContext context = span.getSpanContext();
      Optional<String> shown =
          context.isValid() && context.isSampled()
              ? Optional.of(context.getTraceId())
              : Optional.empty();
      return handler.withTraceIds(any -> shown).handle(request);
    };
  }

  /** Returns the handler of boot files with a span of its own. */
  HttpHandler bootFiles(HttpHandler handler) {
    return request -> {
      SpanBuilder builder =
          tracer.spanBuilder("HTTP " + request.method()).setParent(Context.current());
      BootRequest.of(request.path(), request.client().getAddress(), boots).describe(builder);
      Span span = builder.startSpan();
      return Context.current()
          .with(span)
          .wrapSupplier(() -> handler.handle(request))
          .get()
          .whenComplete((response, failure) -> end(span, response, failure));
    };
  }

  private static void end(Span span, @Nullable HttpResponse response, @Nullable Throwable failure) {
    if (failure != null) {
      span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
    } else if (response != null && response.status() >= 400) {
      span.setStatus(StatusCode.ERROR, "status " + response.status());
    } else {
      span.setStatus(StatusCode.OK);
    }
    span.end();
  }
}
