// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.tftp.TftpErrorCode;
import org.tinkerbell.smee.tftp.TftpFailure;
import org.tinkerbell.smee.tftp.TftpLimit;
import org.tinkerbell.smee.tftp.TftpObserver;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpTransfer;

/** A span for each file that is asked for by TFTP, from the request to the end of the transfer. */
final class TftpSpans implements TftpObserver {
  private final Tracer tracer;
  private final BootTraces boots;

  /** By the client's address and port, which has one transfer at a time. */
  private final Map<InetSocketAddress, Span> spans = new ConcurrentHashMap<>();

  TftpSpans(Tracer tracer, BootTraces boots) {
    this.tracer = tracer;
    this.boots = boots;
  }

  @Override
  public void requested(TftpRequest request) {
    BootRequest asked = BootRequest.of(request.fileName(), request.remote().getAddress(), boots);
    Span span = asked.start(tracer.spanBuilder("TFTP get").setSpanKind(SpanKind.SERVER));
    @Nullable Span forgotten = spans.put(request.remote(), span);
    if (forgotten != null) {
      forgotten.end();
    }
  }

  @Override
  public void completed(TftpTransfer transfer) {
    end(transfer, StatusCode.OK, "file served");
  }

  @Override
  public void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {
    end(transfer, StatusCode.OK, "ended by the client: " + code);
  }

  @Override
  public void failed(TftpTransfer transfer, TftpFailure failure) {
    end(transfer, StatusCode.ERROR, failure.toString());
  }

  @Override
  public void replaced(TftpTransfer transfer) {
    end(transfer, StatusCode.OK, "replaced by another request");
  }

  @Override
  public void refused(TftpRequest request, TftpErrorCode code, String message) {
    end(request.remote(), StatusCode.ERROR, message);
  }

  @Override
  public void limited(InetSocketAddress remote, TftpLimit limit) {
    end(remote, StatusCode.ERROR, "turned away: " + limit);
  }

  private void end(TftpTransfer transfer, StatusCode status, String text) {
    @Nullable Span span = spans.get(transfer.remote());
    if (span != null) {
      span.setAttribute("smee.bytes_sent", transfer.bytes());
      span.setAttribute("smee.retransmissions", (long) transfer.retransmissions());
    }
    end(transfer.remote(), status, text);
  }

  private void end(InetSocketAddress remote, StatusCode status, String text) {
    @Nullable Span span = spans.remove(remote);
    if (span != null) {
      span.setStatus(status, text);
      span.end();
    }
  }
}
