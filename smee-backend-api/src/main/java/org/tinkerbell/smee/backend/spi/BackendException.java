// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

/**
 * A backend cannot be made. The message is one line for the user: it names the file, line and
 * column, or the setting, and what to do.
 */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception.
   *
   * @param message one line for the user
   */
  public BackendException(String message) {
    super(message);
  }

  /**
   * Makes an exception with a cause for the debug log.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
