// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trace that a boot belongs to, handed on to the machine in option 43.69 and in the name of the
 * boot file (W3C Trace Context, {@code traceparent}, version 00).
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param sampled whether the trace is recorded
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {
  private static final Pattern TEXT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
  private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
  private static final Pattern SPAN_ID = Pattern.compile("(?!0{16})[0-9a-f]{16}");

  /** The size of the binary form: version, trace id, span id, flags. */
  static final int OCTETS = 26;

  /**
   * Checks both ids.
   *
   * @throws IllegalArgumentException if one of them has another form
   */
  public TraceParent {
    Objects.requireNonNull(traceId, "traceId");
    Objects.requireNonNull(spanId, "spanId");
    if (!TRACE_ID.matcher(traceId).matches()) {
      throw new IllegalArgumentException(
          "traceId: " + traceId + " (expected: 32 lower-case hex digits, not all zero)");
    }
    if (!SPAN_ID.matcher(spanId).matches()) {
      throw new IllegalArgumentException(
          "spanId: " + spanId + " (expected: 16 lower-case hex digits, not all zero)");
    }
  }

  /**
   * Reads the text form.
   *
   * @param text for example {@code 00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01}
   * @return the trace, or empty if the text has another form or another version
   */
  public static Optional<TraceParent> tryParse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()
        || !TRACE_ID.matcher(m.group(1)).matches()
        || !SPAN_ID.matcher(m.group(2)).matches()) {
      return Optional.empty();
    }
    boolean sampled = (HexFormat.fromHexDigits(m.group(3)) & 1) != 0;
    return Optional.of(new TraceParent(m.group(1), m.group(2), sampled));
  }

  /**
   * Returns the binary form of option 43.69.
   *
   * @return 26 octets: version, trace id, span id, flags
   */
  public byte[] octets() {
    return HexFormat.of().parseHex(toString().replace("-", ""));
  }

  /** Returns the text form, as in the {@code traceparent} header. */
  @Override
  public String toString() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
