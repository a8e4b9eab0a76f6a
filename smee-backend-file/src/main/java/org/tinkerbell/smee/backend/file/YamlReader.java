// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

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

  private static final String STR = Tag.STR.getValue();

  private final String text;
  private final Parser parser;
  private final Map<String, YamlNode> anchors = new HashMap<>();
  private final Problems problems;
  private long aliasedNodes;
  private int lastLine = 1;
  private int lastColumn = 1;

  /**
   * Makes a reader.
   *
   * @param text the whole file
   * @param problems receives what is left out, such as keys that are no text
   */
  YamlReader(String text, Problems problems) throws BadFileException {
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            // The file's size is bounded before.
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    this.text = text;
    this.problems = problems;
    this.parser = new ParserImpl(settings, new StreamReader(settings, text));
    next();
  }

  /** Goes on to the next document. Returns false at the end of the stream. */
  boolean nextDocument() throws BadFileException {
    anchors.clear();
    while (!at(Event.ID.StreamEnd)) {
      if (next().getEventId() == Event.ID.DocumentStart) {
        return true;
      }
    }
    return false;
  }

  /** Goes into the list or mapping that stands here, if the event is of that kind. */
  boolean enter(Event.ID start) throws BadFileException {
    if (!at(start)) {
      return false;
    }
    next();
    return true;
  }

  /** Leaves the list or mapping entered before, if it ends here. */
  boolean leave(Event.ID end) throws BadFileException {
    return enter(end);
  }

  /** Tells whether an event of this kind is next. */
  boolean at(Event.ID id) throws BadFileException {
    return peek().getEventId() == id;
  }

  /** Reads the node that stands here, with all it holds. */
  YamlNode readNode() throws BadFileException {
    return readNode(0);
  }

  private YamlNode readNode(int depth) throws BadFileException {
    Event event = next();
    if (event instanceof AliasEvent alias) {
      return resolve(alias);
    }
    if (depth >= MAX_DEPTH) {
      throw fault("nested more than " + MAX_DEPTH + " levels deep");
    }
    int line = lastLine;
    int column = lastColumn;
    YamlNode node;
    if (event instanceof ScalarEvent scalar) {
      boolean plain = scalar.isPlain() && !STR.equals(scalar.getTag().orElse(""));
      node = new YamlNode.Scalar(line, column, scalar.getValue(), plain);
    } else if (event instanceof SequenceStartEvent) {
      node = readSequence(line, column, depth);
    } else if (event instanceof MappingStartEvent) {
      node = readMapping(line, column, depth);
    } else {
      throw fault("a value is expected here");
    }
    // Only now, so that an alias within the node cannot make it contain itself.
    ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), node));
    return node;
  }

  private YamlNode resolve(AliasEvent alias) throws BadFileException {
    String name = alias.getAlias().getValue();
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
    while (!leave(Event.ID.SequenceEnd)) {
      YamlNode item = readNode(depth + 1);
      items.add(item);
      weight = add(weight, item.weight());
    }
    return new YamlNode.Sequence(line, column, weight, items);
  }

  private YamlNode readMapping(int line, int column, int depth) throws BadFileException {
    List<YamlNode.Entry> own = new ArrayList<>();
    List<YamlNode.Entry> merged = new ArrayList<>();
    int weight = 1;
    while (!leave(Event.ID.MappingEnd)) {
      YamlNode key = readNode(depth + 1);
      YamlNode value = readNode(depth + 1);
      weight = add(weight, add(1, value.weight()));
      if (!(key instanceof YamlNode.Scalar name)) {
        problems.add(key, "a key must be text, not " + key.kind() + "; it is ignored");
      } else if (isMerge(name)) {
        // Of several sources the first has precedence, and the last entry wins.
        merged.addAll(0, mergedEntries(value));
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

  private Event peek() throws BadFileException {
    try {
      return parser.peekEvent();
    } catch (RuntimeException e) {
      throw explain(e);
    }
  }

  private Event next() throws BadFileException {
    Event event;
    try {
      event = parser.next();
    } catch (RuntimeException e) {
      throw explain(e);
    }
    event.getStartMark().ifPresent(this::remember);
    return event;
  }

  private void remember(Mark mark) {
    lastLine = mark.getLine() + 1;
    lastColumn = mark.getColumn() + 1;
  }

  private BadFileException fault(String reason) {
    return new BadFileException(lastLine, lastColumn, reason);
  }

  /** Makes one line for a person from what the parser says. */
  private BadFileException explain(RuntimeException e) {
    if (e instanceof MarkedYamlEngineException marked) {
      Optional<Mark> mark = marked.getProblemMark().or(marked::getContextMark);
      mark.ifPresent(this::remember);
      String problem = oneLine(marked.getProblem());
      if (problem.contains("\\t(TAB)")) {
        return fault("a tab cannot be used here; indent with blanks");
      }
      String context = marked.getContext();
      if (context == null) {
        return fault(problem);
      }
      String begin =
          marked
              .getContextMark()
              .filter(m -> m.getLine() + 1 != lastLine)
              .map(m -> ", begun in line " + (m.getLine() + 1))
              .orElse("");
      return fault(problem + " (" + oneLine(context) + begin + ")");
    }
    if (e instanceof ReaderException reader) {
      locate(reader.getPosition());
      return fault(
          String.format(
              Locale.ROOT, "the character U+%04X is not allowed in YAML", reader.getCodePoint()));
    }
    if (e instanceof YamlVersionException) {
      return fault("the %YAML directive names a version that is not supported");
    }
    if (e instanceof NumberFormatException || e instanceof IllegalArgumentException) {
      return fault("an escape sequence in or after this value is not a character");
    }
    return fault("cannot be read as YAML: " + oneLine(String.valueOf(e.getMessage())));
  }

  /** The reader reports a number of code points instead of a place. */
  private void locate(int position) {
    lastLine = 1;
    lastColumn = 1;
    int end = text.offsetByCodePoints(0, Math.min(position, text.codePointCount(0, text.length())));
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        lastLine++;
        lastColumn = 1;
      } else if (!Character.isLowSurrogate(c)) {
        lastColumn++;
      }
    }
  }

  private static String oneLine(String message) {
    return shorten(message.replaceAll("\\s+", " ").trim());
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
