// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Says in one line why an address cannot be bound, and what to do. */
final class BindFailure {

  private BindFailure() {}

  static IOException explain(Listener listener, Throwable cause) {
    String where =
        "syslog cannot listen on " + listener.kind() + " " + text(listener.address()) + ": ";
    return new IOException(where + reason(String.valueOf(cause.getMessage())), cause);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + " port " + address.getPort();
  }

  private static String reason(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    if (text.contains("permission denied")) {
      return "permission denied; run as root or grant CAP_NET_BIND_SERVICE, or choose a port"
          + " above 1023";
    }
    if (text.contains("address already in use")) {
      return "address already in use; another server is running";
    }
    if (text.contains("cannot assign requested address")) {
      return "no interface of this machine has the address";
    }
    return message;
  }
}
