// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;
import java.util.Locale;

/** An address to listen on, and how. */
record Listener(Kind kind, InetSocketAddress address) {

  /** The transports of syslog. */
  enum Kind {
    /** RFC 5426. */
    UDP,
    /** RFC 6587. */
    TCP,
    /** RFC 5425. */
    TLS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Listener {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("address: " + address + " (expected: a known address)");
    }
  }
}
