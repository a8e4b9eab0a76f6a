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
  static Inet4Address of(NetbootSettings settings, DhcpMessage request) {
    return override(settings, request).orElse(settings.packetIp());
  }

  /** Returns the server a request is for, if that is another one. */
  static Optional<Inet4Address> otherThan(NetbootSettings settings, DhcpMessage request) {
    return request
        .get(DhcpOptions.SERVER_IDENTIFIER)
        .filter(id -> !id.equals(settings.packetIp()))
        .filter(id -> !override(settings, request).equals(Optional.of(id)));
  }

  private static Optional<Inet4Address> override(NetbootSettings settings, DhcpMessage request) {
    return request.isRelayed() && !settings.referenceParity()
        ? request
            .raw(DhcpOptions.RELAY_AGENT_INFORMATION.code())
            .flatMap(info -> new RelayAgent(request.giaddr(), info).serverIdentifierOverride())
        : Optional.empty();
  }
}
