// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

/** Why a message was thrown away unread. */
public enum SyslogDropReason {
  /** The queue was full: the handler is slower than what comes in. */
  QUEUE_FULL("queue-full"),
  /** The source sent more than its share. */
  SOURCE_RATE("source-rate"),
  /** The source is in none of the allowed networks. */
  NOT_ALLOWED("source-not-allowed"),
  /** The server was closed before the handler came to it. */
  CLOSED("closed");

  private final String token;

  SyslogDropReason(String token) {
    this.token = token;
  }

  /** Returns a stable token for logs and metrics, such as {@code queue-full}. */
  @Override
  public String toString() {
    return token;
  }
}
