// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.InetSocketAddress;

/**
 * Is told what happens in a server; for logs, metrics and traces.
 *
 * <p>All methods do nothing by default. They are called on the server's event loop and must not
 * block. Each {@link #received} is followed by exactly one of {@link #replied}, {@link #ignored}
 * and {@link #sendFailed} with the same exchange, unless the server is closed before. An exception
 * from an observer is logged and changes nothing.
 */
public interface DhcpObserver {

  /**
   * A request was read and goes to the handler.
   *
   * @param exchange the request
   */
  default void received(DhcpExchange exchange) {}

  /**
   * A reply was handed to the network.
   *
   * @param exchange the request
   * @param reply the answer
   * @param destination where it was sent
   */
  default void replied(
      DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {}

  /**
   * A request gets no answer.
   *
   * @param exchange the request
   * @param ignore why
   */
  default void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {}

  /**
   * A datagram is not a DHCP message.
   *
   * @param arrival how it came in
   * @param cause what is wrong with it
   * @param head its first bytes, at most 64
   */
  default void malformed(Arrival arrival, DhcpDecodeException cause, byte[] head) {}

  /**
   * A datagram was thrown away unread.
   *
   * @param arrival how it came in
   * @param reason a stable token, such as {@code too-many-in-flight}
   */
  default void dropped(Arrival arrival, String reason) {}

  /**
   * A reply could not be sent.
   *
   * @param exchange the request
   * @param reply the answer
   * @param destination where it should have gone
   * @param cause what went wrong
   */
  default void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {}

  /**
   * A listener was bound, at the start or when an interface appeared.
   *
   * @param listener what is bound now
   */
  default void listening(BoundListener listener) {}

  /**
   * A listener was closed, at the end or when an interface vanished.
   *
   * @param listener what is not bound any more
   */
  default void stopped(BoundListener listener) {}
}
