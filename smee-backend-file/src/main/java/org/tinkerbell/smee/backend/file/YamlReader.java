// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a YAML or JSON text node by node.
 *
 * <p>The caller walks the outermost level itself, so that a file of many records never stands in
 * memory as one tree. Anchors, aliases and merge keys are resolved here; what a scalar means is
 * left to who reads it.
 */
final class YamlReader {
  /** Deep enough for any hardware description, and far from the end of the stack. */
  static final int MAX_DEPTH = 64;

  /** What aliases may stand for in all: 100,000 records that share a hundred values each. */
  static final int MAX_ALIASED_NODES = 10_000_000;

  private final YamlEvents events;
  private final Map<String, YamlNode> anchors = new HashMap<>();
  private final Problems problems;
  private long aliasedNodes;

  /**
   * Makes a reader.
   *
   * @param events the pieces of the file
   * @param problems receives what is left out, such as keys that are no text
   */
  YamlReader(YamlEvents events, Problems problems) {
    this.events = events;
    this.problems = problems;
  }

  /** Goes on to the next document. Returns false at the end of the stream. */
  boolean nextDocument() throws BadFileException {
    anchors.clear();
    while (events.peek() != YamlEvents.Kind.END) {
      if (events.next() == YamlEvents.Kind.DOCUMENT) {
        return true;
      }
    }
    return false;
  }

  /** Goes into the list that stands here, if it is one. */
  boolean enterSequence() throws BadFileException {
    return pass(YamlEvents.Kind.SEQUENCE_START);
  }

  /** Leaves the list entered before, if it ends here. */
  boolean leaveSequence() throws BadFileException {
    return pass(YamlEvents.Kind.SEQUENCE_END);
  }

  /** Goes into the mapping that stands here, if it is one. */
  boolean enterMapping() throws BadFileException {
    return pass(YamlEvents.Kind.MAPPING_START);
  }

  /** Leaves the mapping entered before, if it ends here. */
  boolean leaveMapping() throws BadFileException {
    return pass(YamlEvents.Kind.MAPPING_END);
  }

  private boolean pass(YamlEvents.Kind kind) throws BadFileException {
    if (events.peek() != kind) {
      return false;
    }
    events.next();
    return true;
  }

  /** Reads the node that stands here, with all it holds. */
  YamlNode readNode() throws BadFileException {
    return readNode(0);
  }

  private YamlNode readNode(int depth) throws BadFileException {
    YamlEvents.Kind kind = events.next();
    if (kind == YamlEvents.Kind.ALIAS) {
      return resolve(events.text());
    }
    if (depth >= MAX_DEPTH) {
      throw fault("nested more than " + MAX_DEPTH + " levels deep");
    }
    int line = events.line();
    int column = events.column();
    @Nullable String anchor = events.anchor();
    YamlNode node =
        switch (kind) {
          case SCALAR -> new YamlNode.Scalar(line, column, events.text(), events.plain());
          case SEQUENCE_START -> readSequence(line, column, depth);
          case MAPPING_START -> readMapping(line, column, depth);
          default -> throw fault("a value is expected here");
        };
    if (anchor != null) {
      // Only now, so that an alias within the node cannot make it contain itself.
      anchors.put(anchor, node);
    }
    return node;
  }

  private YamlNode resolve(String name) throws BadFileException {
    YamlNode node = anchors.get(name);
    if (node == null) {
      throw fault("there is no complete &" + shorten(name) + " before this alias");
    }
    aliasedNodes += node.weight();
    if (aliasedNodes > MAX_ALIASED_NODES) {
      throw fault("aliases stand for more than " + MAX_ALIASED_NODES + " values");
    }
    return node;
  }

  private YamlNode readSequence(int line, int column, int depth) throws BadFileException {
    List<YamlNode> items = new ArrayList<>();
    int weight = 1;
    while (!leaveSequence()) {
      YamlNode item = readNode(depth + 1);
      items.add(item);
      weight = add(weight, item.weight());
    }
    return new YamlNode.Sequence(line, column, weight, items);
  }

  private YamlNode readMapping(int line, int column, int depth) throws BadFileException {
    List<YamlNode.Entry> own = new ArrayList<>();
    List<YamlNode.Entry> merged = List.of();
    int weight = 1;
    while (!leaveMapping()) {
      YamlNode key = readNode(depth + 1);
      YamlNode value = readNode(depth + 1);
      weight = add(weight, add(1, value.weight()));
      if (!(key instanceof YamlNode.Scalar name)) {
        problems.add(key, "a key must be text, not " + key.kind() + "; it is ignored");
      } else if (isMerge(name)) {
        // Of several sources the first has precedence, and the last entry wins.
        List<YamlNode.Entry> more = mergedEntries(value);
        more.addAll(merged);
        merged = more;
      } else {
        own.add(new YamlNode.Entry(name, value, false));
      }
    }
    if (merged.isEmpty()) {
      return new YamlNode.Mapping(line, column, weight, own);
    }
    merged.addAll(own);
    return new YamlNode.Mapping(line, column, weight, merged);
  }

  /** Tells whether the key is the merge key of YAML 1.1. */
  static boolean isMerge(YamlNode.Scalar key) {
    return key.plain() && key.text().equals("<<");
  }

  /** Returns what {@code <<} takes over from a mapping or from a list of mappings. */
  List<YamlNode.Entry> mergedEntries(YamlNode source) {
    List<YamlNode.Entry> entries = new ArrayList<>();
    if (source instanceof YamlNode.Mapping mapping) {
      for (YamlNode.Entry entry : mapping.entries()) {
        entries.add(new YamlNode.Entry(entry.key(), entry.value(), true));
      }
    } else if (source instanceof YamlNode.Sequence sequence) {
      for (YamlNode item : sequence.items()) {
        if (item instanceof YamlNode.Mapping) {
          entries.addAll(0, mergedEntries(item));
        } else {
          problems.add(item, "<< takes mappings, not " + item.kind());
        }
      }
    } else if (!source.isNull()) {
      problems.add(source, "<< takes mappings, not " + source.kind());
    }
    return entries;
  }

  private static int add(int a, int b) {
    return (int) Math.min((long) a + b, Integer.MAX_VALUE);
  }

  private BadFileException fault(String reason) {
    return new BadFileException(events.line(), events.column(), reason);
  }

  /** Returns the text without control characters and not longer than a line has room for. */
  static String shorten(String value) {
    StringBuilder line = new StringBuilder(Math.min(value.length(), 160));
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      line.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
      if (line.length() == 160) {
        return line.append("...").toString();
      }
    }
    return line.toString();
  }
}
