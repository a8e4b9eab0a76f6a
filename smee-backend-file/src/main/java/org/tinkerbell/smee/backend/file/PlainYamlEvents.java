// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the part of YAML that hardware files are made of, and JSON, several times as fast as an
 * engine that reads all of it: 100,000 records must not keep a start waiting.
 *
 * <p>Known are mappings and lists in blocks and in brackets, scalars that begin and end in one
 * line, with or without quotes, {@code |} blocks, comments between blocks, and documents. All else,
 * anchors, tags, merge keys, folded and continued text, tabs and every mistake among it, is
 * {@linkplain UnfamiliarYamlException unfamiliar}: the file is then read by {@link
 * EngineYamlEvents} instead, from its begin. So this class never says that a file is wrong, and
 * what it does read, it must read as the engine does, to the column; a test compares the two over
 * files made at random.
 */
final class PlainYamlEvents implements YamlEvents {
  /** Deeper than any hardware description. */
  private static final int MAX_DEPTH = 40;

  /** The engine refuses keys from 1024 characters on. */
  private static final int LONGEST_KEY = 1000;

  /** The indent of a document, which what is in it exceeds. */
  private static final int NONE = -1;

  private enum Nest {
    BLOCK_MAPPING,
    BLOCK_SEQUENCE,
    FLOW_MAPPING,
    FLOW_SEQUENCE
  }

  private enum Expected {
    FIRST,
    NEXT,
    VALUE
  }

  private final PlainText in;

  private final Nest[] nests = new Nest[MAX_DEPTH];
  private final int[] indents = new int[MAX_DEPTH];
  private final Expected[] expected = new Expected[MAX_DEPTH];
  private int depth;

  private boolean started;
  private boolean documentOpen;

  /** Whether the position is at the first character of a line, or of what counts as one. */
  private boolean atContent;

  /** The indent of the line that {@link #atContent} tells of; NONE where a document ends. */
  private int indent;

  private @Nullable Kind peeked;
  private int line = 1;
  private int column = 1;
  private String text = "";
  private boolean plain;

  PlainYamlEvents(String source) {
    this.in = new PlainText(source);
    Arrays.fill(nests, Nest.BLOCK_MAPPING);
    Arrays.fill(expected, Expected.FIRST);
  }

  @Override
  public Kind peek() {
    if (peeked == null) {
      peeked = produce();
    }
    return peeked;
  }

  @Override
  public Kind next() {
    Kind kind = peek();
    peeked = null;
    return kind;
  }

  @Override
  public int line() {
    return line;
  }

