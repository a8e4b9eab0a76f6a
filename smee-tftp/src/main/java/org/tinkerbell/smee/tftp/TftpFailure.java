// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a transfer failed on the server's side or for want of an answer. */
public final class TftpFailure {

  /** The kinds of failure. */
  public enum Reason {
    /** The client did not acknowledge a packet that was sent as often as allowed. */
    TIMEOUT("timeout"),
    /** The client's system says that nobody listens there any more (ICMP). */
    UNREACHABLE("unreachable"),
    /** The handler threw, or its stage failed. */
    HANDLER("handler-failed"),
    /** The handler's stage did not complete in time. */
    HANDLER_TIMEOUT("handler-timeout"),
    /** The content could not be opened or read, or not in time. */
    CONTENT("content-failed"),
    /** No socket could be opened for the transfer. */
    SOCKET("socket-failed"),
    /** The server was closed. */
    CLOSED("server-closed"),
    /** A fault of this library, or no memory left. */
    INTERNAL("internal");

    private final String token;

    Reason(String token) {
      this.token = token;
    }

    /** Returns a stable token, for labels of metrics. */
    @Override
    public String toString() {
      return token;
    }
  }

  private final Reason reason;
  private final String message;
  private final @Nullable Throwable cause;

  TftpFailure(Reason reason, String message, @Nullable Throwable cause) {
    this.reason = Objects.requireNonNull(reason, "reason");
    this.message = Objects.requireNonNull(message, "message");
    this.cause = cause;
  }

  /**
   * Returns the kind of failure.
   *
   * @return the kind
   */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns the text that the client got, or would have got.
   *
   * @return one line
   */
  public String message() {
    return message;
  }

  /**
   * Returns what is behind it.
   *
   * @return the exception, if there was one
   */
  public Optional<Throwable> cause() {
    return Optional.ofNullable(cause);
  }

  /** Returns the kind and the message. */
  @Override
  public String toString() {
    return reason + ": " + message;
  }
}
