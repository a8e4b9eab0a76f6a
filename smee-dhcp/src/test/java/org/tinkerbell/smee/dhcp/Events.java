// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Notes what an observer is told, one line an event. */
final class Events implements DhcpObserver {

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /** Waits for an event that begins with this text; forgets those before it. */
  String await(String start) throws InterruptedException {
    return await(line -> line.startsWith(start), start);
  }

  private String await(Predicate<String> wanted, String description) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("no event within 10 s: " + description);
      }
      if (wanted.test(line)) {
        return line;
      }
    }
  }

  @Override
  public void received(DhcpExchange exchange) {
    lines.add("received " + exchange);
  }

  @Override
  public void replied(
      DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
    lines.add("replied " + destination + " " + reply.message());
  }

  @Override
  public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
    lines.add("ignored " + ignore);
  }

  @Override
  public void malformed(Arrival arrival, DhcpDecodeException cause, byte[] head) {
    lines.add("malformed " + head.length + " " + cause.getMessage());
  }

  @Override
  public void dropped(Arrival arrival, String reason) {
    lines.add("dropped " + reason);
  }

  @Override
  public void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {
    lines.add("sendFailed " + destination + " " + cause);
  }

  @Override
  public void listening(BoundListener listener) {
    lines.add("listening " + listener);
  }

  @Override
  public void stopped(BoundListener listener) {
    lines.add("stopped " + listener);
  }
}
