// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

/**
 * From which port a server sends its answers.
 *
 * @see TftpServer.Builder#mode
 */
public final class TftpPortMode {

  /**
   * Everything from the port of the requests; transfers are told apart by the client's address and
   * port. The default, and the only one that works behind NAT and Kubernetes services. Departs from
   * RFC 1350 §4, which wants a port per transfer; no client is known to mind.
   */
  public static final TftpPortMode SINGLE_PORT = new TftpPortMode(0, 0, "single-port");

  /** A port for each transfer, chosen by the system (RFC 1350 §4). */
  public static final TftpPortMode PORT_PER_TRANSFER = new TftpPortMode(0, 0, "port-per-transfer");

  private final int first;
  private final int last;
  private final String text;

  private TftpPortMode(int first, int last, String text) {
    this.first = first;
    this.last = last;
    this.text = text;
  }

  /**
   * Returns the mode with a port for each transfer, out of a range that a firewall lets through.
   *
   * @param first the lowest, 1 to 65535
   * @param last the highest, not below {@code first}; the range also limits the number of transfers
   * @return the mode
   * @throws IllegalArgumentException if this is not a range
   */
  public static TftpPortMode portRange(int first, int last) {
    if (first < 1 || last > 65535 || first > last) {
      throw new IllegalArgumentException(
          "first, last: " + first + ", " + last + " (expected: a range in 1 to 65535)");
    }
    return new TftpPortMode(first, last, "port-per-transfer from " + first + "-" + last);
  }

  int first() {
    return first;
  }

  int last() {
    return last;
  }

  boolean isRange() {
    return first > 0;
  }

  /** Returns the name of the mode and its range. */
  @Override
  public String toString() {
    return text;
  }
}
