// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.math.BigDecimal;
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
      return BigDecimal.valueOf(nanos, 3).stripTrailingZeros().toPlainString() + "µs";
    }
    boolean seconds = nanos >= 1_000_000_000;
    return BigDecimal.valueOf(nanos / 1000, seconds ? 6 : 3).stripTrailingZeros().toPlainString()
        + (seconds ? "s" : "ms");
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
