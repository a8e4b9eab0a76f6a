// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the text of a scalar means, by the type that is wanted.
 *
 * <p>Numbers and truth values are those of YAML 1.1, since that is what hardware files were written
 * for; the YAML 1.2 of the parser would read {@code yes} as text and {@code 030} as thirty.
 */
final class ScalarText {
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(?:0b([01]+)|0x([0-9a-fA-F]+)|0o?([0-7]+)|(0|[1-9][0-9]*))");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

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

  private static long saturate(BigInteger value) {
    return value.max(MIN).min(MAX).longValue();
  }

  /** Reads an IPv4 address in dotted form without leading zeros, or an IPv6 address. */
  static Optional<InetAddress> address(String text) {
    if (text.indexOf(':') < 0) {
      return ipv4(text).map(a -> a);
    }
    if (text.length() > 45 || !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      // A text with a colon is never looked up in the DNS.
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Tells whether the text is an IPv6 address. */
  static boolean isIpv6(String text) {
    return address(text).filter(Inet6Address.class::isInstance).isPresent();
  }

  /** Reads an IPv4 address in dotted form without leading zeros. */
  static Optional<Inet4Address> ipv4(String text) {
    byte[] octets = new byte[4];
    int octet = 0;
    int digits = 0;
    int value = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (digits == 0 || octet == 4) {
          return Optional.empty();
        }
        octets[octet++] = (byte) value;
        digits = 0;
        value = 0;
      } else if (c >= '0' && c <= '9' && (digits == 0 || value > 0)) {
        value = value * 10 + (c - '0');
        digits++;
        if (value > 255) {
          return Optional.empty();
        }
      } else {
        return Optional.empty();
      }
    }
    if (octet != 4) {
      return Optional.empty();
    }
    try {
      return Optional.of((Inet4Address) InetAddress.getByAddress(octets));
    } catch (UnknownHostException e) {
      throw new AssertionError("four octets are an address", e);
    }
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

  /**
   * Reads a URL or a relative reference.
   *
   * <p>Characters that a URL cannot hold, such as the braces of {@code ${mac}}, are escaped in
   * path, query and fragment as the reference implementation does, instead of being refused.
   *
   * @return the reference, or empty if it cannot be one
   */
  static Optional<URI> uri(String text) {
    int fragment = text.indexOf('#');
    int query = text.indexOf('?');
    if (query < 0 || (fragment >= 0 && fragment < query)) {
      query = fragment < 0 ? text.length() : fragment;
    }
    int authorityEnd = authorityEnd(text, query);
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        return Optional.empty();
      }
      boolean legal = isLegal(c);
      if (c == '%') {
        boolean escape =
            i + 2 < text.length()
                && HexFormat.isHexDigit(text.charAt(i + 1))
                && HexFormat.isHexDigit(text.charAt(i + 2));
        if (!escape && i < query) {
          return Optional.empty();
        }
        legal = escape;
      } else if (c == '[' || c == ']') {
        legal = i < authorityEnd;
      } else if (c == '#') {
        legal = i == fragment;
      }
      if (legal) {
        encoded.append(c);
      } else if (i < authorityEnd) {
        return Optional.empty();
      } else {
        int codePoint = text.codePointAt(i);
        escape(codePoint, encoded);
        i += Character.charCount(codePoint) - 1;
      }
    }
    try {
      return Optional.of(new URI(encoded.toString()));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static int authorityEnd(String text, int pathEnd) {
    int slashes = text.indexOf("//");
    int firstSlash = text.indexOf('/');
    if (slashes < 0 || slashes >= pathEnd || slashes != firstSlash) {
      return 0;
    }
    int end = text.indexOf('/', slashes + 2);
    return end < 0 ? pathEnd : Math.min(end, pathEnd);
  }

  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-_.~:/?#[]@!$&'()*+,;=%".indexOf(c) >= 0;
  }

  private static void escape(int codePoint, StringBuilder out) {
    for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
  }
}
