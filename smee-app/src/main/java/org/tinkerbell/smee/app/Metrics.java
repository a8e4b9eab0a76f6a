// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.http.HttpHandler;

/**
 * All that is counted. Names, labels and the series shown from the start are the reference's; what
 * begins with {@code smee_} is new.
 *
 * <p>No label takes its value from the network: no address, file name or path, so that nobody can
 * make the number of series grow.
 */
final class Metrics {

  /** The media type of {@link #text}. */
  static final String MEDIA_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /** Kinds of requests that the reference shows and nobody sends any more. */
  private static final List<String> FORMER_HTTP_JOBS =
      List.of("hardware-components", "phone-home", "problem", "event");

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Work.Series scripts;
  private final Work lookups;
  private final Counter lookupResults;
  private final DhcpMetrics dhcp;
  private final TftpMetrics tftp;
  private final HttpMetrics http;
  private final SyslogMetrics syslog;
  private final BackendMetrics backend;

  /**
   * Registers everything but what is the same for the whole process.
   *
   * @param dhcpMode the label value for how DHCP decides
   * @param nanoTime for durations
   */
  Metrics(String dhcpMode, LongSupplier nanoTime) {
    Work jobs = new Work(registry, "jobs", "requests worked on", nanoTime, "from", "op");
    FORMER_HTTP_JOBS.forEach(op -> jobs.series("http", op));
    scripts = jobs.series("http", "file");
    lookups = new Work(registry, "discover", "look-ups of hardware records", nanoTime, "from");
    lookupResults =
        Counter.builder()
            .name("smee_backend_lookups_total")
            .help("Look-ups of hardware records by who asked and what was found.")
            .labelNames("from", "result")
            .withoutExemplars()
            .register(registry);
    dhcp = new DhcpMetrics(registry, jobs, dhcpMode);
    tftp = new TftpMetrics(registry, jobs.series("tftp", "read"));
    http = new HttpMetrics(registry);
    syslog = new SyslogMetrics(registry);
    backend = new BackendMetrics(registry);
    lookups.series("dhcp");
    lookups.series("ip");
  }

  /** Adds what is known of the virtual machine and the process. */
  Metrics withProcess() {
    JvmMetrics.builder().register(registry);
    CounterWithCallback.builder()
        .name("smee_log_dropped_total")
        .help("Lines of the log that were dropped because nobody read them.")
        .callback(callback -> callback.call((double) Logging.dropped()))
        .register(registry);
    return this;
  }

  DhcpMetrics dhcp() {
    return dhcp;
  }

  TftpMetrics tftp() {
    return tftp;
  }

  HttpMetrics http() {
    return http;
  }

  SyslogMetrics syslog() {
    return syslog;
  }

  BackendMetrics backend() {
    return backend;
  }

  /** Returns the backend as DHCP is to see it: what it asks is counted. */
  Backend forDhcp(Backend records) {
    return backendFor("dhcp", "ip", records);
  }

  /** Returns the backend as TFTP is to see it: what it asks is counted. */
  Backend forTftp(Backend records) {
    return backendFor("tftp", "tftp", records);
  }

  /** Returns the backend as the scripts are to see it: what they ask is counted. */
  Backend forScripts(Backend records) {
    return backendFor("http", "ip", records);
  }

  /** Returns the backend as syslog is to see it: what it asks is counted. */
  Backend forSyslog(Backend records) {
    return backendFor("syslog", "syslog", records);
  }

  private Backend backendFor(String byMac, String byIp, Backend records) {
    return new MeteredBackend(
        records,
        new MeteredBackend.Counts(byMac, lookups.series(byMac), lookupResults),
        new MeteredBackend.Counts(byIp, lookups.series(byIp), lookupResults));
  }

  /** Returns what reports on ISOs. Called once. */
  IsoReport iso(Complaints complaints) {
    return new IsoReport(registry, complaints);
  }

  /** Returns the handler of scripts, whose work is counted. */
  HttpHandler countingScripts(HttpHandler handler) {
    return new MeteredScripts(handler, scripts);
  }

  /** Returns everything in Prometheus' text format 0.0.4, as UTF-8. */
  byte[] text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(32 * 1024);
    try {
      PrometheusTextFormatWriter.create()
          .write(out, registry.scrape(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }
}
