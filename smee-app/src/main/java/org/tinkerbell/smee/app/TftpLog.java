// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.tftp.TftpErrorCode;
import org.tinkerbell.smee.tftp.TftpFailure;
import org.tinkerbell.smee.tftp.TftpLimit;
import org.tinkerbell.smee.tftp.TftpObserver;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpTransfer;

/** Writes what TFTP does, with the reference's event texts and keys. */
final class TftpLog implements TftpObserver {
  private final Logger log = Logging.logger("tftp");
  private final BootFileCatalog catalog;
  private final Complaints complaints;

  TftpLog(BootFileCatalog catalog, Complaints complaints) {
    this.catalog = catalog;
    this.complaints = complaints;
  }

  @Override
  public void requested(TftpRequest request) {
    request(Level.DEBUG, request)
        .addKeyValue("options", request.options().toString())
        .log("file requested");
  }

  @Override
  public void completed(TftpTransfer transfer) {
    transfer(Level.INFO, transfer).log("file served");
  }

  @Override
  public void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {
    // Firmware asks for the size and breaks off on every boot: the ordinary thing.
    transfer(Level.DEBUG, transfer)
        .addKeyValue("code", code.toString())
        .addKeyValue("reason", message)
        .log("transfer ended by the client");
  }

  @Override
  public void failed(TftpTransfer transfer, TftpFailure failure) {
    OptionalInt heldBack =
        complaints.admit("tftp " + Text.host(transfer.remote()) + " " + failure.reason());
    LoggingEventBuilder event =
        transfer(heldBack.isPresent() ? Level.WARN : Level.DEBUG, transfer)
            .addKeyValue("error", failure.toString());
    if (failure.cause().isPresent()) {
      event = event.addKeyValue("cause", failure.cause().get().toString());
    }
    Complaints.count(event, heldBack).log("file serve failed");
  }

  @Override
  public void refused(TftpRequest request, TftpErrorCode code, String message) {
    OptionalInt heldBack =
        complaints.admit("tftp " + Text.host(request.remote()) + " " + request.lastElement());
    Complaints.count(request(heldBack.isPresent() ? Level.INFO : Level.DEBUG, request), heldBack)
        .addKeyValue("code", code.toString())
        .addKeyValue("error", message)
        .log("file unknown");
  }

  @Override
  public void unsupported(
      InetSocketAddress remote, InetSocketAddress local, String fileName, TftpErrorCode code) {
    OptionalInt heldBack = complaints.admit("tftp unsupported " + Text.host(remote));
    Complaints.count(log.atLevel(heldBack.isPresent() ? Level.INFO : Level.DEBUG), heldBack)
        .addKeyValue("client", Text.of(remote))
        .addKeyValue("filename", fileName)
        .addKeyValue("code", code.toString())
        .log("TFTP request refused");
  }

  @Override
  public void malformed(InetSocketAddress remote, InetSocketAddress local, String reason) {
    log.atDebug()
        .addKeyValue("client", Text.of(remote))
        .addKeyValue("reason", reason)
        .log("malformed TFTP packet");
  }

  @Override
  public void limited(InetSocketAddress remote, TftpLimit limit) {
    OptionalInt heldBack = complaints.admit("tftp limit " + limit);
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn()
                  .addKeyValue("client", Text.of(remote))
                  .addKeyValue("limit", limit.toString()),
              heldBack)
          .log("TFTP request turned away");
    }
  }

  private LoggingEventBuilder transfer(Level level, TftpTransfer transfer) {
    return request(level, transfer.request())
        .addKeyValue("bytesSent", transfer.bytes())
        .addKeyValue("blockSize", transfer.blockSize())
        .addKeyValue("windowSize", transfer.windowSize())
        .addKeyValue("retransmissions", transfer.retransmissions())
        .addKeyValue("durationMs", transfer.duration().toMillis());
  }

  private LoggingEventBuilder request(Level level, TftpRequest request) {
    BootFileCatalog.Asked asked = catalog.find(request.fileName());
    LoggingEventBuilder event =
        log.atLevel(level)
            .addKeyValue("event", "get")
            .addKeyValue("filename", asked.shortName())
            .addKeyValue("uri", request.fileName())
            .addKeyValue("client", Text.of(request.remote()))
            .addKeyValue("macFromURI", asked.mac().map(MacAddress::toString).orElse(""));
    return asked.traceId().isPresent()
        ? event.addKeyValue("traceId", asked.traceId().get())
        : event;
  }
}
