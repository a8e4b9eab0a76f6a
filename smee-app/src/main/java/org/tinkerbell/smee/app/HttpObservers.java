// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpRequest;

/** Tells several observers what HTTP does, in their order. */
record HttpObservers(List<HttpObserver> all) implements HttpObserver {

  static HttpObserver of(HttpObserver... all) {
    return new HttpObservers(List.of(all));
  }

  @Override
  public void requestStarted(HttpRequest request) {
    all.forEach(observer -> observer.requestStarted(request));
  }

  @Override
  public void requestFinished(HttpOutcome outcome) {
    all.forEach(observer -> observer.requestFinished(outcome));
  }

  @Override
  public void tlsFailed(InetSocketAddress peer, String reason) {
    all.forEach(observer -> observer.tlsFailed(peer, reason));
  }

  @Override
  public void certificateLoaded(X509Certificate certificate) {
    all.forEach(observer -> observer.certificateLoaded(certificate));
  }

  @Override
  public void certificateRejected(String reason) {
    all.forEach(observer -> observer.certificateRejected(reason));
  }

  @Override
  public void malformedRequest(InetSocketAddress peer, int status, String reason) {
    all.forEach(observer -> observer.malformedRequest(peer, status, reason));
  }

  @Override
  public void connectionRefused(InetSocketAddress peer, String reason) {
    all.forEach(observer -> observer.connectionRefused(peer, reason));
  }

  @Override
  public void connectionTimedOut(InetSocketAddress peer, String reason) {
    all.forEach(observer -> observer.connectionTimedOut(peer, reason));
  }
}
