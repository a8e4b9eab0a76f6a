// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

/** Ends the conversion of one interface. Without stack trace: bad data is not a bug. */
final class UnusableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String text;

  UnusableException(String path, String text) {
    super(path + ": " + text, null, false, false);
    this.path = path;
    this.text = text;
  }

  String path() {
    return path;
  }

  String text() {
    return text;
  }
}
