// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/** What a handler decided: a reply, or silence with a reason. */
public sealed interface DhcpResult {

  /**
   * Answers with a message, to where RFC 2131 §4.1 wants it.
   *
   * @param message the reply
   * @return the result
   */
  static DhcpResult reply(DhcpMessage message) {
    return new Reply(message, Optional.empty());
  }

  /**
   * Stays silent.
   *
   * @param reason why, as a stable token
   * @param detail what is particular to this request, for people; may be empty
   * @return the result
   */
  static DhcpResult ignore(IgnoreReason reason, String detail) {
    return new Ignore(reason, detail);
  }

  /**
   * An answer.
   *
   * @param message the reply
   * @param destination where to send it; empty for where RFC 2131 §4.1 wants it
   */
  record Reply(DhcpMessage message, Optional<InetSocketAddress> destination) implements DhcpResult {

    /** Makes an answer. */
    public Reply {
      Objects.requireNonNull(message, "message");
      Objects.requireNonNull(destination, "destination");
    }

    /**
     * Returns the same answer, sent elsewhere.
     *
     * @param destination an IPv4 address and a port
     * @return a new result
     */
    public Reply to(InetSocketAddress destination) {
      return new Reply(message, Optional.of(destination));
    }
  }

  /**
   * No answer.
   *
   * @param reason why, as a stable token
   * @param detail what is particular to this request, for people; may be empty
   */
  record Ignore(IgnoreReason reason, String detail) implements DhcpResult {

    /** Makes a decision not to answer. */
    public Ignore {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(detail, "detail");
    }

    /** Returns the reason and the detail. */
    @Override
    public String toString() {
      return detail.isEmpty() ? reason.token() : reason.token() + ": " + Printable.text(detail);
    }
  }
}
