// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The description of one setting of a backend, from which a flag and an environment variable arise.
 *
 * @param name lower-case letters, digits and dashes, for example {@code path}
 * @param type what values are accepted
 * @param defaultValue the value when none is given; empty text means none
 * @param description one line of help, beginning in lower case, without a full stop
 * @param secret whether the value must never be shown
 */
public record BackendSetting(
    String name, Type type, String defaultValue, String description, boolean secret) {

  /** The type of a setting's value. */
  public enum Type {
    /** Any text. */
    TEXT,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** A whole number, decimal, of 32 bits. */
    INTEGER
  }

  private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  /**
   * Makes a description.
   *
   * @throws IllegalArgumentException if the name has other characters than said, or the default
   *     does not fit the type
   */
  public BackendSetting {
    Objects.requireNonNull(description, "description");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: " + name + " (expected: lower-case letters, digits and dashes)");
    }
    check(name, type, defaultValue);
  }

  /**
   * Describes a text without default.
   *
   * @param name the setting's name
   * @param description one line of help
   * @return the setting
   */
  public static BackendSetting text(String name, String description) {
    return new BackendSetting(name, Type.TEXT, "", description, false);
  }

  /**
   * Checks a value against the type.
   *
   * @param value the value as text; empty text means none and is always accepted
   * @throws IllegalArgumentException if the value does not fit
   */
  public void check(String value) {
    check(name, type, value);
  }

  private static void check(String name, Type type, String value) {
    if (value.isEmpty()) {
      return;
    }
    boolean fits =
        switch (type) {
          case TEXT -> true;
          case BOOLEAN -> value.equals("true") || value.equals("false");
          case INTEGER -> isInteger(value);
        };
    if (!fits) {
      throw new IllegalArgumentException(
          name
              + ": "
              + value
              + (type == Type.BOOLEAN ? " (expected: true or false)" : " (expected: a number)"));
    }
  }

  private static boolean isInteger(String value) {
    try {
      Integer.parseInt(value);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
