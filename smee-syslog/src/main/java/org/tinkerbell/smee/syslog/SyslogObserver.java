// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;

/**
 * Is told what happens to messages and connections, for metrics and logs.
 *
 * <p>Each message is {@link #received}, and after that either {@link #dropped} or handed to the
 * handler, before which {@link #malformed} and after which {@link #handlerFailed} may be called.
 *
 * <p>All methods do nothing by default and must neither block nor throw; what they throw is logged
 * at debug level and has no effect.
 */
public interface SyslogObserver {

  /** An observer that does nothing. */
  SyslogObserver NONE = new SyslogObserver() {};

  /**
   * A message came in. Called by an event loop.
   *
   * @param source who sent it
   * @param bytes its length
   */
  default void received(InetSocketAddress source, int bytes) {}

  /**
   * A message was thrown away unread. Called by an event loop, or by the thread that closes.
   *
   * @param source who sent it
   * @param reason why
   */
  default void dropped(InetSocketAddress source, SyslogDropReason reason) {}

  /**
   * The system threw datagrams away before the server saw them, since the receive buffer was full.
   * Linux only. Called about once a second while there are any, by the handler's thread, and by the
   * thread that closes.
   *
   * @param local where the server listens
   * @param count how many, since the last call
   */
  default void lost(InetSocketAddress local, long count) {}

  /**
   * Bytes are no syslog message; the handler gets them all the same. Called by the handler's
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
   * The handler threw an exception when it was to {@linkplain SyslogHandler#flush() flush}. Called
   * by the handler's thread.
   *
   * @param failure what it threw
   */
  default void flushFailed(Throwable failure) {}

  /**
   * Receiving failed; it goes on after a moment. Called by an event loop.
   *
   * @param local where the server listens
   * @param failure what happened
   */
  default void receiveFailed(InetSocketAddress local, Throwable failure) {}

  /**
   * A connection (TCP, TLS) was accepted. Called by an event loop.
   *
   * @param source who connected
   */
  default void connected(InetSocketAddress source) {}

  /**
   * A connection has ended and everything that came over it was received. Called by an event loop,
   * once for each that was {@link #connected}.
   *
   * @param source who had connected
   */
  default void disconnected(InetSocketAddress source) {}

  /**
   * A connection was refused or ended before its time, or something that came over it had to be
   * cut. Called by an event loop.
   *
   * @param source who connected
   * @param fault what it is
   */
  default void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {}
}
