// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.HexFormat;

/** Text from the network made safe for logs and terminals. */
final class Printable {

  private static final int MAX_CHARS = 512;

  private Printable() {}

  /** Escapes what is not printable ASCII, and cuts what is very long. */
  static String text(String raw) {
    StringBuilder out = new StringBuilder(Math.min(raw.length(), MAX_CHARS) + 8);
    for (int i = 0; i < raw.length(); i++) {
      if (out.length() >= MAX_CHARS) {
        return out.append("...").toString();
      }
      char c = raw.charAt(i);
      if (c == '\\') {
        out.append("\\\\");
      } else if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return out.toString();
  }
}
