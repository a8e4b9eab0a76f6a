// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.Random;

/** Writes YAML and JSON texts at random, in the many ways that people and programs format them. */
final class RandomYaml {
  private static final String[] WORDS = {
    "a",
    "52:54:00:aa:88:2a",
    "192.168.2.15",
    "http://boot.example/auto.ipxe?a=b&c",
    "yes",
    "~",
    "null",
    "-3",
    ".5",
    "030",
    "1e3",
    "/dev/sda",
    "$(x)",
    "+1",
    "two words",
    "a#b",
    "s\u00e4rver",
    "_",
    "a\\b",
    "it's",
    "a\"b",
    "x@y",
    "a%20b",
    "k=v",
    "what?",
    "a!",
    "b*c",
    "(x)",
    "2001:db8::1",
    "a;b",
    "<x>",
    "tail-"
  };

  private static final String[] QUOTED = {
    "\"\"",
    "''",
    "\"a b\"",
    "'it''s'",
    "\"q\\\"q\"",
    "\"\\\\\\/\\n\\t\\r\"",
    "\"\\u00e9\\u0026\"",
    "\"#\"",
    "': '",
    "\" x \"",
    "\"{[,]}\"",
    "'\\n'",
    "\"\\x41\"",
    "\"a\\\n   b\"",
    "'a\n   b'"
  };

  /** What a mutation puts somewhere. */
  private static final String[] PIECES = {
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n ",
    ":",
    ": ",
    "-",
    "- ",
    "#",
    " # c\n",
    "#c\n",
    ",",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "|\n",
    "|-\n",
    ">\n",
    "&a ",
    "*a",
    "!!str ",
    "? ",
    "---\n",
    "\n---\n",
    "...\n",
    "\t",
    "<<: ",
    "%",
    "@",
    "`",
    "\r\n",
    "\u00a0",
    "\u2028",
    "\ufeff",
    "\ud83d\ude00",
    "~",
    "- - ",
    "- a: ",
    "[]",
    "{}",
    "null",
    ".",
    "--- a",
    "\u0085",
    "\\",
    "|+\n\n  x\n\n"
  };

  private final Random random;
  private final StringBuilder out = new StringBuilder();

  private RandomYaml(Random random) {
    this.random = random;
  }

  /** Returns a text that is YAML, nearly always. */
  static String text(Random random) {
    RandomYaml yaml = new RandomYaml(random);
    int documents = 1 + (yaml.oneIn(4) ? random.nextInt(3) : 0);
    for (int i = 0; i < documents; i++) {
      yaml.comments(0);
      if (i > 0 || yaml.oneIn(3)) {
        yaml.out.append(yaml.oneIn(4) ? "---  # next\n" : "---\n");
      }
      yaml.comments(0);
      if (yaml.oneIn(6)) {
        yaml.flow(0);
        yaml.lineEnd();
      } else {
        yaml.block(yaml.oneIn(8) ? 2 : 0, 0);
      }
    }
    if (yaml.oneIn(5) && yaml.out.charAt(yaml.out.length() - 1) == '\n') {
      yaml.out.setLength(yaml.out.length() - 1);
    }
    return yaml.out.toString();
  }

