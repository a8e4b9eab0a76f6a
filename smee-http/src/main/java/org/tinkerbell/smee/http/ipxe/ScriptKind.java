// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

/** Which script a machine is given. */
public enum ScriptKind {
  /** Boots the installation environment with the values of the machine's record. */
  HOOK("hook"),
  /** Boots the installation environment of a machine that has no usable record. */
  STATIC("static"),
  /** Goes on with the script at the URL in the record. */
  CUSTOM_URL("custom-url"),
  /** Runs the script text in the record. */
  CUSTOM_TEXT("custom-text");

  private final String token;

  ScriptKind(String token) {
    this.token = token;
  }

  /**
   * Returns the stable name for logs and metrics.
   *
   * @return lower case, with dashes
   */
  public String token() {
    return token;
  }
}
