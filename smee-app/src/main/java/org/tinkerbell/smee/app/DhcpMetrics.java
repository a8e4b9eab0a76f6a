// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.DhcpDecodeException;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.DhcpResult;

/** Counts what DHCP does. */
final class DhcpMetrics implements DhcpObserver {

  /** The codes of the types that have a name; every other type is one label value. */
  private static final int LAST_NAMED_TYPE = 8;

  private final Work jobs;
  private final String mode;
  private final Counter packets;
  private final Counter ignored;
  private final Counter dropped;
  private final Counter sendFailures;

  /** The server bounds how many there are at a time. */
  private final Map<DhcpExchange, Long> begun = new ConcurrentHashMap<>();

  DhcpMetrics(PrometheusRegistry registry, Work jobs, String mode) {
    this.jobs = jobs;
    this.mode = mode;
    packets = counter(registry, "dhcp_total", "DHCP messages received and sent.", "op", "type");
    ignored =
        counter(
            registry,
            "smee_dhcp_ignored_total",
            "DHCP messages that got no answer.",
            "mode",
            "type",
            "reason");
    dropped =
        counter(
            registry,
            "smee_dhcp_dropped_total",
            "Datagrams at the DHCP port that were thrown away.",
            "reason");
    sendFailures =
        counter(
            registry,
            "smee_dhcp_send_failures_total",
            "DHCP replies that could not be sent.",
            "type");
    for (int code = 1; code <= LAST_NAMED_TYPE; code++) {
      String type = type(DhcpMessageType.of(code));
      packets.labelValues("recv", type);
      jobs.series("dhcp", type);
    }
    packets.labelValues("send", type(DhcpMessageType.OFFER));
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  @Override
  public void received(DhcpExchange exchange) {
    String type = type(exchange.request());
    packets.labelValues("recv", type).inc();
    begun.put(exchange, jobs.series("dhcp", type).begin());
  }

  @Override
  public void replied(
      DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
    packets.labelValues("send", type(reply.message())).inc();
    ended(exchange);
  }

  @Override
  public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
    ignored.labelValues(mode, type(exchange.request()), ignore.reason().token()).inc();
    ended(exchange);
  }

  @Override
  public void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {
    sendFailures.labelValues(type(reply.message())).inc();
    ended(exchange);
  }

  private void ended(DhcpExchange exchange) {
    Long since = begun.remove(exchange);
    if (since != null) {
      jobs.series("dhcp", type(exchange.request())).end(since);
    }
  }

  @Override
  public void malformed(Arrival arrival, DhcpDecodeException cause, byte[] head) {
    dropped.labelValues("malformed").inc();
  }

  @Override
  public void dropped(Arrival arrival, String reason) {
    dropped.labelValues(reason).inc();
  }

  private static String type(DhcpMessage message) {
    return message.messageType().map(DhcpMetrics::type).orElse("other");
  }

  private static String type(DhcpMessageType type) {
    boolean named = type.code() > 0 && type.code() <= LAST_NAMED_TYPE;
    return named ? "DHCP" + type : "other";
  }
}
