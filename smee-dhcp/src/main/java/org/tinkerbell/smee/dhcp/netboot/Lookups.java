// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;

/** Asks a backend in a way that always ends in a result, whatever the backend does. */
final class Lookups {

  private Lookups() {}

  static CompletionStage<LookupResult> byMac(Backend backend, MacAddress mac) {
    CompletionStage<LookupResult> stage;
    try {
      stage = backend.findByMac(mac);
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(failed(e));
    }
    return stage.handle((result, error) -> result == null ? failed(error) : result);
  }

  private static LookupResult failed(@Nullable Throwable error) {
    Throwable cause = error == null || error.getCause() == null ? error : error.getCause();
    return new LookupResult.Failed(cause == null ? "the backend gave no result" : cause.toString());
  }

  /** Returns the decision for a machine whose record is not to be had. */
  static DhcpResult ignored(LookupResult result) {
    if (result instanceof LookupResult.Ambiguous ambiguous) {
      return DhcpResult.ignore(NetbootReasons.AMBIGUOUS_HARDWARE, ambiguous.detail());
    }
    if (result instanceof LookupResult.Unusable unusable) {
      return DhcpResult.ignore(NetbootReasons.UNUSABLE_HARDWARE, unusable.reason());
    }
    if (result instanceof LookupResult.Failed failed) {
      return DhcpResult.ignore(IgnoreReason.BACKEND_FAILED, failed.reason());
    }
    return DhcpResult.ignore(IgnoreReason.UNKNOWN_HARDWARE, "");
  }
}
