// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One mapping of an object's tree with its path. What has the wrong type is reported, not cast. */
final class ObjectNode {
  private static final int LONGEST_NUMBER = 40;
  private static final int LONGEST_QUOTE = 64;

  private final Map<?, ?> fields;
  private final String path;
  private final Findings findings;

  ObjectNode(Map<?, ?> fields, String path, Findings findings) {
    this.fields = fields;
    this.path = path;
    this.findings = findings;
  }

  String path() {
    return path;
  }

  String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  Map<?, ?> fields() {
    return fields;
  }

  boolean has(String name) {
    return value(name) != null;
  }

  private @Nullable Object value(String name) {
    // Not asked of other maps, which may refuse a key of another type than theirs.
    Object exact = fields instanceof HashMap<?, ?> map ? map.get(name) : null;
    if (exact != null) {
      return exact;
    }
    Object similar = null;
    for (Map.Entry<?, ?> field : fields.entrySet()) {
      if (field.getKey() instanceof String key) {
        if (key.equals(name)) {
          exact = field.getValue();
        } else if (key.equalsIgnoreCase(name)) {
          similar = field.getValue();
        }
      }
    }
    return exact != null ? exact : similar;
  }

  /** Returns the mapping below a name; empty if it is absent or, with a problem, none. */
  Optional<ObjectNode> child(String name) {
    Object value = value(name);
    if (value instanceof Map<?, ?> map) {
      return Optional.of(new ObjectNode(map, path(name), findings));
    }
    if (value != null) {
      findings.problem(path(name), kind(value) + " where a mapping is expected; ignored");
    }
    return Optional.empty();
  }

  /** Returns the mapping below a name; empty if it is absent, and an error if it is none. */
  Optional<ObjectNode> requiredChild(String name) throws UnusableException {
    Object value = value(name);
    if (value != null && !(value instanceof Map<?, ?>)) {
      throw new UnusableException(path(name), kind(value) + " where a mapping is expected");
    }
    return child(name);
  }

  /** Returns the mappings of a list; other entries become problems. */
  List<ObjectNode> children(String name) {
    List<ObjectNode> nodes = new ArrayList<>();
    List<?> values = elements(name);
    for (int i = 0; i < values.size(); i++) {
      String where = path(name) + "[" + i + "]";
      if (values.get(i) instanceof Map<?, ?> map) {
        nodes.add(new ObjectNode(map, where, findings));
      } else {
        findings.problem(
            where, kind(values.get(i)) + " where a mapping is expected; the entry is ignored");
      }
    }
    return nodes;
  }

  /** Returns text that is not empty; a wrong type is a problem. */
  Optional<String> text(String name) {
    Object value = value(name);
    String text = asText(value);
    if (text == null && value != null) {
      findings.problem(path(name), kind(value) + " where text is expected; ignored");
    }
    return text == null || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** Returns text that is not empty; a wrong type makes the interface unusable. */
  Optional<String> requiredText(String name) throws UnusableException {
    Object value = value(name);
    if (value != null && asText(value) == null) {
      throw new UnusableException(path(name), kind(value) + " where text is expected");
    }
    return text(name);
  }

  /** Returns the texts of a list, or a single text as a list of one. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    List<?> values = elements(name);
    for (int i = 0; i < values.size(); i++) {
      String text = asText(values.get(i));
      if (text != null && !text.isEmpty()) {
        texts.add(text);
      } else {
        findings.problem(
            path(name) + "[" + i + "]",
            (text == null ? kind(values.get(i)) : "empty text")
                + " where text is expected; the entry is ignored");
      }
    }
    return texts;
  }

  private List<?> elements(String name) {
    Object value = value(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof Collection<?> values) {
      return new ArrayList<>(values);
    }
    return List.of(value);
  }

  /** Returns a flag; text such as {@code yes} counts. A wrong type is an error for the caller. */
  Optional<Boolean> flag(String name) throws UnusableException {
    Object value = value(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    if (value instanceof String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on", "y" -> Optional.of(true);
        case "false", "no", "off", "n" -> Optional.of(false);
        case "" -> Optional.empty();
        default ->
            throw new UnusableException(path(name), quoted(text) + " is neither true nor false");
      };
    }
    throw new UnusableException(path(name), kind(value) + " where true or false is expected");
  }

  /** Returns a whole number; one beyond 64 bits is given as -1, which no field here accepts. */
  OptionalLong wholeNumber(String name) throws UnusableException {
    Object value = value(name);
    if (value == null || value.equals("")) {
      return OptionalLong.empty();
    }
    String text = value instanceof Number || value instanceof String ? value.toString() : null;
    if (text == null) {
      throw new UnusableException(path(name), kind(value) + " where a whole number is expected");
    }
    BigDecimal number = number(text);
    if (number == null || number.stripTrailingZeros().scale() > 0) {
      throw new UnusableException(path(name), quoted(text) + " is not a whole number");
    }
    // Asked before the conversion, which would write out every zero of 1e999999999.
    if ((long) number.precision() - number.scale() > 18) {
      return OptionalLong.of(-1);
    }
    return OptionalLong.of(number.longValueExact());
  }

  private static @Nullable BigDecimal number(String text) {
    if (text.length() > LONGEST_NUMBER) {
      return null;
    }
    try {
      if (text.startsWith("0x")) {
        return BigDecimal.valueOf(Long.parseLong(text, 2, text.length(), 16));
      }
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable String asText(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Number) {
      String text = value.toString();
      // Some readers know no whole numbers and turn 30 into 30.0.
      return (value instanceof Double || value instanceof Float) && text.endsWith(".0")
          ? text.substring(0, text.length() - 2)
          : text;
    }
    return null;
  }

  private static String kind(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Map<?, ?>) {
      return "a mapping";
    }
    if (value instanceof Collection<?>) {
      return "a list";
    }
    if (value instanceof String) {
      return "text";
    }
    if (value instanceof Number) {
      return "a number";
    }
    return value instanceof Boolean ? "a flag" : "a value of another type";
  }

  /** Returns a value fit for one line of a log: shortened, without control characters. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      if (i == LONGEST_QUOTE) {
        quoted.append("...");
        break;
      }
      char c = text.charAt(i);
      quoted.append(
          Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return quoted.append('"').toString();
  }
}
