// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.List;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.BoundListener;
import org.tinkerbell.smee.dhcp.DhcpDecodeException;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.DhcpResult;

/** Tells several observers what DHCP does, in their order. */
record DhcpObservers(List<DhcpObserver> all) implements DhcpObserver {

  static DhcpObserver of(DhcpObserver... all) {
    return new DhcpObservers(List.of(all));
  }

  @Override
  public void received(DhcpExchange exchange) {
    all.forEach(observer -> observer.received(exchange));
  }

  @Override
  public void replied(
      DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
    all.forEach(observer -> observer.replied(exchange, reply, destination));
  }

  @Override
  public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
    all.forEach(observer -> observer.ignored(exchange, ignore));
  }

  @Override
  public void malformed(Arrival arrival, DhcpDecodeException cause, byte[] head) {
    all.forEach(observer -> observer.malformed(arrival, cause, head));
  }

  @Override
  public void dropped(Arrival arrival, String reason) {
    all.forEach(observer -> observer.dropped(arrival, reason));
  }

  @Override
  public void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {
    all.forEach(observer -> observer.sendFailed(exchange, reply, destination, cause));
  }

  @Override
  public void listening(BoundListener listener) {
    all.forEach(observer -> observer.listening(listener));
  }

  @Override
  public void stopped(BoundListener listener) {
    all.forEach(observer -> observer.stopped(listener));
  }
}
