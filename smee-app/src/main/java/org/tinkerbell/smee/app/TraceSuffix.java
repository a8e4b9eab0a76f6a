// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A boot file name taken apart: firmware asks for the name exactly as DHCP gave it, and DHCP may
 * have appended a W3C trace parent, which the 128 bytes of the DHCP file field may have cut short.
 *
 * @param name the name without the suffix and whatever stood behind it
 * @param traceId 32 lower-case hex digits; empty if there is no suffix or its id is all zero
 */
record TraceSuffix(String name, Optional<String> traceId) {
  private static final Pattern SUFFIX =
      Pattern.compile(
          "(.*)-[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-(?:[0-9a-f]{2}.*|[0-9a-f]?)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern ZERO = Pattern.compile("0+");

  static TraceSuffix split(String name) {
    Matcher matcher = SUFFIX.matcher(name);
    if (!matcher.matches()) {
      return new TraceSuffix(name, Optional.empty());
    }
    String id = matcher.group(2).toLowerCase(Locale.ROOT);
    return new TraceSuffix(
        matcher.group(1), ZERO.matcher(id).matches() ? Optional.empty() : Optional.of(id));
  }
}