  /** Returns a text with some of it deleted, doubled or made something else. */
  static String mutated(String text, Random random) {
    StringBuilder mutant = new StringBuilder(text);
    int edits = 1 + random.nextInt(3);
    for (int i = 0; i < edits && mutant.length() > 1; i++) {
      int at = random.nextInt(mutant.length());
      int end = Math.min(mutant.length(), at + 1 + random.nextInt(4));
      switch (random.nextInt(4)) {
        case 0 -> mutant.delete(at, end);
        case 1 -> mutant.insert(at, mutant.substring(at, end));
        default -> mutant.insert(at, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return mutant.toString();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private void lineEnd() {
    if (oneIn(8)) {
      out.append(" ".repeat(1 + random.nextInt(3)));
      out.append(oneIn(2) ? "# a comment: [x" : "");
    }
    out.append('\n');
    comments(random.nextInt(6));
  }

  private void comments(int indent) {
    while (oneIn(12)) {
      out.append(" ".repeat(indent)).append(oneIn(2) ? "# - a: b" : "").append('\n');
    }
  }

  /** Writes a block at the begin of a line. */
  private void block(int indent, int depth) {
    boolean mapping = !oneIn(3);
    int entries = 1 + random.nextInt(4);
    for (int i = 0; i < entries; i++) {
      out.append(" ".repeat(indent));
      entry(mapping, indent, depth);
    }
  }

  private void entry(boolean mapping, int indent, int depth) {
    if (mapping) {
      out.append(oneIn(5) ? quoted() : word()).append(oneIn(20) ? " :" : ":");
      value(indent, depth, true);
    } else {
      out.append('-');
      value(indent, depth, false);
    }
  }

  private void value(int indent, int depth, boolean ofMapping) {
    int inner = indent + 1 + random.nextInt(4);
    switch (random.nextInt(depth > 3 ? 6 : 10)) {
      case 0 -> lineEnd();
      case 1 -> {
        blanks();
        flow(0);
        lineEnd();
      }
      case 2 -> {
        blanks();
        out.append(quoted());
        lineEnd();
      }
      case 3 -> literal(inner);
      case 4, 5 -> {
        if (oneIn(10)) {
          out.append('\n').append(" ".repeat(inner));
        } else {
          blanks();
        }
        out.append(word());
        lineEnd();
      }
      default -> {
        if (!ofMapping && oneIn(2)) {
          int gap = 1 + random.nextInt(3);
          out.append(" ".repeat(gap));
          boolean mapping = !oneIn(3);
          int entries = 1 + random.nextInt(3);
          for (int i = 0; i < entries; i++) {
            out.append(i == 0 ? "" : " ".repeat(indent + 1 + gap));
            entry(mapping, indent + 1 + gap, depth + 1);
          }
          return;
        }
        lineEnd();
        if (ofMapping && oneIn(3)) {
          // A list that is not indented.
          int entries = 1 + random.nextInt(3);
          for (int i = 0; i < entries; i++) {
            out.append(" ".repeat(indent));
            entry(false, indent, depth + 1);
          }
        } else {
          block(inner, depth + 1);
        }
      }
    }
  }

  private void literal(int inner) {
    blanks();
    out.append(oneIn(12) ? '>' : '|').append(oneIn(3) ? "-" : oneIn(4) ? "+" : "").append('\n');
    int lines = 1 + random.nextInt(4);
    for (int i = 0; i < lines; i++) {
      if (oneIn(4)) {
        out.append(" ".repeat(oneIn(2) ? 0 : random.nextInt(8))).append('\n');
      } else {
        out.append(" ".repeat(inner + (i > 0 && oneIn(4) ? 2 : 0)));
        out.append(oneIn(4) ? "# no comment: [" : word()).append('\n');
      }
    }
  }

  private void flow(int depth) {
    if (depth > 0 && (depth > 3 || oneIn(2))) {
      out.append(oneIn(2) ? quoted() : word());
      return;
    }
    boolean mapping = oneIn(2);
    out.append(mapping ? '{' : '[');
    int entries = random.nextInt(4);
    for (int i = 0; i < entries; i++) {
      out.append(i > 0 ? "," : "");
      flowSpace();
      if (mapping) {
        out.append(oneIn(2) ? quoted() : word()).append(':').append(oneIn(10) ? "" : " ");
        if (oneIn(10)) {
          flowSpace();
        }
      }
      flow(depth + 1);
      if (oneIn(10)) {
        flowSpace();
      }
    }
    out.append(mapping ? '}' : ']');
  }

  private void flowSpace() {
    if (oneIn(6)) {
      out.append('\n').append(" ".repeat(random.nextInt(6)));
    } else {
      out.append(oneIn(2) ? " " : "");
    }
  }

  private void blanks() {
    out.append(oneIn(6) ? "   " : " ");
  }

  private String word() {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private String quoted() {
    return QUOTED[random.nextInt(QUOTED.length)];
  }
}
