// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.List;

/**
 * A node of the file with its place.
 *
 * <p>The parser's own nodes hold on to the pieces of text they came from, which is ten times the
 * file for a large one; these hold two numbers. An alias is the node it stands for.
 */
sealed interface YamlNode {

  /** Returns the line, counted from 1. */
  int line();

  /** Returns the column, counted from 1. */
  int column();

  /** Returns how many nodes this is, with aliases followed; saturating. */
  int weight();

  /** Names the kind of node for messages. */
  String kind();

  /**
   * A text, number, truth value or nothing: which of them depends on what it is read as.
   *
   * @param text the source text, escapes of quoted text resolved
   * @param plain whether it stands without quotes, so that {@code null} means nothing
   */
  record Scalar(int line, int column, String text, boolean plain) implements YamlNode {
    @Override
    public int weight() {
      return 1;
    }

    @Override
    public String kind() {
      return "a single value";
    }
  }

  /** A list. */
  record Sequence(int line, int column, int weight, List<YamlNode> items) implements YamlNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A mapping: entries taken over by {@code <<} first, then its own, as they stand in the file. */
  record Mapping(int line, int column, int weight, List<Entry> entries) implements YamlNode {
    @Override
    public String kind() {
      return "a mapping";
    }
  }

  /**
   * A key and its value.
   *
   * @param merged whether {@code <<} brought it
   */
  record Entry(Scalar key, YamlNode value, boolean merged) {}

  /** Tells whether this is what YAML calls null, or an empty value. */
  default boolean isNull() {
    return this instanceof Scalar scalar
        && scalar.plain()
        && switch (scalar.text()) {
          case "", "~", "null", "Null", "NULL" -> true;
          default -> false;
        };
  }
}
