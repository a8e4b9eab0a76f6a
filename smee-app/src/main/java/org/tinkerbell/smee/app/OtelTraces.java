// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;
import org.tinkerbell.smee.tftp.TftpObserver;

/**
 * Spans of what the servers do, sent by OTLP over gRPC to a collector, with the reference's names
 * and attributes.
 *
 * <p>Spans wait in a bounded queue for a thread of their own; when the collector does not answer,
 * they are lost, a warning says so from time to time, and serving goes on.
 */
final class OtelTraces implements Traces {

  /** What flushing, and then closing, may take at the end. */
  private static final long STOP_SECONDS = 5;

  /** Has nothing to say below a warning that an operator would want on standard error. */
  private static final Logger SDK_LOG = Logger.getLogger("io.opentelemetry");

  /** Says for itself, with a stack trace each time, what {@link WatchedSpanExporter} says once. */
  private static final Logger EXPORTER_LOG = Logger.getLogger("io.opentelemetry.exporter");

  /** The settings cannot be used; the text is for the user. */
  static final class BadSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadSettingsException(String problem, Throwable cause) {
      super(problem, cause);
    }
  }

  private final SdkTracerProvider provider;
  private final DhcpSpans dhcp;
  private final TftpSpans tftp;
  private final HttpSpans http;
  private final OpenTelemetry sdk;
  private final String backendName;

  private OtelTraces(OpenTelemetry sdk, SdkTracerProvider provider, Config config) {
    this.sdk = sdk;
    this.provider = provider;
    this.backendName = config.backend().map(choice -> choice.provider().name()).orElse("none");
    BootTraces boots = new BootTraces(System::nanoTime);
    boolean proxy =
        config.dhcp().filter(part -> part.mode() != Config.DhcpMode.RESERVATION).isPresent();
    dhcp =
        new DhcpSpans(
            sdk.getTracer(
                proxy
                    ? "github.com/tinkerbell/smee/internal/dhcp/handler/proxy"
                    : "github.com/tinkerbell/smee"),
            boots);
    tftp = new TftpSpans(sdk.getTracer("TFTP"), boots);
    http = new HttpSpans(sdk.getTracer("HTTP"), sdk.getPropagators(), boots);
  }

  /**
   * Starts sending spans. The standard variables of OpenTelemetry hold for all that the flags do
   * not say.
   *
   * @throws BadSettingsException if one of those variables is wrong
   */
  static OtelTraces start(Config config, Config.Otel otel, Complaints complaints) {
    SDK_LOG.setLevel(Level.WARNING);
    EXPORTER_LOG.setLevel(Level.OFF);
    String endpoint = (otel.insecure() ? "http://" : "https://") + otel.endpoint();
    Map<String, String> ours = new HashMap<>();
    ours.put("otel.traces.exporter", "otlp");
    ours.put("otel.metrics.exporter", "none");
    ours.put("otel.logs.exporter", "none");
    ours.put("otel.exporter.otlp.traces.protocol", "grpc");
    ours.put("otel.exporter.otlp.traces.endpoint", endpoint);
    ours.put("otel.propagators", "tracecontext,baggage");
    try {
      AutoConfiguredOpenTelemetrySdk configured =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(() -> Map.of("otel.service.name", "smee"))
              .addPropertiesCustomizer(standard -> ours)
              .addSpanExporterCustomizer(
                  (exporter, settings) ->
                      new WatchedSpanExporter(exporter, otel.endpoint(), complaints))
              .build();
      return new OtelTraces(
          configured.getOpenTelemetrySdk(),
          configured.getOpenTelemetrySdk().getSdkTracerProvider(),
          config);
    } catch (ConfigurationException | IllegalArgumentException e) {
      throw new BadSettingsException(
          "an OTEL_* variable cannot be used: " + String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public DhcpObserver dhcpObserver() {
    return dhcp;
  }

  @Override
  public TftpObserver tftpObserver() {
    return tftp;
  }

  @Override
  public HttpObserver httpObserver() {
    return http;
  }

  @Override
  public DhcpHandler dhcp(DhcpHandler handler) {
    return dhcp.around(handler);
  }

  @Override
  public Optional<TraceParent> handedOn(DhcpExchange exchange) {
    return dhcp.handedOn(exchange);
  }

  @Override
  public Backend lookups(Backend records) {
    return TracedBackend.named(records, sdk.getTracer("github.com/tinkerbell/smee"), backendName);
  }

  @Override
  public Backend dhcpLookups(Backend records) {
    return TracedBackend.hardware(records, sdk.getTracer("github.com/tinkerbell/smee"));
  }

  @Override
  public HttpHandler http(HttpHandler handler) {
    return http.around(handler);
  }

  @Override
  public HttpHandler route(String pattern, HttpHandler handler) {
    return HttpSpans.route(pattern, handler);
  }

  @Override
  public HttpHandler scripts(IpxeScriptHandler handler) {
    return HttpSpans.scripts(handler);
  }

  @Override
  public HttpHandler bootFiles(HttpHandler handler) {
    return http.bootFiles(handler);
  }

  @Override
  public void close() {
    provider.forceFlush().join(STOP_SECONDS, TimeUnit.SECONDS);
    provider.shutdown().join(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
