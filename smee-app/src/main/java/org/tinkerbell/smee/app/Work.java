// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Something that begins and ends: how often it began, how many are going on, and how long it took,
 * as three metrics that share their labels.
 */
final class Work {
  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private final Counter total;
  private final Gauge inProgress;
  private final Histogram duration;

  /**
   * Registers {@code NAME_total}, {@code NAME_in_progress} and {@code NAME_duration_seconds}.
   *
   * @param what plural, for the help texts
   */
  Work(
      PrometheusRegistry registry,
      String name,
      String what,
      LongSupplier nanoTime,
      String... labels) {
    this.nanoTime = nanoTime;
    total =
        Counter.builder()
            .name(name + "_total")
            .help("Number of " + what + ".")
            .labelNames(labels)
            .withoutExemplars()
            .register(registry);
    inProgress =
        Gauge.builder()
            .name(name + "_in_progress")
            .help("Number of " + what + " going on now.")
            .labelNames(labels)
            .withoutExemplars()
            .register(registry);
    duration =
        Histogram.builder()
            .name(name + "_duration_seconds")
            .help("Duration of " + what + ".")
            .labelNames(labels)
            .classicOnly()
            .classicUpperBounds(bounds())
            .withoutExemplars()
            .register(registry);
  }

  /** Added up rather than multiplied: dashboards match the digits that this leaves behind. */
  private static double[] bounds() {
    double[] bounds = new double[10];
    double bound = 0.01;
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = bound;
      bound += 0.05;
    }
    return bounds;
  }

  /** Returns the series with these label values, which is shown from now on. */
  Series series(String... values) {
    return new Series(
        total.labelValues(values),
        inProgress.labelValues(values),
        duration.labelValues(values),
        nanoTime);
  }

  /** One combination of label values. */
  record Series(
      CounterDataPoint total,
      GaugeDataPoint inProgress,
      DistributionDataPoint duration,
      LongSupplier nanoTime) {

    /** Counts a beginning; returns what {@link #end} is to be given. */
    long begin() {
      total.inc();
      inProgress.inc();
      return nanoTime.getAsLong();
    }

    /** Counts what a stage stands for, until it completes. */
    <T> CompletionStage<T> count(Supplier<CompletionStage<T>> work) {
      long begun = begin();
      try {
        return work.get().whenComplete((value, failure) -> end(begun));
      } catch (RuntimeException e) {
        end(begun);
        throw e;
      }
    }

    /** Counts the end of what began then. */
    void end(long begun) {
      inProgress.dec();
      duration.observe((nanoTime.getAsLong() - begun) / NANOS);
    }
  }
}
