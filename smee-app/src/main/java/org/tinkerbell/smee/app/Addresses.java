// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.tinkerbell.smee.backend.spi.ValueText;

/** Reads IP addresses as strictly as Go does; Java's own parser takes {@code 1} for 0.0.0.1. */
final class Addresses {
  private Addresses() {}

  /** Reads an IPv4 address, an IPv6 address with or without brackets, or looks up a host name. */
  static Optional<InetAddress> resolve(String text) {
    Optional<Inet4Address> v4 = ValueText.ipv4Address(text);
    if (v4.isPresent()) {
      return Optional.of(v4.get());
    }
    boolean digitsOnly = text.chars().allMatch(c -> Character.isDigit(c) || c == '.');
    if (text.isEmpty() || digitsOnly) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
