// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.List;
import org.tinkerbell.smee.syslog.SyslogConnectionFault;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogObserver;

/** Tells several observers what happens to syslog messages, in their order. */
record SyslogObservers(List<SyslogObserver> all) implements SyslogObserver {

  static SyslogObserver of(SyslogObserver... all) {
    return new SyslogObservers(List.of(all));
  }

  @Override
  public void received(InetSocketAddress source, int bytes) {
    all.forEach(observer -> observer.received(source, bytes));
  }

  @Override
  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
    all.forEach(observer -> observer.dropped(source, reason));
  }

  @Override
  public void malformed(SyslogMessage message) {
    all.forEach(observer -> observer.malformed(message));
  }

  @Override
  public void handlerFailed(SyslogMessage message, Throwable failure) {
    all.forEach(observer -> observer.handlerFailed(message, failure));
  }

  @Override
  public void receiveFailed(InetSocketAddress local, Throwable failure) {
    all.forEach(observer -> observer.receiveFailed(local, failure));
  }

  @Override
  public void lost(InetSocketAddress local, long count) {
    all.forEach(observer -> observer.lost(local, count));
  }

  @Override
  public void flushFailed(Throwable failure) {
    all.forEach(observer -> observer.flushFailed(failure));
  }

  @Override
  public void connected(InetSocketAddress source) {
    all.forEach(observer -> observer.connected(source));
  }

  @Override
  public void disconnected(InetSocketAddress source) {
    all.forEach(observer -> observer.disconnected(source));
  }

  @Override
  public void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {
    all.forEach(observer -> observer.connectionFault(source, fault));
  }
}
