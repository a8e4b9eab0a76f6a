// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.metrics.Counter;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/** Counts what is asked of a backend. Does not close it. */
final class MeteredBackend implements Backend {
  private final Backend backend;
  private final Counts byMac;
  private final Counts byIp;

  MeteredBackend(Backend backend, Counts byMac, Counts byIp) {
    this.backend = backend;
    this.byMac = byMac;
    this.byIp = byIp;
  }

  /**
   * Where look-ups are counted.
   *
   * @param from the label value for who asks
   */
  record Counts(String from, Work.Series work, Counter results) {

    private CompletionStage<LookupResult> count(Supplier<CompletionStage<LookupResult>> lookup) {
      return work.count(lookup)
          .whenComplete(
              (result, failure) ->
                  results.labelValues(from, failure == null ? token(result) : "failed").inc());
    }

    private static String token(LookupResult result) {
      if (result instanceof LookupResult.Found) {
        return "found";
      }
      if (result instanceof LookupResult.NotFound) {
        return "not-found";
      }
      if (result instanceof LookupResult.Ambiguous) {
        return "ambiguous";
      }
      return result instanceof LookupResult.Unusable ? "unusable" : "failed";
    }
  }

  @Override
  public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
    return byMac.count(() -> backend.findByMac(macAddress));
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
    return byIp.count(() -> backend.findByIp(ipAddress));
  }

  @Override
  public CompletionStage<LookupResult> findBySerialNumber(String serialNumber) {
    return byMac.count(() -> backend.findBySerialNumber(serialNumber));
  }

  @Override
  public BackendStatus status() {
    return backend.status();
  }

  @Override
  public void close() {}
}
