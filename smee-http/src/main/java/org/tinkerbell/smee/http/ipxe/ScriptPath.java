// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.util.HexFormat;
import java.util.Optional;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * The path of a request for a script: {@code …/auto.ipxe}, with the MAC address before it or not.
 *
 * @param isScript whether the last segment is {@code auto.ipxe}
 * @param macAddress the segment before, if it is a MAC address
 * @param malformedMac whether that segment was meant to be one and is none
 */
record ScriptPath(boolean isScript, Optional<MacAddress> macAddress, boolean malformedMac) {
  private static final ScriptPath OTHER = new ScriptPath(false, Optional.empty(), false);

  static ScriptPath parse(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    int slash = path.lastIndexOf('/', end - 1);
    if (!path.substring(slash + 1, end).equals("auto.ipxe")) {
      return OTHER;
    }
    String segment = slash <= 0 ? "" : path.substring(path.lastIndexOf('/', slash - 1) + 1, slash);
    Optional<MacAddress> mac = MacAddress.tryParse(segment);
    return new ScriptPath(true, mac, mac.isEmpty() && looksLikeMac(segment.trim()));
  }

  /**
   * Tells whether a text can only be meant as a MAC address. Dates, versions, IPv4 addresses and
   * UUIDs are not: those are names of folders.
   */
  static boolean looksLikeMac(String text) {
    int digits = 0;
    int run = 0;
    int longest = 0;
    int colons = 0;
    int dashes = 0;
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (HexFormat.isHexDigit(c)) {
        digits++;
        longest = Math.max(longest, ++run);
      } else {
        run = 0;
        switch (c) {
          case ':' -> colons++;
          case '-' -> dashes++;
          case '.' -> dots++;
          default -> {
            return false;
          }
        }
      }
    }
    if (colons + dashes + dots == 0) {
      return digits == 12 || digits == 16 || digits == 40;
    }
    return longest <= 4
        && digits >= 6
        && (colons >= 2 || dashes >= 4 || (dots == 2 && digits > 10));
  }
}
