// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.OptionalInt;

/**
 * A datagram is not a DHCP message. Says where and why; has no stack trace, since the fault is in
 * the bytes and not in the code.
 */
public final class DhcpDecodeException extends Exception {

  private static final long serialVersionUID = 1L;
  private static final int NO_OPTION = -1;

  private final int offset;
  private final int optionCode;
  private final String reason;

  DhcpDecodeException(int offset, int optionCode, String reason) {
    super(
        optionCode == NO_OPTION
            ? reason + " at offset " + offset
            : reason + " at offset " + offset + " in option " + optionCode,
        null,
        false,
        false);
    this.offset = offset;
    this.optionCode = optionCode;
    this.reason = reason;
  }

  DhcpDecodeException(int offset, String reason) {
    this(offset, NO_OPTION, reason);
  }

  /**
   * Returns where the fault is.
   *
   * @return bytes from the start of the datagram
   */
  public int offset() {
    return offset;
  }

  /**
   * Returns in which option the fault is.
   *
   * @return its code, or empty if it is not in an option
   */
  public OptionalInt optionCode() {
    return optionCode == NO_OPTION ? OptionalInt.empty() : OptionalInt.of(optionCode);
  }

  /**
   * Returns what is wrong.
   *
   * @return a short text without anything from the network
   */
  public String reason() {
    return reason;
  }
}
