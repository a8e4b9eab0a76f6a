// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the text of a scalar means, by the type that is wanted. Addresses and URLs are read by
 * {@link org.tinkerbell.smee.backend.spi.ValueText}.
 *
 * <p>Numbers and truth values are those of YAML 1.1, since that is what hardware files were written
 * for; the YAML 1.2 of the parser would read {@code yes} as text and {@code 030} as thirty.
 */
final class ScalarText {
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(?:0b([01]+)|0x([0-9a-fA-F]+)|0o?([0-7]+)|(0|[1-9][0-9]*))");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?");

  /** Longer ones are no numbers that anyone writes, and costly to convert. */
  private static final int MAX_NUMBER_LENGTH = 64;

  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private ScalarText() {}

  /** Reads {@code true}, {@code yes}, {@code on}, {@code y} and their opposites, in any case. */
  static Optional<Boolean> bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "y" -> Optional.of(true);
      case "false", "no", "off", "n" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /**
   * Reads a whole number: decimal, {@code 0x}, {@code 0b}, octal with {@code 0} or {@code 0o}, with
   * {@code _} between digits, or a float without a fraction such as {@code 1e3}.
   *
   * @return the number, the nearest {@code long} if it does not fit, or empty if it is none
   */
  static OptionalLong integer(String text) {
    if (text.length() > MAX_NUMBER_LENGTH) {
      return OptionalLong.empty();
    }
    if (isShortDecimal(text)) {
      return OptionalLong.of(Long.parseLong(text));
    }
    String digits = text.startsWith("_") ? text : text.replace("_", "");
    Matcher m = INTEGER.matcher(digits);
    if (m.matches()) {
      BigInteger value;
      if (m.group(2) != null) {
        value = new BigInteger(m.group(2), 2);
      } else if (m.group(3) != null) {
        value = new BigInteger(m.group(3), 16);
      } else if (m.group(4) != null) {
        value = new BigInteger(m.group(4), 8);
      } else {
        value = new BigInteger(m.group(5));
      }
      return OptionalLong.of(saturate(m.group(1).equals("-") ? value.negate() : value));
    }
    if (!FLOAT.matcher(digits).matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(saturate(new BigDecimal(digits).toBigIntegerExact()));
    } catch (ArithmeticException fraction) {
      return OptionalLong.empty();
    }
  }

  /** Most numbers are, and need no further thought: digits that do not begin with a zero. */
  private static boolean isShortDecimal(String text) {
    if (text.isEmpty() || text.length() > 18 || text.charAt(0) == '0') {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static long saturate(BigInteger value) {
    return value.max(MIN).min(MAX).longValue();
  }

  /** Tells whether the bits that are set in a mask stand together at its begin. */
  static boolean isContiguous(Inet4Address mask) {
    int bits = 0;
    for (byte octet : mask.getAddress()) {
      bits = (bits << 8) | (octet & 0xff);
    }
    int inverse = ~bits;
    return (inverse & (inverse + 1)) == 0;
  }
}
