// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.util.Locale;

/** What kind of program sent a message (RFC 5424 §6.2.1). In the order of the codes on the wire. */
public enum Facility {
  /** 0: Kernel messages. */
  KERN(0),
  /** 1: User-level messages. */
  USER(1),
  /** 2: Mail system. */
  MAIL(2),
  /** 3: System daemons. */
  DAEMON(3),
  /** 4: Security and authorization messages. */
  AUTH(4),
  /** 5: Messages of the syslog daemon itself. */
  SYSLOG(5),
  /** 6: Line printer subsystem. */
  LPR(6),
  /** 7: Network news subsystem. */
  NEWS(7),
  /** 8: UUCP subsystem. */
  UUCP(8),
  /** 9: Clock daemon. */
  CLOCK(9),
  /** 10: Private security and authorization messages. */
  AUTHPRIV(10),
  /** 11: FTP daemon. */
  FTP(11),
  /** 12: NTP subsystem. */
  NTP(12),
  /** 13: Log audit. */
  AUDIT(13),
  /** 14: Log alert. */
  ALERT(14),
  /** 15: Scheduling daemon. */
  CRON(15),
  /** 16: Local use 0. */
  LOCAL0(16),
  /** 17: Local use 1. */
  LOCAL1(17),
  /** 18: Local use 2. */
  LOCAL2(18),
  /** 19: Local use 3. */
  LOCAL3(19),
  /** 20: Local use 4. */
  LOCAL4(20),
  /** 21: Local use 5. */
  LOCAL5(21),
  /** 22: Local use 6. */
  LOCAL6(22),
  /** 23: Local use 7. */
  LOCAL7(23);

  private static final Facility[] VALUES = values();
  private final int code;
  private final String label = name().toLowerCase(Locale.ROOT);

  Facility(int code) {
    this.code = code;
  }

  /**
   * Returns the facility of a code.
   *
   * @param code 0 to 23
   * @return the facility
   * @throws IllegalArgumentException if {@code code} is outside the range
   */
  public static Facility of(int code) {
    if (code < 0 || code >= VALUES.length) {
      throw new IllegalArgumentException("code: " + code + " (expected: 0 to 23)");
    }
    return VALUES[code];
  }

  /**
   * Returns the code on the wire.
   *
   * @return 0 to 23
   */
  public int code() {
    return code;
  }

  /** Returns the usual name, in lower case: {@code kern}, {@code authpriv}, {@code local0}. */
  @Override
  public String toString() {
    return label;
  }
}
