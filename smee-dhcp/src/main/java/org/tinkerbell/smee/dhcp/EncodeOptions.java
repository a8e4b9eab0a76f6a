// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.List;
import java.util.Objects;

/**
 * How a message is laid out in its datagram.
 *
 * @param maxBytes the longest payload of a UDP datagram that is wanted. Options of a message that
 *     would be longer move into {@code file} and {@code sname}, as far as these are empty, and
 *     option 52 says so (RFC 2131 §4.1); what does not fit even then is written all the same
 * @param order codes of the options that come first, in this order, behind 53, 54 and 51; the
 *     others ascend, and 82 is always last. Empty if all ascend
 */
public record EncodeOptions(int maxBytes, List<Integer> order) {

  /** The longest payload of a UDP datagram over IPv4, in bytes. */
  static final int MAX_UDP_PAYLOAD = 65_507;

  /** Smaller values of option 57 are invalid (RFC 2132 §9.10). */
  private static final int MIN_IP_DATAGRAM = 576;

  private static final int IP_AND_UDP_HEADERS = 28;

  private static final EncodeOptions STANDARD = new EncodeOptions(MAX_UDP_PAYLOAD, List.of());

  /**
   * Makes options.
   *
   * @throws IllegalArgumentException if {@code maxBytes} is less than 300 or more than 65507
   */
  public EncodeOptions {
    if (maxBytes < DhcpCodec.MIN_LENGTH || maxBytes > MAX_UDP_PAYLOAD) {
      throw new IllegalArgumentException(
          "maxBytes: "
              + maxBytes
              + " (expected: "
              + DhcpCodec.MIN_LENGTH
              + " to "
              + MAX_UDP_PAYLOAD
              + ")");
    }
    order = List.copyOf(Objects.requireNonNull(order, "order"));
  }

  /**
   * Returns the layout that asks nothing of the reader.
   *
   * @return of any length, all options ascending but 82
   */
  public static EncodeOptions standard() {
    return STANDARD;
  }

  /**
   * Returns the layout a client asks for: not longer than its option 57 says (RFC 2132 §9.10), in
   * the order of its option 55 (RFC 2132 §9.8).
   *
   * @param request what the client sent
   * @return the layout; {@link #standard} as far as the client does not say
   */
  public static EncodeOptions forRequest(DhcpMessage request) {
    boolean sized = request.has(DhcpOptions.MAXIMUM_MESSAGE_SIZE.code());
    boolean ordered = request.has(DhcpOptions.PARAMETER_REQUEST_LIST.code());
    if (!sized && !ordered) {
      return STANDARD;
    }
    int maxBytes = MAX_UDP_PAYLOAD;
    if (sized) {
      int datagram = request.get(DhcpOptions.MAXIMUM_MESSAGE_SIZE).orElse(MIN_IP_DATAGRAM);
      maxBytes =
          Math.min(MAX_UDP_PAYLOAD, Math.max(MIN_IP_DATAGRAM, datagram) - IP_AND_UDP_HEADERS);
    }
    return new EncodeOptions(
        maxBytes, request.get(DhcpOptions.PARAMETER_REQUEST_LIST).orElse(List.of()));
  }
}
