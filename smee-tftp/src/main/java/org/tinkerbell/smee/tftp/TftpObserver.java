// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;

/**
 * Is told what a server does; for logs, metrics and traces.
 *
 * <p>All methods are called on the server's event loop, one at a time, and must return at once. An
 * exception is logged and otherwise ignored. After {@link #requested} follows, for each request,
 * exactly one of {@link #completed}, {@link #aborted}, {@link #failed}, {@link #refused}, {@link
 * #replaced} and {@link #limited}.
 */
public interface TftpObserver {

  /**
   * A valid read request came and is taken to the handler.
   *
   * @param request what is asked for
   */
  default void requested(TftpRequest request) {}

  /**
   * A file was sent and acknowledged to its end.
   *
   * @param transfer how it went
   */
  default void completed(TftpTransfer transfer) {}

  /**
   * The client ended a transfer with an ERROR packet. Nothing unusual: PXE firmware does it as soon
   * as it knows the size of a file.
   *
   * @param transfer how far it got
   * @param code the client's code
   * @param message the client's text, any characters
   */
  default void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {}

  /**
   * A transfer failed.
   *
   * @param transfer how far it got
   * @param failure why
   */
  default void failed(TftpTransfer transfer, TftpFailure failure) {}

  /**
   * The handler, or the file system, refused a request with an ERROR packet.
   *
   * @param request what was asked for
   * @param code why
   * @param message the text for the client
   */
  default void refused(TftpRequest request, TftpErrorCode code, String message) {}

  /**
   * A write request, or a read request in a mode that does not exist, was refused without asking
   * the handler.
   *
   * @param remote the sender
   * @param local the address it was sent to, or the bound one
   * @param fileName the name as it came, any characters
   * @param code why
   */
  default void unsupported(
      InetSocketAddress remote, InetSocketAddress local, String fileName, TftpErrorCode code) {}

  /**
   * A client sent another request from the port of a running transfer, which was dropped for it.
   *
   * @param transfer the one that was dropped, and how far it got
   */
  default void replaced(TftpTransfer transfer) {}

  /**
   * A client repeated the request of a running transfer, usually because an answer was lost.
   *
   * @param request what is asked for
   */
  default void repeated(TftpRequest request) {}

  /**
   * A datagram made no sense: not TFTP, or not in its place.
   *
   * @param remote the sender
   * @param local the address it was sent to, or the bound one
   * @param reason a stable text that holds nothing of the datagram
   */
  default void malformed(InetSocketAddress remote, InetSocketAddress local, String reason) {}

  /**
   * A limit took effect.
   *
   * @param remote the client concerned
   * @param limit which one
   */
  default void limited(InetSocketAddress remote, TftpLimit limit) {}
}
