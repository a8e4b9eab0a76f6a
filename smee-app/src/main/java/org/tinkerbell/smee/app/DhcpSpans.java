// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.app.BootTraces.Stage;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.netboot.PxeClient;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

/** A span for each DHCP request, from its arrival to its reply. */
final class DhcpSpans implements DhcpObserver {
  private final Tracer tracer;
  private final BootTraces boots;

  /** As many as there are requests in work, which the server bounds. */
  private final Map<DhcpExchange, Span> spans = new ConcurrentHashMap<>();

  DhcpSpans(Tracer tracer, BootTraces boots) {
    this.tracer = tracer;
    this.boots = boots;
  }

  @Override
  public void received(DhcpExchange exchange) {
    DhcpMessage request = exchange.request();
    Stage stage = stage(request);
    Optional<MacAddress> mac = request.hardwareAddress();
    Optional<TraceParent> root = mac.flatMap(address -> boots.rootFor(address, stage));
    SpanBuilder builder =
        tracer
            .spanBuilder(
                "DHCP Packet Received: "
                    + request.messageType().map(DhcpMessageType::toString).orElse("unknown (0)"))
            .setSpanKind(SpanKind.SERVER)
            .setParent(root.map(SpanContexts::of).orElseGet(Context::root))
            .setAttribute("DHCP.peer", Text.of(exchange.arrival().remote()))
            .setAttribute("DHCP.server.ifname", exchange.arrival().interfaceName().orElse(""));
    if (root.isPresent()) {
      builder.setAttribute(SpanContexts.JOINED_BY, "mac");
    }
    Span span = builder.startSpan();
    DhcpAttributes.put(span, "DHCP.request.", request);
    if (root.isEmpty() && mac.isPresent() && stage != Stage.LATER) {
      boots.begin(mac.get(), SpanContexts.of(span));
    }
    spans.put(exchange, span);
  }

  private static Stage stage(DhcpMessage request) {
    PxeClient client = PxeClient.of(request);
    if (!client.isNetbootClient() || client.isIpxe()) {
      return Stage.LATER;
    }
    return request.messageType().equals(Optional.of(DhcpMessageType.DISCOVER))
        ? Stage.FIRMWARE_DISCOVER
        : Stage.FIRMWARE;
  }

  /** Returns the handler with the span as the current one, for spans below it. */
  DhcpHandler around(DhcpHandler handler) {
    return exchange -> {
      @Nullable Span span = spans.get(exchange);
      if (span == null) {
        return handler.handle(exchange);
      }
      return Context.current().with(span).wrapSupplier(() -> handler.handle(exchange)).get();
    };
  }

  Optional<TraceParent> handedOn(DhcpExchange exchange) {
    return Optional.ofNullable(spans.get(exchange)).map(SpanContexts::of);
  }

  @Override
  public void replied(
      DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
    @Nullable Span span = spans.remove(exchange);
    if (span != null) {
      DhcpAttributes.put(span, "DHCP.reply.", reply.message());
      exchange
          .request()
          .hardwareAddress()
          .ifPresent(mac -> boots.replied(mac, reply.message().yiaddr(), SpanContexts.of(span)));
      span.setStatus(StatusCode.OK, "sent DHCP response");
      span.end();
    }
  }

  @Override
  public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
    @Nullable Span span = spans.remove(exchange);
    if (span != null) {
      String token = ignore.reason().token();
      boolean fault =
          switch (token) {
            case "backend-failed",
                "handler-failed",
                "handler-timed-out",
                "ambiguous-hardware",
                "unusable-hardware",
                "no-message-type",
                "unsupported-message-type" ->
                true;
            default -> false;
          };
      span.setAttribute("smee.reason", token);
      String text =
          token.equals("unknown-hardware")
              ? "no reservation found"
              : ignore.detail().isEmpty() ? token : token + ": " + ignore.detail();
      span.setStatus(fault ? StatusCode.ERROR : StatusCode.OK, text);
      span.end();
    }
  }

  @Override
  public void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {
    @Nullable Span span = spans.remove(exchange);
    if (span != null) {
      DhcpAttributes.put(span, "DHCP.reply.", reply.message());
      span.setStatus(StatusCode.ERROR, String.valueOf(cause.getMessage()));
      span.end();
    }
  }
}
