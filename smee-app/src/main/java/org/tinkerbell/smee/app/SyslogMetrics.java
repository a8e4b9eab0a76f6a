// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import org.tinkerbell.smee.syslog.SyslogConnectionFault;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogHandler;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogObserver;

/** Counts syslog messages and connections. */
final class SyslogMetrics implements SyslogObserver {

  /** What the kernel throws away; the other reasons are the server's. */
  private static final String RECEIVE_BUFFER_FULL = "receive-buffer-full";

  private final CounterDataPoint parsed;
  private final CounterDataPoint unparsed;
  private final CounterDataPoint dropped;
  private final Counter reasons;
  private final Gauge connections;
  private final Counter faults;

  SyslogMetrics(PrometheusRegistry registry) {
    Counter messages =
        Counter.builder()
            .name("syslog_messages_total")
            .help("Syslog messages by whether they were understood.")
            .labelNames("result")
            .withoutExemplars()
            .register(registry);
    // Looked up once: there may be hundreds of thousands of messages a second.
    parsed = messages.labelValues("parsed");
    unparsed = messages.labelValues("unparsed");
    dropped = messages.labelValues("dropped");
    reasons =
        Counter.builder()
            .name("smee_syslog_dropped_messages_total")
            .help("Syslog messages that were not written, by reason.")
            .labelNames("reason")
            .withoutExemplars()
            .register(registry);
    reasons.initLabelValues(RECEIVE_BUFFER_FULL);
    for (SyslogDropReason reason : SyslogDropReason.values()) {
      reasons.initLabelValues(reason.toString());
    }
    connections =
        Gauge.builder()
            .name("smee_syslog_connections")
            .help("Syslog connections that are open now.")
            .withoutExemplars()
            .register(registry);
    faults =
        Counter.builder()
            .name("smee_syslog_connection_faults_total")
            .help("Syslog connections refused or ended before their time, and messages cut.")
            .labelNames("fault")
            .withoutExemplars()
            .register(registry);
    for (SyslogConnectionFault fault : SyslogConnectionFault.values()) {
      faults.initLabelValues(fault.toString());
    }
  }

  /** Returns a handler that counts what it hands on. */
  SyslogHandler counting(SyslogHandler handler) {
    return new SyslogHandler() {
      @Override
      public void handle(SyslogMessage message) throws Exception {
        (message.isParsed() ? parsed : unparsed).inc();
        handler.handle(message);
      }

      @Override
      public void flush() throws Exception {
        handler.flush();
      }
    };
  }

  @Override
  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
    dropped.inc();
    reasons.labelValues(reason.toString()).inc();
  }

  @Override
  public void lost(InetSocketAddress local, long count) {
    dropped.inc(count);
    reasons.labelValues(RECEIVE_BUFFER_FULL).inc(count);
  }

  @Override
  public void connected(InetSocketAddress source) {
    connections.inc();
  }

  @Override
  public void disconnected(InetSocketAddress source) {
    connections.dec();
  }

  @Override
  public void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {
    faults.labelValues(fault.toString()).inc();
  }
}
