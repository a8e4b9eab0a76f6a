// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an observer throws away from the server. */
final class GuardedObserver implements SyslogObserver {
  private static final Logger log = LoggerFactory.getLogger(GuardedObserver.class);

  private final SyslogObserver observer;

  GuardedObserver(SyslogObserver observer) {
    this.observer = observer;
  }

  @Override
  public void received(InetSocketAddress source, int bytes) {
    guard(() -> observer.received(source, bytes));
  }

  @Override
  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
    guard(() -> observer.dropped(source, reason));
  }

  @Override
  public void malformed(SyslogMessage message) {
    guard(() -> observer.malformed(message));
  }

  @Override
  public void handlerFailed(SyslogMessage message, Throwable failure) {
    guard(() -> observer.handlerFailed(message, failure));
  }

  @Override
  public void receiveFailed(InetSocketAddress local, Throwable failure) {
    guard(() -> observer.receiveFailed(local, failure));
  }

  @Override
  public void lost(InetSocketAddress local, long count) {
    guard(() -> observer.lost(local, count));
  }

  @Override
  public void flushFailed(Throwable failure) {
    guard(() -> observer.flushFailed(failure));
  }

  @Override
  public void connected(InetSocketAddress source) {
    guard(() -> observer.connected(source));
  }

  @Override
  public void disconnected(InetSocketAddress source) {
    guard(() -> observer.disconnected(source));
  }

  @Override
  public void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {
    guard(() -> observer.connectionFault(source, fault));
  }

  private static void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.debug("observer failed", e);
    }
  }
}
