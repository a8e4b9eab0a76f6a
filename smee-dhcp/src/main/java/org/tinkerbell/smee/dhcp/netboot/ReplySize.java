// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/**
 * Keeps a reply within what the client says it can take (option 57, RFC 2132 §9.10), by leaving out
 * what it can best do without. A client that says nothing gets everything: replies seldom exceed
 * the 548 octets that all take, and cutting them unasked would change what today's machines get.
 */
final class ReplySize {

  /** What every client takes; smaller values are invalid (RFC 2132 §9.10). */
  private static final int MIN_DATAGRAM = 576;

  private static final int IP_AND_UDP_HEADERS = 28;
  private static final int FIXED = 240;
  private static final int MAX_PART = 255;

  /** Least needed first: search list, time, names, broadcast, log, then name servers. */
  private static final int[] EXPENDABLE = {119, 42, 15, 12, 28, 7, 175, 6};

  private ReplySize() {}

  static DhcpMessage fit(DhcpMessage reply, DhcpMessage request) {
    if (!request.has(DhcpOptions.MAXIMUM_MESSAGE_SIZE.code())) {
      return reply;
    }
    int datagram =
        Math.max(MIN_DATAGRAM, request.get(DhcpOptions.MAXIMUM_MESSAGE_SIZE).orElse(MIN_DATAGRAM));
    int limit = datagram - IP_AND_UDP_HEADERS;
    DhcpMessage fitting = reply;
    for (int i = 0; i < EXPENDABLE.length && size(fitting) > limit; i++) {
      if (fitting.has(EXPENDABLE[i])) {
        fitting = fitting.toBuilder().remove(EXPENDABLE[i]).build();
      }
    }
    return fitting;
  }

  /** Returns the size on the wire, padding aside. */
  static int size(DhcpMessage message) {
    int size = FIXED + 1;
    for (int code : message.optionCodes()) {
      int length = message.raw(code).map(value -> value.length).orElse(0);
      int parts = Math.max(1, (length + MAX_PART - 1) / MAX_PART);
      size += length + 2 * parts;
    }
    return size;
  }
}
