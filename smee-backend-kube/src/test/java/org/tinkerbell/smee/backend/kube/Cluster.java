// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/** A server double, a backend on it, and what the backend has told. */
final class Cluster implements AutoCloseable {
  /** Nothing of the machine that runs the test. */
  static final Surroundings NOWHERE =
      new Surroundings(Map.of(), Path.of("/nonexistent"), Path.of("/nonexistent"));

  final ApiServerDouble server;
  final Recorder recorder = new Recorder();
  KubeBackend backend;

  @SafeVarargs
  Cluster(Map<String, Object>... objects) throws Exception {
    this(new ApiServerDouble(), objects);
  }

  @SafeVarargs
  Cluster(ApiServerDouble server, Map<String, Object>... objects) {
    this.server = server;
    for (Map<String, Object> object : objects) {
      server.apply(object);
    }
  }

  KubeBackend.Builder builder() {
    return KubeBackend.builder()
        .surroundings(NOWHERE)
        .apiServer(server.url())
        .retryDelay(Duration.ofMillis(20), Duration.ofMillis(200))
        .observer(recorder);
  }

  Cluster started(UnaryOperator<KubeBackend.Builder> settings) {
    backend = settings.apply(builder()).build();
    backend.start();
    return this;
  }

  Cluster started() {
    return started(builder -> builder);
  }

  /** Started, with the first list and the first watch in place. */
  Cluster synced(UnaryOperator<KubeBackend.Builder> settings) throws Exception {
    started(settings);
    awaitSync();
    recorder.awaitLoaded();
    server.awaitWatch();
    return this;
  }

  Cluster synced() throws Exception {
    return synced(builder -> builder);
  }

  void awaitSync() throws Exception {
    backend.synced().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  LookupResult mac(String mac) {
    return backend.findByMac(MacAddress.parse(mac)).toCompletableFuture().join();
  }

  LookupResult ip(String ip) throws UnknownHostException {
    return backend.findByIp(InetAddress.getByName(ip)).toCompletableFuture().join();
  }

  HardwareRecord found(String mac) {
    LookupResult result = mac(mac);
    if (result instanceof LookupResult.Found found) {
      return found.hardware();
    }
    throw new AssertionError("not found: " + result);
  }

  @Override
  public void close() {
    if (backend != null) {
      backend.close();
    }
    server.close();
  }
}
