// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

/** Takes the messages that a server receives. */
@FunctionalInterface
public interface SyslogHandler {

  /**
   * Takes a message.
   *
   * <p>Called by one thread, in the order of arrival, never twice at once; it may block, at the
   * price that datagrams are dropped and TCP senders have to wait once the queue is full. What it
   * throws is told to {@link SyslogObserver#handlerFailed}, and the next message follows. Messages
   * that were not understood come here, too: see {@link SyslogMessage#isParsed()}.
   *
   * @param message the message
   * @throws Exception if the message could not be handled
   */
  void handle(SyslogMessage message) throws Exception;

  /**
   * Is told that no more messages wait. A handler that collects what it writes, writes it now.
   *
   * <p>Called by the same thread after the last of a row of messages. What it throws is told to
   * {@link SyslogObserver#flushFailed}. Does nothing by default.
   *
   * @throws Exception if what was collected could not be written
   */
  default void flush() throws Exception {}
}
