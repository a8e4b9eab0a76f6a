// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Addresses as people write them. */
final class Text {
  private Text() {}

  /** Returns the address and port, with brackets around an IPv6 address. */
  static String of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Returns the address as digits. */
  static String of(InetAddress address) {
    return address.getHostAddress();
  }

  /** Returns the addresses, separated by commas. */
  static String of(Collection<? extends InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(","));
  }

  /** Returns the address without port. */
  static String host(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return ip == null ? address.getHostString() : ip.getHostAddress();
  }

  /** Returns a URL without its query, which may hold a token; a mark shows that there is one. */
  static String withoutQuery(URI url) {
    return url.getRawQuery() == null
        ? url.toString()
        : url.toString().replaceFirst("\\?.*", "?...");
  }

  /** Returns a duration as Go prints it: {@code 359.211µs}, {@code 83.384ms}, {@code 1.5s}. */
  static String duration(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos < 1_000_000) {
      return decimal(nanos, 1_000, "µs");
    }
    return nanos < 1_000_000_000
        ? decimal(nanos / 1_000, 1_000, "ms")
        : decimal(nanos / 1_000, 1_000_000, "s");
  }

  /** Returns a quotient without zeros at its end; the divisor is a power of ten. */
  private static String decimal(long value, int divisor, String unit) {
    StringBuilder text = new StringBuilder(24).append(value / divisor);
    int fraction = (int) (value % divisor);
    if (fraction != 0) {
      int begin = text.length();
      // The one in front keeps the zeros that the fraction begins with.
      text.append(divisor + fraction).setCharAt(begin, '.');
      int end = text.length();
      while (text.charAt(end - 1) == '0') {
        end--;
      }
      text.setLength(end);
    }
    return text.append(unit).toString();
  }

  /** Returns a number of bytes in the unit that suits it. */
  static String size(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000
        ? bytes / 1024 + " KiB"
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
