// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import org.jspecify.annotations.Nullable;

/**
 * What a YAML or JSON text consists of, piece by piece.
 *
 * <p>{@link EngineYamlEvents} reads all of YAML, {@link PlainYamlEvents} the plain part of it that
 * nearly all hardware files keep to, several times as fast.
 */
interface YamlEvents {

  /** The kinds of pieces. */
  enum Kind {
    DOCUMENT,
    SCALAR,
    ALIAS,
    SEQUENCE_START,
    SEQUENCE_END,
    MAPPING_START,
    MAPPING_END,
    END
  }

  /** Returns the kind of the piece that comes next and stays there. */
  Kind peek() throws BadFileException;

  /**
   * Goes on to the next piece, which the methods below tell of until the next call of this or of
   * {@link #peek}.
   */
  Kind next() throws BadFileException;

  /** Returns the line, counted from 1. */
  int line();

  /** Returns the column, counted from 1. */
  int column();

  /** Returns the text of a scalar, or the name that an alias refers to. */
  String text();

  /** Tells whether a scalar stands without quotes and was not declared to be text. */
  boolean plain();

  /** Returns the name that aliases can refer to this piece by; null if it has none. */
  @Nullable String anchor();
}
