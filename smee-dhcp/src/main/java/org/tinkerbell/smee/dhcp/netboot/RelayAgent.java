// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.util.HexFormat;
import java.util.Optional;
import org.tinkerbell.smee.dhcp.SubOptions;

/**
 * The relay agent a request came through, from giaddr and option 82 (RFC 3046 §2.0). Sub-options
 * that are malformed or not known are passed over; a reply returns the option as it came all the
 * same.
 */
public final class RelayAgent {
  private final Inet4Address giaddr;
  private final SubOptions information;

  RelayAgent(Inet4Address giaddr, byte[] information) {
    this.giaddr = giaddr;
    this.information = SubOptions.readRelay(information);
  }

  /**
   * Returns the relay's address on the client's network.
   *
   * @return the address, not 0.0.0.0
   */
  public Inet4Address giaddr() {
    return giaddr;
  }

  /**
   * Returns the port or line the client is at (sub-option 1).
   *
   * @return a copy of the value, opaque
   */
  public Optional<byte[]> circuitId() {
    return information.raw(SubOptions.Relay.CIRCUIT_ID.code());
  }

  /**
   * Returns the name of the relay or of the far end of the line (sub-option 2).
   *
   * @return a copy of the value, opaque
   */
  public Optional<byte[]> remoteId() {
    return information.raw(SubOptions.Relay.REMOTE_ID.code());
  }

  /**
   * Returns the address that the relay wants clients to take for the server's, so that their
   * renewals go through it (sub-option 11, RFC 5107 §4).
   *
   * @return the address, not 0.0.0.0
   */
  public Optional<Inet4Address> serverIdentifierOverride() {
    return information
        .get(SubOptions.Relay.SERVER_IDENTIFIER_OVERRIDE)
        .filter(address -> !address.isAnyLocalAddress());
  }

  /**
   * Returns all that the relay says (option 82).
   *
   * @return the sub-options, as far as they are well-formed
   */
  public SubOptions information() {
    return information;
  }

  /** Returns the address and what is known of the line, for logs. */
  @Override
  public String toString() {
    return "RelayAgent["
        + giaddr.getHostAddress()
        + circuitId().map(id -> " circuit=" + HexFormat.of().formatHex(id)).orElse("")
        + remoteId().map(id -> " remote=" + HexFormat.of().formatHex(id)).orElse("")
        + "]";
  }
}
