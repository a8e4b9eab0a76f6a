// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

/**
 * How grave a message is (RFC 5424 §6.2.1). In the order of the codes on the wire: 0 is gravest.
 */
public enum Severity {
  /** 0: The system is unusable. */
  EMERG(0),
  /** 1: Action must be taken immediately. */
  ALERT(1),
  /** 2: Critical conditions. */
  CRIT(2),
  /** 3: Error conditions. */
  ERR(3),
  /** 4: Warning conditions. */
  WARNING(4),
  /** 5: Normal but significant conditions. */
  NOTICE(5),
  /** 6: Informational messages. */
  INFO(6),
  /** 7: Debug-level messages. */
  DEBUG(7);

  private static final Severity[] VALUES = values();
  private final int code;

  Severity(int code) {
    this.code = code;
  }

  /**
   * Returns the severity of a code.
   *
   * @param code 0 to 7
   * @return the severity
   * @throws IllegalArgumentException if {@code code} is outside the range
   */
  public static Severity of(int code) {
    if (code < 0 || code >= VALUES.length) {
      throw new IllegalArgumentException("code: " + code + " (expected: 0 to 7)");
    }
    return VALUES[code];
  }

  /**
   * Returns the code on the wire.
   *
   * @return 0 to 7
   */
  public int code() {
    return code;
  }
}
