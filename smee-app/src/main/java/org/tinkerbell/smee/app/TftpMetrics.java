// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tinkerbell.smee.tftp.TftpErrorCode;
import org.tinkerbell.smee.tftp.TftpFailure;
import org.tinkerbell.smee.tftp.TftpLimit;
import org.tinkerbell.smee.tftp.TftpObserver;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpTransfer;

/** Counts what TFTP does. */
final class TftpMetrics implements TftpObserver {
  private static final List<String> RESULTS =
      List.of("completed", "aborted", "failed", "refused", "replaced", "limited", "unsupported");

  private final Work.Series reads;
  private final Counter transfers;
  private final Counter bytes;
  private final Counter retransmissions;
  private final Counter failures;
  private final Counter limits;
  private final Counter malformed;

  /** By the client's port, from which there is one transfer at a time. */
  private final Map<InetSocketAddress, Long> begun = new ConcurrentHashMap<>();

  TftpMetrics(PrometheusRegistry registry, Work.Series reads) {
    this.reads = reads;
    transfers = counter(registry, "transfers", "TFTP requests by what became of them.", "result");
    RESULTS.forEach(transfers::initLabelValues);
    bytes = counter(registry, "sent_bytes", "Bytes of files that TFTP clients acknowledged.");
    retransmissions =
        counter(registry, "retransmissions", "TFTP packets sent again after a timeout.");
    failures = counter(registry, "failures", "Failed TFTP transfers by reason.", "reason");
    limits = counter(registry, "limited", "Times a limit of TFTP took effect.", "limit");
    malformed = counter(registry, "malformed", "Datagrams that made no sense to TFTP.");
  }

  private static Counter counter(
      PrometheusRegistry registry, String name, String help, String... labels) {
    return Counter.builder()
        .name("smee_tftp_" + name + "_total")
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  @Override
  public void requested(TftpRequest request) {
    begun.put(request.remote(), reads.begin());
  }

  @Override
  public void completed(TftpTransfer transfer) {
    ended("completed", transfer);
  }

  @Override
  public void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {
    ended("aborted", transfer);
  }

  @Override
  public void failed(TftpTransfer transfer, TftpFailure failure) {
    failures.labelValues(failure.reason().toString()).inc();
    ended("failed", transfer);
  }

  @Override
  public void replaced(TftpTransfer transfer) {
    ended("replaced", transfer);
  }

  private void ended(String result, TftpTransfer transfer) {
    bytes.inc(transfer.bytes());
    retransmissions.inc(transfer.retransmissions());
    ended(result, transfer.remote());
  }

  private void ended(String result, InetSocketAddress remote) {
    transfers.labelValues(result).inc();
    Long since = begun.remove(remote);
    if (since != null) {
      reads.end(since);
    }
  }

  @Override
  public void refused(TftpRequest request, TftpErrorCode code, String message) {
    ended("refused", request.remote());
  }

  @Override
  public void unsupported(
      InetSocketAddress remote, InetSocketAddress local, String fileName, TftpErrorCode code) {
    transfers.labelValues("unsupported").inc();
  }

  @Override
  public void malformed(InetSocketAddress remote, InetSocketAddress local, String reason) {
    malformed.inc();
  }

  @Override
  public void limited(InetSocketAddress remote, TftpLimit limit) {
    limits.labelValues(limit.toString()).inc();
    switch (limit) {
      // These end what was requested; the others turn something away before it begins.
      case UNACKNOWLEDGED, BUFFERS, PORTS -> ended("limited", remote);
      // An ERROR that is held back is no request.
      case ERROR_RATE -> {}
      default -> transfers.labelValues("limited").inc();
    }
  }
}
