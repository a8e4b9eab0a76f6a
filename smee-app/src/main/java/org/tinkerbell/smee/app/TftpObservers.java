// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.List;
import org.tinkerbell.smee.tftp.TftpErrorCode;
import org.tinkerbell.smee.tftp.TftpFailure;
import org.tinkerbell.smee.tftp.TftpLimit;
import org.tinkerbell.smee.tftp.TftpObserver;
import org.tinkerbell.smee.tftp.TftpRequest;
import org.tinkerbell.smee.tftp.TftpTransfer;

/** Tells several observers what TFTP does, in their order. */
record TftpObservers(List<TftpObserver> all) implements TftpObserver {

  static TftpObserver of(TftpObserver... all) {
    return new TftpObservers(List.of(all));
  }

  @Override
  public void requested(TftpRequest request) {
    all.forEach(observer -> observer.requested(request));
  }

  @Override
  public void completed(TftpTransfer transfer) {
    all.forEach(observer -> observer.completed(transfer));
  }

  @Override
  public void aborted(TftpTransfer transfer, TftpErrorCode code, String message) {
    all.forEach(observer -> observer.aborted(transfer, code, message));
  }

  @Override
  public void failed(TftpTransfer transfer, TftpFailure failure) {
    all.forEach(observer -> observer.failed(transfer, failure));
  }

  @Override
  public void refused(TftpRequest request, TftpErrorCode code, String message) {
    all.forEach(observer -> observer.refused(request, code, message));
  }

  @Override
  public void unsupported(
      InetSocketAddress remote, InetSocketAddress local, String fileName, TftpErrorCode code) {
    all.forEach(observer -> observer.unsupported(remote, local, fileName, code));
  }

  @Override
  public void replaced(TftpTransfer transfer) {
    all.forEach(observer -> observer.replaced(transfer));
  }

  @Override
  public void repeated(TftpRequest request) {
    all.forEach(observer -> observer.repeated(request));
  }

  @Override
  public void malformed(InetSocketAddress remote, InetSocketAddress local, String reason) {
    all.forEach(observer -> observer.malformed(remote, local, reason));
  }

  @Override
  public void limited(InetSocketAddress remote, TftpLimit limit) {
    all.forEach(observer -> observer.limited(remote, limit));
  }
}
