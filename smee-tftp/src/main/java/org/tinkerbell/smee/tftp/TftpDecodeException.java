// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.io.Serial;

/**
 * A datagram is not a TFTP packet. Has no stack trace: it tells about the datagram, not about the
 * program, and has to be cheap when somebody sends many of them.
 */
public final class TftpDecodeException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final int offset;

  TftpDecodeException(int offset, String reason) {
    super(reason, null, false, false);
    this.offset = offset;
  }

  /**
   * Returns where in the datagram the fault is.
   *
   * @return an offset from its start
   */
  public int offset() {
    return offset;
  }

  /**
   * Returns what is wrong.
   *
   * @return a short, fixed text that holds nothing of the datagram
   */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
