// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script in a resource file with <code>{{names}}</code> for values.
 *
 * <p>A line that holds nothing but a name is left out if its value is empty. iPXE's own <code>
 * ${names}
 * </code> mean nothing here.
 */
final class ScriptTemplate {
  private static final Pattern NAME = Pattern.compile("\\{\\{([a-z-]+)}}");

  /**
   * A piece of a template.
   *
   * @param text as it stands, or the name of a value
   */
  private record Part(Kind kind, String text) {}

  private enum Kind {
    /** Text. */
    TEXT,
    /** A value within a line. */
    VALUE,
    /** A value that is a line of its own, left out if it is empty. */
    LINE
  }

  private final String resource;
  private final List<Part> parts;

  private ScriptTemplate(String resource, List<Part> parts) {
    this.resource = resource;
    this.parts = List.copyOf(parts);
  }

  static ScriptTemplate load(String resource) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (String line : text(resource).lines().toList()) {
      Matcher matcher = NAME.matcher(line);
      if (matcher.matches()) {
        value(parts, text, Kind.LINE, matcher.group(1));
        continue;
      }
      int at = 0;
      while (matcher.find()) {
        text.append(line, at, matcher.start());
        value(parts, text, Kind.VALUE, matcher.group(1));
        at = matcher.end();
      }
      text.append(line, at, line.length()).append('\n');
    }
    parts.add(new Part(Kind.TEXT, text.toString()));
    return new ScriptTemplate(resource, parts);
  }

  private static void value(List<Part> parts, StringBuilder textBefore, Kind kind, String name) {
    parts.add(new Part(Kind.TEXT, textBefore.toString()));
    textBefore.setLength(0);
    parts.add(new Part(kind, name));
  }

  static String text(String resource) {
    try (InputStream in = ScriptTemplate.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource: " + resource + " (expected: beside the class)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Values values() {
    return new Values(this);
  }

  private String render(Map<String, String> values) {
    StringBuilder script = new StringBuilder(2048);
    for (Part part : parts) {
      if (part.kind() == Kind.TEXT) {
        script.append(part.text());
        continue;
      }
      String value = value(values, part.text());
      script.append(value);
      if (part.kind() == Kind.LINE && !value.isEmpty()) {
        script.append('\n');
      }
    }
    return script.toString();
  }

  private String value(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(resource + ": no value for " + name);
    }
    return value;
  }

  /** Collects the values for one rendering. */
  static final class Values {
    private final ScriptTemplate template;
    private final Map<String, String> values = new HashMap<>();

    private Values(ScriptTemplate template) {
      this.template = template;
    }

    /**
     * Sets a value that stays within its line.
     *
     * @throws ScriptValueException if it could leave it
     */
    Values line(String name, String value) throws ScriptValueException {
      values.put(name, singleLine(name, value));
      return this;
    }

    /** Sets a value that is a piece of script. */
    Values block(String name, String script) {
      values.put(name, script);
      return this;
    }

    String render() {
      return template.render(values);
    }
  }

  /**
   * Returns a value if it cannot change how the script falls into lines: no line ends, no NUL, and
   * no backslash at its end, which would join the next line to it.
   */
  static String singleLine(String name, String value) throws ScriptValueException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\n' || c == '\r' || c == 0) {
        throw new ScriptValueException(name + ": a line end or NUL at " + i);
      }
    }
    if (value.stripTrailing().endsWith("\\")) {
      throw new ScriptValueException(name + ": a backslash at its end");
    }
    return value;
  }

  /** Returns arguments, one a line, each continued on the next. */
  static String continued(List<String> arguments) throws ScriptValueException {
    List<String> lines = new ArrayList<>(arguments.size());
    for (String argument : arguments) {
      lines.add("  " + singleLine("kernel argument", argument) + " \\");
    }
    return String.join("\n", lines);
  }
}