  @Override
  public int column() {
    return column;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public boolean plain() {
    return plain;
  }

  @Override
  public @Nullable String anchor() {
    return null;
  }

  private UnfamiliarYamlException unfamiliar() {
    return new UnfamiliarYamlException(in.line(), in.column() + 1);
  }

  private void require(boolean familiar) {
    if (!familiar) {
      throw unfamiliar();
    }
  }

  private Kind produce() {
    if (depth == 0) {
      return document();
    }
    return switch (nests[depth - 1]) {
      case BLOCK_MAPPING -> blockMapping();
      case BLOCK_SEQUENCE -> blockSequence();
      case FLOW_MAPPING -> flowMapping();
      case FLOW_SEQUENCE -> flowSequence();
    };
  }

  // Documents

  private Kind document() {
    if (documentOpen) {
      documentOpen = false;
      return blockNode(NONE, false);
    }
    if (!started) {
      require(in.firstUnusual() < 0);
    }
    toContent();
    if (in.atEnd()) {
      return Kind.END;
    }
    if (indent == NONE) {
      in.skip(3);
      atContent = false;
      in.skipBlanks();
      require(in.atLineEnd());
    } else {
      require(!started);
    }
    started = true;
    documentOpen = true;
    return Kind.DOCUMENT;
  }

  // Lines

  /** Goes to the first character of the next line that has any but blanks and a comment. */
  private void toContent() {
    if (atContent) {
      return;
    }
    while (true) {
      boolean fresh = in.column() == 0;
      in.skipBlanks();
      if (in.here() == '#') {
        require(fresh || in.at(-1) == ' ');
        in.skipToLineEnd();
      }
      if (in.atEnd()) {
        indent = NONE;
        break;
      }
      if (in.here() != '\n') {
        require(fresh);
        indent = isDocumentStart() ? NONE : in.column();
        break;
      }
      in.nextLine();
    }
    atContent = true;
  }

  private boolean isDocumentStart() {
    return in.column() == 0
        && in.here() == '-'
        && in.at(1) == '-'
        && in.at(2) == '-'
        && PlainText.isSpace(in.at(3));
  }

  private boolean isDash() {
    return in.here() == '-' && PlainText.isSpace(in.at(1));
  }

  // Blocks

  private Kind blockMapping() {
    int own = indents[depth - 1];
    if (expected[depth - 1] == Expected.VALUE) {
      expected[depth - 1] = Expected.NEXT;
      return blockNode(own, true);
    }
    toContent();
    if (indent < own) {
      return leave(Kind.MAPPING_END);
    }
    require(indent == own && !isDash());
    int begin = in.position();
    atContent = false;
    scalar(true);
    require(in.position() - begin <= LONGEST_KEY);
    in.skipBlanks();
    require(in.here() == ':' && PlainText.isSpace(in.at(1)));
    in.skip(1);
    expected[depth - 1] = Expected.VALUE;
    return Kind.SCALAR;
  }

  private Kind blockSequence() {
    int own = indents[depth - 1];
    toContent();
    if (indent < own) {
      return leave(Kind.SEQUENCE_END);
    }
    require(indent == own);
    if (!isDash()) {
      // The next key of a mapping whose value is a list that is not indented.
      require(depth > 1 && nests[depth - 2] == Nest.BLOCK_MAPPING && indents[depth - 2] == own);
      return leave(Kind.SEQUENCE_END);
    }
    in.skip(1);
    atContent = false;
    return blockNode(own, false);
  }

  /**
   * Begins what stands after a colon, a dash or the begin of a document.
   *
   * @param outer the indent around it
   * @param value whether it is the value of a mapping
   */
  private Kind blockNode(int outer, boolean value) {
    place();
    int emptyLine = line;
    int emptyColumn = column;
    if (!atContent) {
      in.skipBlanks();
      if (!in.atLineEnd() && in.here() != '#') {
        if (value) {
          require(!isDash());
          return scalarOrFlow(outer);
        }
        // A mapping or list within a list may begin in the line of its dash.
        atContent = true;
        indent = in.column();
        return nodeOfOwnLine(outer);
      }
      toContent();
    }
    if (indent > outer) {
      return nodeOfOwnLine(outer);
    }
    if (value && indent == outer && isDash()) {
      return enter(Nest.BLOCK_SEQUENCE, Kind.SEQUENCE_START);
    }
    require(outer != NONE);
    line = emptyLine;
    column = emptyColumn;
    text = "";
    plain = true;
    return Kind.SCALAR;
  }

  private Kind nodeOfOwnLine(int outer) {
    if (isDash()) {
      return enter(Nest.BLOCK_SEQUENCE, Kind.SEQUENCE_START);
    }
    if (beginsMapping()) {
      return enter(Nest.BLOCK_MAPPING, Kind.MAPPING_START);
    }
    // Outside of everything, text may go on in a line of any indent.
    require(outer != NONE || in.here() == '{' || in.here() == '[');
    atContent = false;
    return scalarOrFlow(outer);
  }

  private boolean beginsMapping() {
    char c = in.here();
    if (c == '{' || c == '[' || c == '|') {
      return false;
    }
    int begin = in.position();
    scalar(true);
    in.skipBlanks();
    boolean isKey = in.here() == ':' && PlainText.isSpace(in.at(1));
    in.back(begin);
    return isKey;
  }

  private Kind scalarOrFlow(int outer) {
    char c = in.here();
    if (c == '{' || c == '[') {
      return enterFlow();
    }
    if (c == '|') {
      literal(outer);
    } else {
      scalar(false);
    }
    return Kind.SCALAR;
  }

  /** Reads a {@code |} block. */
  private void literal(int outer) {
    place();
    in.skip(1);
    char chomping = in.here();
    if (chomping == '-' || chomping == '+') {
      in.skip(1);
    }
    in.skipBlanks();
    require(in.here() == '\n');
    in.nextLine();
    StringBuilder content = new StringBuilder();
    int inner = NONE;
    int breaks = 0;
    while (true) {
      int begin = in.position();
      while (in.here() == ' ' && (inner == NONE || in.column() < inner)) {
        in.skip(1);
      }
      if (in.here() == '\n') {
        // How blanks before the first line count is a question for the engine.
        require(inner != NONE || in.column() == 0);
        breaks++;
        in.nextLine();
        continue;
      }
      if (inner == NONE) {
        inner = in.column();
        require(!in.atEnd() && inner > outer);
      }
      if (in.atEnd() || in.column() < inner) {
        in.back(begin);
        break;
      }
      int start = in.position();
      in.skipToLineEnd();
      content.append("\n".repeat(breaks)).append(in.between(start, in.position()));
      // Whether a last line without an end gets one is a question for the engine, too.
      require(!in.atEnd());
      breaks = 1;
      in.nextLine();
    }
    int kept = chomping == '-' ? 0 : chomping == '+' ? breaks : Math.min(breaks, 1);
    text = content.append("\n".repeat(kept)).toString();
    plain = false;
  }

  // Brackets

  private Kind enterFlow() {
    boolean mapping = in.here() == '{';
    Kind kind =
        mapping
            ? enter(Nest.FLOW_MAPPING, Kind.MAPPING_START)
            : enter(Nest.FLOW_SEQUENCE, Kind.SEQUENCE_START);
    in.skip(1);
    atContent = false;
    return kind;
  }

  private Kind flowMapping() {
    skipFlowSpace();
    if (expected[depth - 1] == Expected.VALUE) {
      expected[depth - 1] = Expected.NEXT;
      return flowNode();
    }
    if (flowEnds('}')) {
      return leave(Kind.MAPPING_END);
    }
    int begin = in.position();
    flowScalar();
    require(in.position() - begin <= LONGEST_KEY);
    in.skipBlanks();
    require(in.here() == ':' && (!plain || PlainText.isSpace(in.at(1))));
    in.skip(1);
    expected[depth - 1] = Expected.VALUE;
    return Kind.SCALAR;
  }

  private Kind flowSequence() {
    skipFlowSpace();
    if (flowEnds(']')) {
      return leave(Kind.SEQUENCE_END);
    }
    return flowNode();
  }

  /** Goes over the closing bracket, or over the comma before an item that is not the first. */
  private boolean flowEnds(char bracket) {
    boolean first = expected[depth - 1] == Expected.FIRST;
    expected[depth - 1] = Expected.NEXT;
    if (in.here() == bracket) {
      in.skip(1);
      return true;
    }
    if (!first) {
      require(in.here() == ',');
      in.skip(1);
      skipFlowSpace();
    }
    return false;
  }

  private Kind flowNode() {
    if (in.here() == '{' || in.here() == '[') {
      return enterFlow();
    }
    flowScalar();
    return Kind.SCALAR;
  }

  private void skipFlowSpace() {
    in.skipBlanks();
    while (in.here() == '\n') {
      in.nextLine();
      in.skipBlanks();
    }
  }

  // Scalars

  /** Reads a scalar outside of brackets. */
  private void scalar(boolean mayBeKey) {
    if (!quoted()) {
      plainScalar(mayBeKey);
    }
  }

  private void plainScalar(boolean mayBeKey) {
    place();
    require(beginsPlain());
    int begin = in.position();
    int end = begin;
    for (char c = in.here(); c != '\n' && !in.atEnd(); c = in.here()) {
      if (c == ':' && PlainText.isSpace(in.at(1))) {
        require(mayBeKey);
        break;
      }
      if (c == '#' && in.at(-1) == ' ') {
        break;
      }
      in.skip(1);
      end = c == ' ' ? end : in.position();
    }
    text = in.between(begin, end);
    plain = true;
  }

  /** Reads a scalar within brackets. */
  private void flowScalar() {
    if (quoted()) {
      return;
    }
    place();
    require(beginsPlain());
    int begin = in.position();
    int end = begin;
    for (char c = in.here(); c != '\n' && !in.atEnd(); c = in.here()) {
      if (c == ',' || c == ']' || c == '}' || (c == ':' && PlainText.isSpace(in.at(1)))) {
        break;
      }
      require(c != '[' && c != '{' && c != '#' && !(c == ':' && isFlowIndicator(in.at(1))));
      in.skip(1);
      end = c == ' ' ? end : in.position();
    }
    text = in.between(begin, end);
    plain = true;
  }

  private static boolean isFlowIndicator(char c) {
    return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
  }

  /** Tells whether a scalar without quotes begins here that cannot be taken for anything else. */
  private boolean beginsPlain() {
    char c = in.here();
    return isWord(c)
        || c == '/'
        || c == '~'
        || c == '('
        || c == '$'
        || c == '+'
        || ((c == '-' || c == '.') && isWord(in.at(1)));
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c >= 0xa0;
  }

  /** Reads a scalar in quotes, if one is here. */
  private boolean quoted() {
    char quote = in.here();
    if (quote != '"' && quote != '\'') {
      return false;
    }
    place();
    in.skip(1);
    int begin = in.position();
    @Nullable StringBuilder unescaped = null;
    while (true) {
      require(!in.atLineEnd());
      char c = in.here();
      if (c == quote && !(quote == '\'' && in.at(1) == quote)) {
        break;
      }
      boolean escape = c == quote || (quote == '"' && c == '\\');
      if (escape && unescaped == null) {
        unescaped = new StringBuilder(in.from(begin));
      }
      if (escape) {
        c = quote == '"' ? escaped(in.at(1)) : c;
        in.skip(1);
      }
      if (unescaped != null) {
        unescaped.append(c);
      }
      in.skip(1);
    }
    text = unescaped == null ? in.from(begin) : unescaped.toString();
    plain = false;
    in.skip(1);
    return true;
  }

  private char escaped(char letter) {
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'u' -> {
        int code = 0;
        for (int i = 2; i < 6; i++) {
          int digit = in.at(i) < 128 ? Character.digit(in.at(i), 16) : -1;
          require(digit >= 0);
          code = code * 16 + digit;
        }
        require(!Character.isSurrogate((char) code));
        in.skip(4);
        yield (char) code;
      }
      default -> throw unfamiliar();
    };
  }

  // Nesting

  private void place() {
    line = in.line();
    column = in.column() + 1;
  }

  private Kind enter(Nest nest, Kind kind) {
    require(depth < MAX_DEPTH);
    place();
    nests[depth] = nest;
    indents[depth] = in.column();
    expected[depth] = Expected.FIRST;
    depth++;
    return kind;
  }

  private Kind leave(Kind kind) {
    depth--;
    return kind;
  }
}
