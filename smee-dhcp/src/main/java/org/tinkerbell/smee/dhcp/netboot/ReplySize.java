// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.EncodeOptions;

/**
 * Keeps a reply within what the client says it can take (option 57, RFC 2132 §9.10), by leaving out
 * what it can best do without, if overloading the header's fields is not enough. A client that says
 * nothing gets everything: replies seldom exceed the 548 octets that all take, and cutting them
 * unasked would change what today's machines get.
 */
final class ReplySize {

  private static final int FIXED = 240;
  private static final int MAX_PART = 255;

  /** Least needed first: search list, time, names, broadcast, log, then name servers. */
  private static final int[] EXPENDABLE = {119, 42, 15, 12, 28, 7, 175, 6};

  private ReplySize() {}

  static DhcpMessage fit(DhcpMessage reply, DhcpMessage request) {
    EncodeOptions layout = EncodeOptions.forRequest(request);
    DhcpMessage fitting = reply;
    for (int i = 0; i < EXPENDABLE.length && !fits(fitting, layout); i++) {
      if (fitting.has(EXPENDABLE[i])) {
        fitting = fitting.toBuilder().remove(EXPENDABLE[i]).build();
      }
    }
    return fitting;
  }

  private static boolean fits(DhcpMessage message, EncodeOptions layout) {
    int size = size(message);
    return size <= layout.maxBytes()
        || (size <= EncodeOptions.standard().maxBytes()
            && DhcpCodec.encode(message, layout).length <= layout.maxBytes());
  }

  /** Returns the size on the wire, padding aside, if no option moves into the header. */
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
