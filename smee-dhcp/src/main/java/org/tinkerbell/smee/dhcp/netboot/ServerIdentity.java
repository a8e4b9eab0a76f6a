// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.util.Optional;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/** Who the server is to a client: its own address, or the one a relay wants it to have. */
final class ServerIdentity {

  private ServerIdentity() {}

  /** Returns option 54 of the reply: the relay's override (RFC 5107 §4), or the address given. */
  static Inet4Address of(Inet4Address own, DhcpMessage request) {
    return override(request).orElse(own);
  }

  /** Returns the server a request is for, if that is another one. */
  static Optional<Inet4Address> otherThan(Inet4Address own, DhcpMessage request) {
    return request
        .get(DhcpOptions.SERVER_IDENTIFIER)
        .filter(id -> !id.equals(own) && !override(request).equals(Optional.of(id)));
  }

  private static Optional<Inet4Address> override(DhcpMessage request) {
    return request.isRelayed()
        ? request
            .raw(DhcpOptions.RELAY_AGENT_INFORMATION.code())
            .flatMap(info -> new RelayAgent(request.giaddr(), info).serverIdentifierOverride())
        : Optional.empty();
  }
}
