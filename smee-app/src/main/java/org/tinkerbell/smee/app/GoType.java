// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The types of flag values, written as the Go Smee's flags are, since existing deployments have
 * their values in that syntax.
 */
enum GoType {
  /** Any text. */
  TEXT("text"),
  /** {@code 1 t T true TRUE True} or {@code 0 f F false FALSE False}. */
  BOOL("true or false"),
  /**
   * A number with an optional base prefix: {@code 8080}, {@code 0x1F90}, {@code 0b1}, {@code 017}.
   */
  INT("a whole number"),
  /** {@code 300ms}, {@code 5s}, {@code 1m30s}, {@code 1.5h}, {@code 0}. */
  DURATION("a duration such as 5s or 1m30s");

  private static final Pattern DURATION_PART =
      Pattern.compile("([0-9]*\\.?[0-9]+|[0-9]+\\.)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, BigDecimal> NANOS =
      Map.of(
          "ns", BigDecimal.ONE,
          "us", BigDecimal.valueOf(1_000),
          "µs", BigDecimal.valueOf(1_000),
          "μs", BigDecimal.valueOf(1_000),
          "ms", BigDecimal.valueOf(1_000_000),
          "s", BigDecimal.valueOf(1_000_000_000L),
          "m", BigDecimal.valueOf(60_000_000_000L),
          "h", BigDecimal.valueOf(3_600_000_000_000L));

  private final String expected;

  GoType(String expected) {
    this.expected = expected;
  }

  /** Returns what a value of this type looks like, for complaints. */
  String expected() {
    return expected;
  }

  /** Tells whether the text is a value of this type. */
  boolean accepts(String text) {
    return switch (this) {
      case TEXT -> true;
      case BOOL -> bool(text).isPresent();
      case INT -> integer(text).isPresent();
      case DURATION -> duration(text).isPresent();
    };
  }

  /** Tells whether two values that are accepted mean the same. */
  boolean same(String a, String b) {
    return switch (this) {
      case TEXT -> a.equals(b);
      case BOOL -> bool(a).equals(bool(b));
      case INT -> integer(a).equals(integer(b));
      case DURATION -> duration(a).equals(duration(b));
    };
  }

  /** Reads a boolean; also {@code yes no on off}, which people write into environment files. */
  static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True", "yes", "on" -> Optional.of(true);
      case "0", "f", "F", "false", "FALSE", "False", "no", "off" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** Reads a number of 64 bits. */
  static Optional<Long> integer(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    String lower = digits.toLowerCase(Locale.ROOT);
    int base = 10;
    if (lower.startsWith("0x")) {
      base = 16;
      lower = lower.substring(2);
    } else if (lower.startsWith("0b")) {
      base = 2;
      lower = lower.substring(2);
    } else if (lower.startsWith("0o")) {
      base = 8;
      lower = lower.substring(2);
    } else if (lower.length() > 1 && lower.startsWith("0")) {
      base = 8;
      lower = lower.substring(1);
    }
    // An underscore separates digits; it neither begins nor ends the number nor stands twice.
    if (lower.isEmpty()
        || lower.endsWith("_")
        || lower.contains("__")
        || (base == 10 && lower.startsWith("_"))) {
      return Optional.empty();
    }
    lower = lower.replace("_", "");
    if (lower.startsWith("-") || lower.startsWith("+")) {
      return Optional.empty();
    }
    try {
      BigInteger value = new BigInteger(lower, base);
      return Optional.of((negative ? value.negate() : value).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Reads a duration. */
  static Optional<Duration> duration(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher part = DURATION_PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.lookingAt()) {
      BigDecimal unit = NANOS.getOrDefault(part.group(2), BigDecimal.ZERO);
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit));
      end = part.end();
      part.region(end, rest.length());
    }
    if (end == 0 || end != rest.length() || nanos.precision() - nanos.scale() > 18) {
      return Optional.empty();
    }
    Duration value = Duration.ofNanos(nanos.longValue());
    return Optional.of(negative ? value.negated() : value);
  }
}
