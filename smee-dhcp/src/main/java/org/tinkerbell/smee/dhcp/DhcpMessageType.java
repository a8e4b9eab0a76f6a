// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

/**
 * The kind of a DHCP message: the value of option 53 (RFC 2132 §9.6).
 *
 * <p>The set is open; a code without a constant here survives as {@code of(code)}.
 */
public final class DhcpMessageType implements Comparable<DhcpMessageType> {

  private static final String[] NAMES = {
    null, "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"
  };
  private static final DhcpMessageType[] TYPES = new DhcpMessageType[256];

  static {
    for (int code = 0; code < TYPES.length; code++) {
      TYPES[code] = new DhcpMessageType(code);
    }
  }

  /** A client looks for servers (1). */
  public static final DhcpMessageType DISCOVER = of(1);

  /** A server offers an address (2). */
  public static final DhcpMessageType OFFER = of(2);

  /** A client takes an offer, confirms or extends its lease (3). */
  public static final DhcpMessageType REQUEST = of(3);

  /** A client found the address in use (4). */
  public static final DhcpMessageType DECLINE = of(4);

  /** A server grants the request (5). */
  public static final DhcpMessageType ACK = of(5);

  /** A server refuses the request (6). */
  public static final DhcpMessageType NAK = of(6);

  /** A client gives its address back (7). */
  public static final DhcpMessageType RELEASE = of(7);

  /** A client that has an address asks for the other parameters (8). */
  public static final DhcpMessageType INFORM = of(8);

  private final int code;

  private DhcpMessageType(int code) {
    this.code = code;
  }

  /**
   * Returns the type with this code.
   *
   * @param code 0 to 255
   * @return the type; always the same object for a code
   * @throws IllegalArgumentException if {@code code} is outside the range
   */
  public static DhcpMessageType of(int code) {
    if (code < 0 || code >= TYPES.length) {
      throw new IllegalArgumentException("code: " + code + " (expected: 0 to 255)");
    }
    return TYPES[code];
  }

  /**
   * Returns the value on the wire.
   *
   * @return 0 to 255
   */
  public int code() {
    return code;
  }

  @Override
  public int compareTo(DhcpMessageType other) {
    return Integer.compare(code, other.code);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return code;
  }

  /** Returns the name, such as {@code DISCOVER}, or {@code unknown (9)} for a code without one. */
  @Override
  public String toString() {
    return code > 0 && code < NAMES.length ? NAMES[code] : "unknown (" + code + ")";
  }
}
