// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

/** One record cannot be used; the others can. */
final class BadRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  BadRecordException(YamlNode place, String reason) {
    super(reason, null, false, false);
    this.line = place.line();
    this.column = place.column();
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }
}
