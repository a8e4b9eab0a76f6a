// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.Optional;

/**
 * Turns the bytes of one option into a value and back.
 *
 * <p>Implementations are stateless and may be called from any thread. {@link OptionCodecs} has the
 * usual ones.
 *
 * @param <T> the type of the value; immutable, or copied on the way in and out
 */
public interface OptionCodec<T> {

  /**
   * Reads a value.
   *
   * @param bytes the joined payload of the option (RFC 3396), never empty; the codec may keep it
   * @return the value, or empty if the bytes do not fit the type; never an exception
   */
  Optional<T> decode(byte[] bytes);

  /**
   * Writes a value.
   *
   * @param value the value
   * @return its bytes; the caller may keep and change the array
   * @throws IllegalArgumentException if the value cannot be written
   */
  byte[] encode(T value);

  /**
   * Renders a value for people.
   *
   * @param value the value
   * @return one line of text; the caller escapes control characters
   */
  default String format(T value) {
    return String.valueOf(value);
  }
}
