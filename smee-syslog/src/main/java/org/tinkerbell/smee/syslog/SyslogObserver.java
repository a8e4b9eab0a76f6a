// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;

/**
 * Is told what happens to datagrams, for metrics and logs.
 *
 * <p>Each datagram is {@link #received}, and after that either {@link #dropped} or handed to the
 * handler, before which {@link #malformed} and after which {@link #handlerFailed} may be called.
 *
 * <p>All methods do nothing by default and must neither block nor throw; what they throw is logged
 * at debug level and has no effect.
 */
public interface SyslogObserver {

  /** An observer that does nothing. */
  SyslogObserver NONE = new SyslogObserver() {};

  /**
   * A datagram came in. Called by an event loop.
   *
   * @param source who sent it
   * @param bytes its length
   */
  default void received(InetSocketAddress source, int bytes) {}

  /**
   * A datagram was thrown away unread. Called by an event loop, or by the thread that closes.
   *
   * @param source who sent it
   * @param reason why
   */
  default void dropped(InetSocketAddress source, SyslogDropReason reason) {}

  /**
   * A datagram is no syslog message; the handler gets it all the same. Called by the handler's
   * thread.
   *
   * @param message holds nothing but the raw bytes
   */
  default void malformed(SyslogMessage message) {}

  /**
   * The handler threw an exception. Called by the handler's thread.
   *
   * @param message what it was given
   * @param failure what it threw
   */
  default void handlerFailed(SyslogMessage message, Throwable failure) {}

  /**
   * Receiving failed; it goes on after a moment. Called by an event loop.
   *
   * @param local where the server listens
   * @param failure what happened
   */
  default void receiveFailed(InetSocketAddress local, Throwable failure) {}
}
