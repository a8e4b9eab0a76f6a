// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Runs the part of iPXE's script language that the templates use.
 *
 * <p>As in iPXE: a line is expanded as a whole, innermost setting first, before any command in it
 * runs; {@code &&}, {@code ||} and {@code ;} go from left to right; a line that fails ends the
 * script; an empty command succeeds. Commands that reach outside are recorded and answered by the
 * test.
 */
final class IpxeInterpreter {
  private static final int MAX_STEPS = 5_000;

  final Map<String, String> settings = new HashMap<>();
  final List<String> outside = new ArrayList<>();
  final List<String> screen = new ArrayList<>();
  final List<String> labels = new ArrayList<>();
  private final Predicate<String> answers;
  private boolean left;

  IpxeInterpreter(Predicate<String> answers) {
    this.answers = answers;
  }

  /** Runs a script; returns whether it ended without an error. */
  boolean run(String script) {
    if (!script.startsWith("#!ipxe\n")) {
      throw new AssertionError("no script: " + script);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder joined = new StringBuilder();
    for (String line : script.split("\n", -1)) {
      if (line.endsWith("\\")) {
        joined.append(line, 0, line.length() - 1);
      } else {
        lines.add(joined.append(line).toString().strip());
        joined.setLength(0);
      }
    }
    int steps = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (++steps > MAX_STEPS) {
        throw new AssertionError("runs for ever; last: " + outside);
      }
      String line = lines.get(i);
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(":")) {
        continue;
      }
      Outcome outcome = line(line);
      if (outcome.target != null) {
        i = lines.indexOf(":" + outcome.target);
        if (i < 0) {
          throw new AssertionError("no label " + outcome.target);
        }
        labels.add(outcome.target);
      } else if (left) {
        return true;
      } else if (!outcome.success) {
        return false;
      }
    }
    return true;
  }

  private record Outcome(boolean success, String target) {}

  private Outcome line(String line) {
    List<String> command = new ArrayList<>();
    String operator = ";";
    boolean success = true;
    List<String> words = new ArrayList<>(Arrays.asList(expand(line).strip().split(" +")));
    words.add("");
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean end = i == words.size() - 1;
      if (!end && !word.equals("&&") && !word.equals("||") && !word.equals(";")) {
        command.add(word);
        continue;
      }
      if (operator.equals(";") || operator.equals("&&") == success) {
        if (!command.isEmpty() && command.get(0).equals("goto")) {
          return new Outcome(true, command.get(1));
        }
        success = command(command);
        if (left) {
          return new Outcome(success, null);
        }
      }
      operator = word;
      command.clear();
    }
    return new Outcome(success, null);
  }

  private String expand(String line) {
    String text = line;
    while (true) {
      int end = text.indexOf('}', Math.max(0, text.indexOf("${")));
      int start = end < 0 ? -1 : text.lastIndexOf("${", end);
      if (start < 0) {
        return text;
      }
      String name = text.substring(start + 2, end);
      text = text.substring(0, start) + settings.getOrDefault(name, "") + text.substring(end + 1);
    }
  }

  private boolean command(List<String> words) {
    if (words.isEmpty()) {
      return true;
    }
    String rest = String.join(" ", words.subList(1, words.size()));
    switch (words.get(0)) {
      case "set" -> {
        String[] typed = words.get(1).split(":", 2);
        String value = String.join(" ", words.subList(2, words.size()));
        if (typed.length == 2 && typed[1].equals("ipv4") && !value.matches("[0-9.]+")) {
          return false;
        }
        if (typed.length == 2 && typed[1].equals("int32")) {
          value = Integer.toString(Integer.parseInt(value));
        }
        if (value.isEmpty()) {
          settings.remove(typed[0]);
        } else {
          settings.put(typed[0], value);
        }
        return true;
      }
      case "clear" -> {
        return settings.remove(words.get(1)) != null;
      }
      case "inc" -> {
        settings.merge(words.get(1), "1", (a, b) -> Integer.toString(Integer.parseInt(a) + 1));
        return true;
      }
      case "iseq" -> {
        return words.get(1).equals(words.get(2));
      }
      case "isset" -> {
        return words.size() > 1;
      }
      case "echo" -> {
        screen.add(rest);
        return true;
      }
      case "exit" -> {
        left = true;
        return true;
      }
      case "imgfree" -> {
        return true;
      }
      case "sleep" -> {
        outside.add("sleep " + rest);
        return true;
      }
      case "kernel",
          "initrd",
          "boot",
          "dhcp",
          "autoboot",
          "chain",
          "prompt",
          "shell",
          "nslookup" -> {
        String text = String.join(" ", words);
        outside.add(text);
        boolean success = answers.test(text);
        if (success && words.get(0).equals("chain") && words.contains("--replace")) {
          left = true;
        }
        return success;
      }
      default -> throw new AssertionError("unknown command: " + words);
    }
  }
}
