// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The backend that knows no machine. */
final class NoopBackend implements Backend {
  static final NoopBackend INSTANCE = new NoopBackend();

  private NoopBackend() {}

  @Override
  public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
    return CompletableFuture.completedStage(LookupResult.notFound());
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
    return CompletableFuture.completedStage(LookupResult.notFound());
  }

  @Override
  public BackendStatus status() {
    return BackendStatus.ready("no backend: every machine is unknown");
  }

  @Override
  public void close() {}
}
