// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a server told. */
public final class RecordingObserver implements HttpObserver {
  public final BlockingQueue<HttpRequest> started = new LinkedBlockingQueue<>();
  public final BlockingQueue<HttpOutcome> finished = new LinkedBlockingQueue<>();
  public final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  private int running;

  @Override
  public synchronized void requestStarted(HttpRequest request) {
    running++;
    started.add(request);
  }

  @Override
  public synchronized void requestFinished(HttpOutcome outcome) {
    running--;
    finished.add(outcome);
    notifyAll();
  }

  @Override
  public void malformedRequest(InetSocketAddress peer, int status, String reason) {
    events.add("malformed " + status + " " + reason);
  }

  @Override
  public void connectionRefused(InetSocketAddress peer, String reason) {
    events.add("refused " + reason);
  }

  @Override
  public void connectionTimedOut(InetSocketAddress peer, String reason) {
    events.add("timed out " + reason);
  }

  /**
   * Forgets everything, once no request is running: a client has its response before the server
   * tells that it is finished.
   */
  public synchronized void forget() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (running > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError(running + " requests were still running after 10 s");
      }
      wait(left);
    }
    started.clear();
    finished.clear();
    events.clear();
  }

  public HttpOutcome nextFinished() throws InterruptedException {
    return present(finished.poll(10, TimeUnit.SECONDS));
  }

  /** Passes over requests that were answered in full. */
  public void awaitAborted() throws InterruptedException {
    while (!nextFinished().aborted()) {
      // The next one, then.
    }
  }

  public String nextEvent() throws InterruptedException {
    return present(events.poll(10, TimeUnit.SECONDS));
  }

  private static <T> T present(T value) {
    if (value == null) {
      throw new AssertionError("nothing was observed within 10 s");
    }
    return value;
  }
}
