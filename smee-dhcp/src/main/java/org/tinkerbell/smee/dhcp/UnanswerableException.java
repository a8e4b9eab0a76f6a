// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

/**
 * Carries the reason why the usual reply does not exist from {@link DhcpExchange} to the server.
 */
final class UnanswerableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  private final transient IgnoreReason reason;
  private final String detail;

  UnanswerableException(IgnoreReason reason, String detail) {
    super(detail.isEmpty() ? reason.token() : reason.token() + ": " + detail);
    this.reason = reason;
    this.detail = detail;
  }

  DhcpResult toResult() {
    return DhcpResult.ignore(reason, detail);
  }

  /** A decision, not a fault: nobody looks at the stack. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
