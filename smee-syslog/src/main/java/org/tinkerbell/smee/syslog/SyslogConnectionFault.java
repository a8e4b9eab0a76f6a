// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

/** What is wrong with a connection (TCP, TLS) or with what came over it. */
public enum SyslogConnectionFault {
  /** Refused: there are as many connections as there may be. */
  TOO_MANY("too-many-connections"),
  /** Refused: its address has as many connections as one may have. */
  TOO_MANY_FROM_ADDRESS("too-many-connections-from-address"),
  /** Refused: its address is in none of the allowed networks. */
  NOT_ALLOWED("source-not-allowed"),
  /** Closed: TLS could not be agreed on, or not in time. */
  TLS_FAILED("tls-failed"),
  /** Closed: nothing came for too long. */
  IDLE("idle"),
  /** Ended by the network or by a sender that did not say goodbye. */
  LOST("connection-lost"),
  /** A message was longer than allowed. It was cut; the connection goes on. */
  MESSAGE_TOO_LONG("message-too-long"),
  /** The connection ended within a message of known length. What there was of it was taken. */
  MESSAGE_INCOMPLETE("message-incomplete");

  private final String token;

  SyslogConnectionFault(String token) {
    this.token = token;
  }

  /** Returns a stable token for logs and metrics, such as {@code idle}. */
  @Override
  public String toString() {
    return token;
  }
}
