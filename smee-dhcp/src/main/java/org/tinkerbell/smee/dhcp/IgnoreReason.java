// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.regex.Pattern;

/**
 * Why a request got no answer: a stable token for logs, counters and tests.
 *
 * <p>The set is open. A handler makes its own with {@link #of} and keeps them in constants; there
 * are few of them, so that they can label a metric. What is particular to one request goes into
 * {@link DhcpResult.Ignore#detail}.
 *
 * @param token lower-case words joined by dashes
 */
public record IgnoreReason(String token) {

  private static final Pattern TOKEN = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  /** The {@code op} field is not BOOTREQUEST. */
  public static final IgnoreReason NOT_A_REQUEST = of("not-a-request");

  /** Option 53 is missing or malformed, as in BOOTP requests. */
  public static final IgnoreReason NO_MESSAGE_TYPE = of("no-message-type");

  /** The message type is one that gets no answer here. */
  public static final IgnoreReason UNSUPPORTED_MESSAGE_TYPE = of("unsupported-message-type");

  /** The client chose another server (RFC 2131 §4.3.2). */
  public static final IgnoreReason OTHER_SERVER_SELECTED = of("other-server-selected");

  /** Nothing is known of the hardware address. */
  public static final IgnoreReason UNKNOWN_HARDWARE = of("unknown-hardware");

  /** The backend could not be asked. */
  public static final IgnoreReason BACKEND_FAILED = of("backend-failed");

  /** The handler threw an exception, failed its stage, or made a reply that cannot be sent. */
  public static final IgnoreReason HANDLER_FAILED = of("handler-failed");

  /** The handler did not answer in time. */
  public static final IgnoreReason HANDLER_TIMED_OUT = of("handler-timed-out");

  /** The address of the relay is not one that could be answered, or it is the server's own. */
  public static final IgnoreReason INVALID_RELAY_ADDRESS = of("invalid-relay-address");

  /** A broadcast, or a client without an address, at a listener for relays only. */
  public static final IgnoreReason NOT_RELAYED = of("not-relayed");

  /**
   * Makes a reason.
   *
   * @throws IllegalArgumentException if the token is not lower-case words joined by dashes
   */
  public IgnoreReason {
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "token: " + Printable.text(token) + " (expected: lower-case words joined by dashes)");
    }
  }

  /**
   * Returns the reason with this token.
   *
   * @param token for example {@code netboot-disabled}
   * @return the reason
   * @throws IllegalArgumentException if the token is not lower-case words joined by dashes
   */
  public static IgnoreReason of(String token) {
    return new IgnoreReason(token);
  }

  /** Returns the token. */
  @Override
  public String toString() {
    return token;
  }
}
