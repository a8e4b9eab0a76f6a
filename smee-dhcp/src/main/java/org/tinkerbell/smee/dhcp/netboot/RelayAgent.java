// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The relay agent a request came through, from giaddr and option 82 (RFC 3046 §2.0). Sub-options
 * that are malformed or not known are passed over; a reply returns the option as it came all the
 * same.
 */
public final class RelayAgent {
  private static final int CIRCUIT_ID = 1;
  private static final int REMOTE_ID = 2;
  private static final int SERVER_IDENTIFIER_OVERRIDE = 11;

  private final Inet4Address giaddr;
  private final byte[] information;

  RelayAgent(Inet4Address giaddr, byte[] information) {
    this.giaddr = giaddr;
    this.information = information;
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
    return find(CIRCUIT_ID);
  }

  /**
   * Returns the name of the relay or of the far end of the line (sub-option 2).
   *
   * @return a copy of the value, opaque
   */
  public Optional<byte[]> remoteId() {
    return find(REMOTE_ID);
  }

  /**
   * Returns the address that the relay wants clients to take for the server's, so that their
   * renewals go through it (sub-option 11, RFC 5107 §4).
   *
   * @return the address, not 0.0.0.0
   */
  public Optional<Inet4Address> serverIdentifierOverride() {
    return find(SERVER_IDENTIFIER_OVERRIDE).flatMap(Ipv4::of).filter(a -> !a.isAnyLocalAddress());
  }

  private Optional<byte[]> find(int wanted) {
    int at = 0;
    while (at + 2 <= information.length) {
      int code = information[at] & 0xff;
      int length = information[at + 1] & 0xff;
      at += 2;
      if (length > information.length - at) {
        break;
      }
      if (code == wanted) {
        byte[] value = new byte[length];
        System.arraycopy(information, at, value, 0, length);
        return Optional.of(value);
      }
      at += length;
    }
    return Optional.empty();
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
