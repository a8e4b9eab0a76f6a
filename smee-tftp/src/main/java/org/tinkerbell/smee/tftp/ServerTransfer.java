// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One request from its arrival to the end of its transfer. Used on the event loop only. */
final class ServerTransfer {

  final TftpRequest request;
  final Binding binding;
  final long startedAt;

  /** When the client last moved the transfer on. */
  long progressAt;

  /** Until when the handler or the opening of the content may take; afterwards of no meaning. */
  long openDeadline;

  /** Where answers leave; the listening socket until the transfer has one of its own. */
  ChannelSink sink;

  /** Is there as soon as the content is. */
  @Nullable SendTransfer sender;

  LocalPath path = LocalPath.UNKNOWN;

  /** Whether the client is known to receive what is sent to it. */
  boolean proven;

  long reservedBytes;
  boolean ended;

  ServerTransfer(TftpRequest request, Binding binding, ChannelSink sink, long now) {
    this.request = request;
    this.binding = binding;
    this.sink = sink;
    this.startedAt = now;
    this.progressAt = now;
  }

  InetSocketAddress remote() {
    return request.remote();
  }

  /** Tells whether this could be dropped for a newer request, since nobody has reacted to it. */
  boolean isUnacknowledged() {
    SendTransfer sending = sender;
    return sending != null && sending.isUnacknowledged();
  }

  TftpTransfer summary(long now) {
    SendTransfer sending = sender;
    Duration duration = Duration.ofNanos(now - startedAt);
    if (sending == null) {
      return new TftpTransfer(request, 0, TftpOptions.DEFAULT_BLKSIZE, 1, duration, 0);
    }
    Negotiation negotiation = sending.negotiation();
    return new TftpTransfer(
        request,
        sending.ackedBytes(),
        negotiation.blockSize(),
        negotiation.windowSize(),
        duration,
        sending.retransmissions());
  }
}
