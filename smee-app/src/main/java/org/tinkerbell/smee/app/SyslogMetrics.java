// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogHandler;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogObserver;

/** Counts syslog messages. */
final class SyslogMetrics implements SyslogObserver {
  private final Counter messages;

  SyslogMetrics(PrometheusRegistry registry) {
    messages =
        Counter.builder()
            .name("syslog_messages_total")
            .help("Syslog messages by whether they were understood.")
            .labelNames("result")
            .withoutExemplars()
            .register(registry);
    messages.initLabelValues("parsed");
    messages.initLabelValues("unparsed");
    messages.initLabelValues("dropped");
  }

  /** Returns a handler that counts what it hands on. */
  SyslogHandler counting(SyslogHandler handler) {
    return message -> {
      count(message);
      handler.handle(message);
    };
  }

  private void count(SyslogMessage message) {
    messages.labelValues(message.isParsed() ? "parsed" : "unparsed").inc();
  }

  @Override
  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
    messages.labelValues("dropped").inc();
  }
}
