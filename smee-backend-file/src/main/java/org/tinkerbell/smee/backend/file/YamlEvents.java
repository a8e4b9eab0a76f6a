// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * What a YAML or JSON text consists of, piece by piece: the events of SnakeYAML Engine. Its
 * complaints become one line with a place.
 */
final class YamlEvents {

  /** The kinds of pieces. */
  enum Kind {
    /** A document begins. */
    DOCUMENT,
    /** A value or a key. */
    SCALAR,
    /** A reference to a node before. */
    ALIAS,
    /** A list begins. */
    SEQUENCE_START,
    /** A list ends. */
    SEQUENCE_END,
    /** A mapping begins. */
    MAPPING_START,
    /** A mapping ends. */
    MAPPING_END,
    /** The text ends. */
    END
  }

  /** In characters. */
  private static final int PIECE = 16 * 1024;

  private static final String STR = Tag.STR.getValue();

  private final FileText source;
  private final Parser parser;
  private int line = 1;
  private int column = 1;
  private String text = "";
  private boolean plain;
  private @Nullable String anchor;

  YamlEvents(FileText source) {
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            // With each piece that is read, what a long value has so far is copied.
            .setBufferSize(PIECE)
            // The file's size is bounded before.
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    this.source = source;
    StreamReader reader = new StreamReader(settings, source.open());
    this.parser = new ParserImpl(settings, new ScannedTokens(new ScannerImpl(settings, reader)));
  }

  /** Returns the kind of the piece that comes next and stays there. */
  Kind peek() throws BadFileException {
    while (true) {
      Event event = peekEvent();
      Kind kind = kind(event.getEventId());
      if (kind != null) {
        return kind;
      }
      nextEvent();
    }
  }

  /**
   * Goes on to the next piece, which the methods below tell of until the next call of this or of
   * {@link #peek}.
   */
  Kind next() throws BadFileException {
    while (true) {
      Event event = nextEvent();
      Kind kind = kind(event.getEventId());
      if (kind != null) {
        event.getStartMark().ifPresent(this::remember);
        describe(event);
        return kind;
      }
    }
  }

  private static @Nullable Kind kind(Event.ID id) {
    return switch (id) {
      case DocumentStart -> Kind.DOCUMENT;
      case Scalar -> Kind.SCALAR;
      case Alias -> Kind.ALIAS;
      case SequenceStart -> Kind.SEQUENCE_START;
      case SequenceEnd -> Kind.SEQUENCE_END;
      case MappingStart -> Kind.MAPPING_START;
      case MappingEnd -> Kind.MAPPING_END;
      case StreamEnd -> Kind.END;
      case StreamStart, DocumentEnd, Comment -> null;
    };
  }

  private void describe(Event event) {
    anchor = null;
    if (event instanceof AliasEvent alias) {
      text = alias.getAlias().getValue();
      return;
    }
    if (event instanceof ScalarEvent scalar) {
      text = scalar.getValue();
      plain = scalar.isPlain() && !STR.equals(scalar.getTag().orElse(""));
    }
    if (event instanceof NodeEvent node) {
      anchor = node.getAnchor().map(Anchor::getValue).orElse(null);
    }
  }

  /** Returns the line, counted from 1. */
  int line() {
    return line;
  }

  /** Returns the column, counted from 1. */
  int column() {
    return column;
  }

  /** Returns the text of a scalar, or the name that an alias refers to. */
  String text() {
    return text;
  }

  /** Tells whether a scalar stands without quotes and was not declared to be text. */
  boolean plain() {
    return plain;
  }

  /** Returns the name that aliases can refer to this piece by; null if it has none. */
  @Nullable String anchor() {
    return anchor;
  }

  private Event peekEvent() throws BadFileException {
    try {
      return parser.peekEvent();
    } catch (RuntimeException e) {
      throw explain(e);
    }
  }

  private Event nextEvent() throws BadFileException {
    try {
      return parser.next();
    } catch (RuntimeException e) {
      throw explain(e);
    }
  }

  private void remember(Mark mark) {
    line = mark.getLine() + 1;
    column = mark.getColumn() + 1;
  }

  private BadFileException fault(String reason) {
    return new BadFileException(line, column, reason);
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
              .filter(m -> m.getLine() + 1 != line)
              .map(m -> ", begun in line " + (m.getLine() + 1))
              .orElse("");
      return fault(problem + " (" + oneLine(context) + begin + ")");
    }
    if (e instanceof ReaderException reader) {
      return source.faultAt(
          reader.getPosition(),
          String.format(
              Locale.ROOT, "the character U+%04X is not allowed in YAML", reader.getCodePoint()));
    }
    if (e.getCause() instanceof CharacterCodingException) {
      return source.encodingFault();
    }
    if (e instanceof YamlVersionException) {
      return fault("the %YAML directive names a version that is not supported");
    }
    if (e instanceof NumberFormatException || e instanceof IllegalArgumentException) {
      return fault("an escape sequence in or after this value is not a character");
    }
    return fault("cannot be read as YAML: " + oneLine(String.valueOf(e.getMessage())));
  }

  private static String oneLine(String message) {
    return YamlReader.shorten(message.replaceAll("\\s+", " ").trim());
  }
}
