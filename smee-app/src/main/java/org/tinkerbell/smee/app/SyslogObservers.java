// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.List;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogObserver;

/** Tells several observers what happens to syslog datagrams, in their order. */
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
}
