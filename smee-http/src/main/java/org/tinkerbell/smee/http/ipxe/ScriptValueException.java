// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

/** A value that must not go into a script. */
final class ScriptValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  ScriptValueException(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
