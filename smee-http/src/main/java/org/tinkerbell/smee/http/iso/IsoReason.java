// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

/** Why a request for an ISO is answered as it is. */
public enum IsoReason {
  /** The answer is that of the source, patched if it holds bytes of the ISO. */
  SOURCE_ANSWERED("source-answered", 200),
  /** The last segment of the path does not end in {@code .iso}. */
  NOT_AN_ISO("not-an-iso", 404),
  /** The segment before is no MAC address. */
  MALFORMED_MAC("malformed-mac", 400),
  /** No record has the MAC address. */
  UNKNOWN_HARDWARE("unknown-hardware", 404),
  /** Several records have the MAC address. */
  AMBIGUOUS_HARDWARE("ambiguous-hardware", 500),
  /** The record has mistakes that make it useless. */
  UNUSABLE_RECORD("unusable-record", 500),
  /** The backend cannot tell at present. */
  BACKEND_FAILED("backend-failed", 503),
  /** The record names a source that is no absolute HTTP or HTTPS URL. */
  INVALID_SOURCE("invalid-source", 400),
  /** Neither the record nor the settings name a source. */
  NO_SOURCE("no-source", 500),
  /** A value in the kernel arguments has a control character. */
  INVALID_VALUE("invalid-value", 500),
  /** The kernel arguments are longer than the placeholder. */
  ARGUMENTS_TOO_LONG("arguments-too-long", 500),
  /** The source cannot be reached or read. */
  SOURCE_UNREACHABLE("source-unreachable", 502),
  /** The source did not answer in time. */
  SOURCE_TIMEOUT("source-timeout", 504),
  /** The source redirects in a circle, or to something that is not HTTP. */
  SOURCE_REDIRECTS("source-redirects", 502),
  /** The source sends compressed data, in which nothing can be replaced. */
  SOURCE_COMPRESSED("source-compressed", 502),
  /** The source sends another part than it was asked for. */
  SOURCE_INVALID("source-invalid", 502);

  private final String token;
  private final int status;

  IsoReason(String token, int status) {
    this.token = token;
    this.status = status;
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
   * Returns the status of an answer for this reason.
   *
   * @return 400 to 504; 200 for {@link #SOURCE_ANSWERED}, where it is the source that decides
   */
  public int status() {
    return status;
  }
}
