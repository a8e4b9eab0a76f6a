// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

/**
 * The code of a TFTP ERROR packet (RFC 1350 Appendix, RFC 2347).
 *
 * <p>An open set: a code that is not among the constants is kept as it came.
 *
 * @param value 0 to 65535
 */
public record TftpErrorCode(int value) {

  /** 0, not defined: see the message. */
  public static final TftpErrorCode NOT_DEFINED = new TftpErrorCode(0);

  /** 1, file not found. */
  public static final TftpErrorCode FILE_NOT_FOUND = new TftpErrorCode(1);

  /** 2, access violation. */
  public static final TftpErrorCode ACCESS_VIOLATION = new TftpErrorCode(2);

  /** 3, disk full or allocation exceeded. */
  public static final TftpErrorCode DISK_FULL = new TftpErrorCode(3);

  /** 4, illegal TFTP operation. */
  public static final TftpErrorCode ILLEGAL_OPERATION = new TftpErrorCode(4);

  /** 5, unknown transfer identifier. */
  public static final TftpErrorCode UNKNOWN_TRANSFER_ID = new TftpErrorCode(5);

  /** 6, file already exists. */
  public static final TftpErrorCode FILE_EXISTS = new TftpErrorCode(6);

  /** 7, no such user. */
  public static final TftpErrorCode NO_SUCH_USER = new TftpErrorCode(7);

  /**
   * 8, the options of an OACK are not acceptable (RFC 2347). PXE firmware also sends it to end a
   * transfer that it only began to learn the size of a file.
   */
  public static final TftpErrorCode OPTION_REFUSED = new TftpErrorCode(8);

  private static final String[] NAMES = {
    "not-defined",
    "file-not-found",
    "access-violation",
    "disk-full",
    "illegal-operation",
    "unknown-transfer-id",
    "file-exists",
    "no-such-user",
    "option-refused"
  };

  /** Checks the range. */
  public TftpErrorCode {
    if (value < 0 || value > 0xffff) {
      throw new IllegalArgumentException("value: " + value + " (expected: 0 to 65535)");
    }
  }

  /**
   * Returns the code with this number.
   *
   * @param value 0 to 65535
   * @return the code
   * @throws IllegalArgumentException if the number is outside the range
   */
  public static TftpErrorCode of(int value) {
    return new TftpErrorCode(value);
  }

  /** Returns a stable token such as {@code file-not-found}, or {@code code-99}. */
  @Override
  public String toString() {
    return value < NAMES.length ? NAMES[value] : "code-" + value;
  }
}
