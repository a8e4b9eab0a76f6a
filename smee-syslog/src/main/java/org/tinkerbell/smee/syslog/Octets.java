// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.nio.charset.StandardCharsets;

/** A datagram without the NUL, CR and LF at its end. No access outside of it fails. */
final class Octets {
  private final byte[] bytes;
  private final int end;

  Octets(byte[] bytes) {
    this.bytes = bytes;
    int last = bytes.length;
    while (last > 0 && isTrailer(bytes[last - 1])) {
      last--;
    }
    this.end = last;
  }

  private static boolean isTrailer(byte b) {
    return b == 0 || b == '\r' || b == '\n';
  }

  int end() {
    return end;
  }

  /** Returns the octet at an index as 0 to 255, or -1 beyond the end. */
  int at(int index) {
    return index < end ? bytes[index] & 0xff : -1;
  }

  /** Returns where an octet occurs first from an index on, or -1. */
  int indexOf(char c, int from) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** Tells whether a text of ASCII characters stands at an index. */
  boolean startsWith(int index, String ascii) {
    if (end - index < ascii.length()) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[index + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the text between two indexes. */
  String text(int from, int to) {
    return to <= from ? "" : new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
