// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.util.OptionalInt;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.iso.IsoHandler;
import org.tinkerbell.smee.http.iso.IsoObserver;

/** Counts what is done with ISOs, and complains of one that is not made for this. */
final class IsoReport implements HttpObserver, IsoObserver {
  private final Counter requests;
  private final Counter placeholders;
  private final Complaints complaints;

  IsoReport(PrometheusRegistry registry, Complaints complaints) {
    this.complaints = complaints;
    requests =
        Counter.builder()
            .name("smee_iso_requests_total")
            .help("Requests for ISOs by the reason of the answer.")
            .labelNames("reason")
            .withoutExemplars()
            .register(registry);
    placeholders =
        Counter.builder()
            .name("smee_iso_placeholders_replaced_total")
            .help("Placeholders, or parts of one, replaced in ISOs.")
            .withoutExemplars()
            .register(registry);
  }

  @Override
  public void requestFinished(HttpOutcome outcome) {
    outcome
        .attribute(IsoHandler.DECISION)
        .ifPresent(decision -> requests.labelValues(decision.reason().token()).inc());
  }

  @Override
  public void bodyPatched(MacAddress macAddress, URI source, int count, boolean whole) {
    placeholders.inc(count);
    if (!whole || count > 0) {
      return;
    }
    OptionalInt heldBack = complaints.admit("iso without placeholder " + source);
    if (heldBack.isPresent()) {
      Complaints.count(
              Logging.logger("http")
                  .atWarn()
                  .addKeyValue("mac", macAddress.toString())
                  .addKeyValue("source", Text.withoutQuery(source)),
              heldBack)
          .log("the ISO has no placeholder: the machine will boot without its kernel arguments");
    }
  }
}
