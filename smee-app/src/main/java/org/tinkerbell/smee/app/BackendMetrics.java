// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Supplier;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/** Counts what happens to the hardware records. */
final class BackendMetrics implements BackendObserver {
  private final Counter loads;
  private final Counter problems;
  private final Gauge records;
  private final PrometheusRegistry registry;

  BackendMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    loads =
        Counter.builder()
            .name("smee_backend_loads_total")
            .help("Times the hardware records were loaded, or could not be.")
            .labelNames("result")
            .withoutExemplars()
            .register(registry);
    loads.initLabelValues("loaded");
    loads.initLabelValues("failed");
    problems =
        Counter.builder()
            .name("smee_backend_record_problems_total")
            .help("Hardware records, or values of them, that could not be used.")
            .withoutExemplars()
            .register(registry);
    records =
        Gauge.builder()
            .name("smee_backend_records")
            .help("Hardware records that can be looked up now.")
            .withoutExemplars()
            .register(registry);
  }

  /** Shows how old the records may be. Called once, when there is a backend. */
  void staleness(Supplier<BackendStatus> status) {
    GaugeWithCallback.builder()
        .name("smee_backend_stale_seconds")
        .help("Time since the source of the hardware records was last heard; 0 while it is.")
        .callback(callback -> callback.call(status.get().staleFor().toNanos() / 1e9))
        .register(registry);
  }

  @Override
  public void loaded(String source, int count) {
    loads.labelValues("loaded").inc();
    records.set(count);
  }

  @Override
  public void loadFailed(String source, String reason) {
    loads.labelValues("failed").inc();
  }

  @Override
  public void recordProblem(String source, String problem) {
    problems.inc();
  }
}
