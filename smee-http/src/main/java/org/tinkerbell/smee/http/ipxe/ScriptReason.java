// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

/** Why a machine is given the script it is given, or none. */
public enum ScriptReason {
  /** There is one record, and it allows netboot. */
  KNOWN_HARDWARE("known-hardware", 200, "this machine is on record"),
  /** The last segment of the path is not {@code auto.ipxe}. */
  PATH_NOT_SUPPORTED("path-not-supported", 404, "there is no such file"),
  /** The segment before looks like a MAC address, but is none. */
  MALFORMED_MAC("malformed-mac", 404, "the MAC address in the path is malformed"),
  /** No record has the MAC address, or the address of the client. */
  UNKNOWN_HARDWARE("unknown-hardware", 404, "this machine is not on record"),
  /** Several records match. */
  AMBIGUOUS_HARDWARE("ambiguous-hardware", 404, "several records match this machine"),
  /** The record has mistakes that make it useless. */
  UNUSABLE_RECORD("unusable-record", 404, "the record of this machine cannot be used"),
  /** The record says nothing of netboot. */
  NO_NETBOOT_DATA("no-netboot-data", 404, "the record of this machine says nothing of netboot"),
  /** The record forbids netboot. */
  NETBOOT_NOT_ALLOWED("netboot-not-allowed", 404, "netboot is not allowed for this machine"),
  /** The backend cannot tell at present. */
  BACKEND_FAILED("backend-failed", 503, "the hardware records are out of reach, try again"),
  /** The URL of the custom script is not an absolute HTTP or HTTPS URL. */
  INVALID_SCRIPT_URL("invalid-script-url", 500, "the script URL on record cannot be used"),
  /** A value would break out of its line of the script. */
  INVALID_VALUE("invalid-value", 500, "a value on record cannot be put into a script");

  private final String token;
  private final int status;
  private final String text;

  ScriptReason(String token, int status, String text) {
    this.token = token;
    this.status = status;
    this.text = text;
  }

  /**
   * Returns the stable name for logs and metrics.
   *
   * @return lower case, with dashes
   */
  public String token() {
    return token;
  }

  /**
   * Returns the status of a refusal for this reason.
   *
   * @return 404, 500 or 503; 200 for {@link #KNOWN_HARDWARE}
   */
  public int status() {
    return status;
  }

  /**
   * Returns the reason in words, for the machine's screen.
   *
   * @return half a sentence, ASCII
   */
  public String text() {
    return text;
  }
}
