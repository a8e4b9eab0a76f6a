// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A link-layer address, usually the six octets of an Ethernet MAC address.
 *
 * <p>Other lengths occur on the wire (InfiniBand fills all 16 octets of the DHCP {@code chaddr}
 * field), so 1 to 20 octets are accepted. The text form everywhere is lower case with colons.
 */
public final class MacAddress implements Comparable<MacAddress> {

  /** How the octets are separated in the text form of an address. */
  public enum Format {
    /** {@code 02:00:00:00:00:ff}. */
    COLON,
    /** {@code 02-00-00-00-00-ff}. */
    DASH,
    /** {@code 0200.0000.00ff}. */
    DOT,
    /** {@code 0200000000ff}. */
    NO_DELIMITER
  }

  private static final int MAX_OCTETS = 20;
  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  private final byte[] octets;

  private MacAddress(byte[] octets) {
    this.octets = octets;
  }

  /**
   * Returns the address made of these octets.
   *
   * @param octets 1 to 20 octets; copied
   * @return the address
   * @throws IllegalArgumentException if there are none or too many
   */
  public static MacAddress of(byte... octets) {
    if (octets.length < 1 || octets.length > MAX_OCTETS) {
      throw new IllegalArgumentException(
          "octets: " + octets.length + " (expected: 1 to " + MAX_OCTETS + ")");
    }
    return new MacAddress(octets.clone());
  }

  /**
   * Reads an address of 6, 8 or 20 octets: two hex digits each, all separated by {@code :} or all
   * by {@code -}, or groups of four hex digits separated by {@code .}; either case.
   *
   * @param text for example {@code 02:00:00:00:00:ff}, {@code 02-00-00-00-00-FF} or {@code
   *     0200.0000.00ff}
   * @return the address, or empty if the text is not one in any of these forms
   */
  public static Optional<MacAddress> tryParse(String text) {
    if (text.length() < 14) {
      return Optional.empty();
    }
    char separator = text.charAt(2);
    int group = 2;
    if (text.charAt(4) == '.') {
      separator = '.';
      group = 4;
    } else if (separator != ':' && separator != '-') {
      return Optional.empty();
    }
    if ((text.length() + 1) % (group + 1) != 0) {
      return Optional.empty();
    }
    int count = (text.length() + 1) / (group + 1) * group / 2;
    if (count != 6 && count != 8 && count != MAX_OCTETS) {
      return Optional.empty();
    }
    byte[] octets = new byte[count];
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i % (group + 1) == group) {
        if (c != separator) {
          return Optional.empty();
        }
        continue;
      }
      if (!HexFormat.isHexDigit(c)) {
        return Optional.empty();
      }
      octets[digits / 2] = (byte) (octets[digits / 2] << 4 | HexFormat.fromHexDigit(c));
      digits++;
    }
    return Optional.of(new MacAddress(octets));
  }

  /**
   * Reads an address as {@link #tryParse} does.
   *
   * @param text the text form
   * @return the address
   * @throws IllegalArgumentException if the text is not an address
   */
  public static MacAddress parse(String text) {
    return tryParse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "text: " + text + " (expected: a MAC address such as 02:00:00:00:00:ff)"));
  }

  /**
   * Returns the octets.
   *
   * @return a copy
   */
  public byte[] octets() {
    return octets.clone();
  }

  /**
   * Returns the number of octets.
   *
   * @return 1 to 20
   */
  public int length() {
    return octets.length;
  }

  /**
   * Tells whether the address begins with these octets, as a vendor's OUI does.
   *
   * @param prefix the first octets
   * @return whether they match
   */
  public boolean startsWith(byte... prefix) {
    return prefix.length <= octets.length
        && Arrays.equals(octets, 0, prefix.length, prefix, 0, prefix.length);
  }

  /**
   * Returns the text form in the given format, lower case.
   *
   * @param format the separators
   * @return the text
   */
  public String format(Format format) {
    return switch (format) {
      case COLON -> COLONS.formatHex(octets);
      case DASH -> HexFormat.ofDelimiter("-").formatHex(octets);
      case NO_DELIMITER -> HexFormat.of().formatHex(octets);
      case DOT -> dotted();
    };
  }

  private String dotted() {
    String hex = HexFormat.of().formatHex(octets);
    StringBuilder text = new StringBuilder(hex.length() + hex.length() / 4);
    for (int i = 0; i < hex.length(); i += 4) {
      if (i > 0) {
        text.append('.');
      }
      text.append(hex, i, Math.min(i + 4, hex.length()));
    }
    return text.toString();
  }

  @Override
  public int compareTo(MacAddress other) {
    return Arrays.compareUnsigned(octets, other.octets);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MacAddress that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    // Machines bought together differ in the last octets by little, for which the usual sum times
    // 31 has few results: a map of 100,000 of them was a map of trees.
    long hash = octets.length;
    for (byte octet : octets) {
      hash = (hash << 8 | hash >>> 56) ^ (octet & 0xff);
    }
    hash *= 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 32);
  }

  /** Returns the octets in lower-case hex, separated by colons. */
  @Override
  public String toString() {
    return COLONS.formatHex(octets).toLowerCase(Locale.ROOT);
  }
}
