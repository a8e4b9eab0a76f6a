// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an observer throws away from the server. */
final class GuardedObserver implements TftpObserver {

  private static final Logger log = LoggerFactory.getLogger(GuardedObserver.class);

  private final TftpObserver observer;

  GuardedObserver(TftpObserver observer) {
    this.observer = observer;
  }

  private static void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.warn("observer failed", e);
    }
  }

  @Override
  public void requested(TftpRequest request) {
    guard(() -> observer.requested(request));
  }

  @Override
  public void completed(TftpTransfer transfer) {
    guard(() -> observer.completed(transfer));
  }

  @Override
  public void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {
    guard(() -> observer.aborted(transfer, code, message));
  }

  @Override
  public void failed(TftpTransfer transfer, TftpFailure failure) {
    guard(() -> observer.failed(transfer, failure));
  }

  @Override
  public void refused(TftpRequest request, TftpErrorCode code, String message) {
    guard(() -> observer.refused(request, code, message));
  }

  @Override
  public void unsupported(
      InetSocketAddress remote, InetSocketAddress local, String fileName, TftpErrorCode code) {
    guard(() -> observer.unsupported(remote, local, fileName, code));
  }

  @Override
  public void replaced(TftpTransfer transfer) {
    guard(() -> observer.replaced(transfer));
  }

  @Override
  public void repeated(TftpRequest request) {
    guard(() -> observer.repeated(request));
  }

  @Override
  public void malformed(InetSocketAddress remote, InetSocketAddress local, String reason) {
    guard(() -> observer.malformed(remote, local, reason));
  }

  @Override
  public void limited(InetSocketAddress remote, TftpLimit limit) {
    guard(() -> observer.limited(remote, limit));
  }
}
