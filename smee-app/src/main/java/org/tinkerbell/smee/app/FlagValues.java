// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The value of every flag, and where it came from. Values fit the types of their flags. */
final class FlagValues {

  /**
   * A value that was given, not defaulted.
   *
   * @param text the value
   * @param origin how to name its place in a complaint: the flag with its dash, or the variable
   */
  record Given(String text, String origin) {}

  private final FlagTable table;
  private final Map<String, Given> given;

  FlagValues(FlagTable table, Map<String, Given> given) {
    this.table = table;
    this.given = Map.copyOf(given);
  }

  /** Tells whether the flag or its variable was given. */
  boolean isGiven(String name) {
    return given.containsKey(name);
  }

  /** Returns how to name the flag in a complaint: by the variable if the value came from there. */
  String origin(String name) {
    Given value = given.get(name);
    return value == null ? "-" + name : value.origin();
  }

  /** Returns the value as text. */
  String text(String name) {
    @Nullable Given value = given.get(name);
    if (value != null) {
      return value.text();
    }
    return table
        .find(name)
        .map(Flag::defaultValue)
        .orElseThrow(() -> new IllegalArgumentException("name: " + name + " (expected: a flag)"));
  }

  /** Returns the value of a {@link GoType#BOOL} flag. */
  boolean bool(String name) {
    return GoType.bool(text(name)).orElse(false);
  }

  /** Returns the value of a {@link GoType#INT} flag. */
  long integer(String name) {
    return GoType.integer(text(name)).orElse(0L);
  }

  /** Returns the value of a {@link GoType#DURATION} flag. */
  Duration duration(String name) {
    return GoType.duration(text(name)).orElse(Duration.ZERO);
  }

  /** Returns the value as text, or empty if there is none. */
  Optional<String> optional(String name) {
    String value = text(name);
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }
}
