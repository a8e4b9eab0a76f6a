// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

/**
 * A boot file name taken apart: firmware asks for the name exactly as DHCP gave it, and DHCP may
 * have appended a W3C trace parent, which the 128 bytes of the DHCP file field may have cut short.
 *
 * @param name the name without the suffix and whatever stood behind it
 * @param traceId 32 lower-case hex digits; empty if there is no suffix or its id is all zero
 * @param parent the whole of it; empty if one of its ids is all zero. If the cut took the flags,
 *     the trace counts as recorded: Smee appends no other
 */
record TraceSuffix(String name, Optional<String> traceId, Optional<TraceParent> parent) {
  private static final Pattern SUFFIX =
      Pattern.compile(
          "(.*)-[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-(?:([0-9a-f]{2}).*|[0-9a-f]?)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern ZERO = Pattern.compile("0+");

  static TraceSuffix split(String name) {
    Matcher matcher = SUFFIX.matcher(name);
    if (!matcher.matches()) {
      return new TraceSuffix(name, Optional.empty(), Optional.empty());
    }
    String trace = matcher.group(2).toLowerCase(Locale.ROOT);
    if (ZERO.matcher(trace).matches()) {
      return new TraceSuffix(matcher.group(1), Optional.empty(), Optional.empty());
    }
    String span = matcher.group(3).toLowerCase(Locale.ROOT);
    String flags = matcher.group(4);
    boolean sampled = flags == null || (HexFormat.fromHexDigits(flags) & 1) != 0;
    return new TraceSuffix(
        matcher.group(1),
        Optional.of(trace),
        ZERO.matcher(span).matches()
            ? Optional.empty()
            : Optional.of(new TraceParent(trace, span, sampled)));
  }

  /** Splits the last element of a path, separated by slash or backslash. */
  static TraceSuffix ofPath(String path) {
    String normal = path.replace('\\', '/');
    return split(normal.substring(normal.lastIndexOf('/') + 1));
  }
}
