// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.nio.file.Path;

/** The file as a whole cannot be used. Says where, if the fault has a place. */
final class BadFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  /**
   * Makes an exception for a fault in the text.
   *
   * @param line counted from 1; 0 if the fault has no place
   * @param column counted from 1
   * @param reason one line
   */
  BadFileException(int line, int column, String reason) {
    super(reason);
    this.line = line;
    this.column = column;
  }

  BadFileException(String reason) {
    this(0, 0, reason);
  }

  /** Returns {@code PATH:LINE:COLUMN: reason}, or {@code PATH: reason}. */
  String describe(Path path) {
    return (line > 0 ? path + ":" + line + ":" + column : path.toString()) + ": " + getMessage();
  }
}
