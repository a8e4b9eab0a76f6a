// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.Objects;
import java.util.Optional;

/**
 * What is known of an option: its code, its name and the type of its value.
 *
 * <p>{@link DhcpOptions} has the standard ones. Options of your own are made once and kept in a
 * constant:
 *
 * <pre>{@code
 * static final DhcpOption<String> SITE = DhcpOption.define(224, "Site", OptionCodecs.text());
 * }</pre>
 *
 * @param <T> the type of the value
 */
public final class DhcpOption<T> {

  private final int code;
  private final String name;
  private final OptionCodec<T> codec;

  private DhcpOption(int code, String name, OptionCodec<T> codec) {
    this.code = code;
    this.name = name;
    this.codec = codec;
  }

  /**
   * Describes an option.
   *
   * @param <T> the type of the value
   * @param code 1 to 254; 0 and 255 are pad and end
   * @param name for people
   * @param codec reads and writes the value
   * @return the option
   * @throws IllegalArgumentException if {@code code} is outside the range
   */
  public static <T> DhcpOption<T> define(int code, String name, OptionCodec<T> codec) {
    return new DhcpOption<>(
        checkCode(code), Objects.requireNonNull(name), Objects.requireNonNull(codec));
  }

  static int checkCode(int code) {
    if (code < 1 || code > 254) {
      throw new IllegalArgumentException("code: " + code + " (expected: 1 to 254)");
    }
    return code;
  }

  /**
   * Returns the code on the wire.
   *
   * @return 1 to 254
   */
  public int code() {
    return code;
  }

  /**
   * Returns the name for people.
   *
   * @return for example {@code Router}
   */
  public String name() {
    return name;
  }

  /**
   * Returns what reads and writes the value.
   *
   * @return the codec
   */
  public OptionCodec<T> codec() {
    return codec;
  }

  /** Renders a payload for people, or empty if it does not fit the type. */
  Optional<String> format(byte[] payload) {
    return payload.length == 0 ? Optional.empty() : codec.decode(payload).map(codec::format);
  }

  /** Returns the name and the code. */
  @Override
  public String toString() {
    return name + " (" + code + ")";
  }
}
