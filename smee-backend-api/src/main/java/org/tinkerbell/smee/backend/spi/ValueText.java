// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads the text of addresses and URLs as every backend should: strictly, and without ever asking a
 * name server.
 *
 * <p>The readers of the JDK are of little use here: {@code InetAddress.getByName} looks up what is
 * not an address and takes {@code 1} for 0.0.0.1, {@code URI} refuses what users do write. For MAC
 * addresses there is {@link org.tinkerbell.smee.backend.MacAddress#tryParse}.
 *
 * <pre>{@code
 * InetAddress address =
 *     ValueText.ipAddress(cell)
 *         .orElseThrow(() -> new IllegalArgumentException(cell + " is not an IP address"));
 * }</pre>
 */
public final class ValueText {
  private static final int LONGEST_IPV6 = 45;

  private ValueText() {}

  /**
   * Reads an IPv4 address as {@link #ipv4Address} does, or an IPv6 address.
   *
   * @param text for example {@code 192.0.2.1} or {@code 2001:db8::1}; an IPv6 address without
   *     brackets and zone
   * @return the address; empty if the text is none
   */
  public static Optional<InetAddress> ipAddress(String text) {
    if (text.indexOf(':') < 0) {
      return ipv4Address(text).map(address -> address);
    }
    if (text.length() > LONGEST_IPV6 || !text.chars().allMatch(ValueText::occursInIpv6)) {
      return Optional.empty();
    }
    try {
      // A text with a colon is never taken for a host name.
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static boolean occursInIpv6(int c) {
    return c == ':' || c == '.' || (Character.digit(c, 16) >= 0 && c < 128);
  }

  /**
   * Reads an IPv4 address or a mask: four decimal numbers. Leading zeros are refused, since some
   * readers take what follows them for octal.
   *
   * @param text for example {@code 192.0.2.1}
   * @return the address; empty if the text is none
   */
  public static Optional<Inet4Address> ipv4Address(String text) {
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
    return octet == 4 ? Optional.of(Subnets.address(octets)) : Optional.empty();
  }

  /**
   * Reads a URL or a relative reference.
   *
   * <p>Characters that a URL cannot hold, such as blanks and the braces of iPXE's {@code
   * ${net0/mac}}, are percent-encoded in path, query and fragment, as the reference implementation
   * does; in the part before they are refused.
   *
   * @param text for example {@code http://192.0.2.1/${net0/mac}.ipxe}
   * @return the reference, not necessarily absolute; empty if the text cannot be one
   */
  public static Optional<URI> url(String text) {
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
