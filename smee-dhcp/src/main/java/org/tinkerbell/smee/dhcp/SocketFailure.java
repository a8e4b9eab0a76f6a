// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.io.IOException;
import java.net.BindException;
import java.util.Locale;

/** Says in one line why a socket could not be opened and what to do about it. */
final class SocketFailure {

  private SocketFailure() {}

  static BindException explain(String listener, IOException cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    BindException failure =
        new BindException("cannot listen for DHCP on " + listener + ": " + reason(message));
    failure.initCause(cause);
    return failure;
  }

  private static String reason(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    if (text.contains("address already in use")) {
      return "address already in use; another DHCP server is running, stop it or choose another"
          + " interface or port";
    }
    if (text.contains("permission denied") || text.contains("operation not permitted")) {
      return "permission denied; run as root or grant CAP_NET_BIND_SERVICE (and CAP_NET_RAW for"
          + " binding to an interface on Linux before 5.7)";
    }
    if (text.contains("no such device")) {
      return "no such interface; check the name against \"ip link\"";
    }
    if (text.contains("cannot assign requested address")) {
      return "no interface has this address; check it against \"ip address\"";
    }
    return message;
  }
}
