// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.tokens.Token;

/**
 * Hands the tokens of a scanner on, which works some way ahead.
 *
 * <p>This is for the JVM's compiler: the parser asks for a token in thirty places, each of which
 * would be compiled with the whole scanner inside, for seconds, while a start waits. Here the
 * scanner is called in one place, and rarely.
 */
final class ScannedTokens implements Scanner {
  private static final int AHEAD = 128;

  private final Scanner scanner;
  private final @Nullable Token[] tokens = new @Nullable Token[AHEAD];
  private int taken;
  private int filled;

  /** What the scanner failed with; thrown when the tokens before are used up. */
  private @Nullable RuntimeException failure;

  ScannedTokens(Scanner scanner) {
    this.scanner = scanner;
  }

  @Override
  public boolean checkToken(Token.ID choice) {
    Token token = first();
    return token != null && token.getTokenId() == choice;
  }

  @Override
  public boolean checkToken(Token.ID... choices) {
    Token token = first();
    if (token == null) {
      return false;
    }
    for (Token.ID choice : choices) {
      if (token.getTokenId() == choice) {
        return true;
      }
    }
    return choices.length == 0;
  }

  @Override
  public Token peekToken() {
    Token token = first();
    if (token == null) {
      throw new NoSuchElementException("no token is left");
    }
    return token;
  }

  @Override
  public Token next() {
    Token token = peekToken();
    tokens[taken++] = null;
    return token;
  }

  @Override
  public boolean hasNext() {
    return first() != null;
  }

  /** Does nothing: the size of a document, which this is for, is not bounded here. */
  @Override
  public void resetDocumentIndex() {}

  /** Returns the next token, which stays; null after the last. */
  private @Nullable Token first() {
    if (taken == filled) {
      scan();
    }
    return taken < filled ? tokens[taken] : null;
  }

  private void scan() {
    if (failure != null) {
      throw failure;
    }
    taken = 0;
    filled = 0;
    try {
      while (filled < AHEAD && scanner.hasNext()) {
        tokens[filled++] = scanner.next();
      }
    } catch (RuntimeException e) {
      failure = e;
      if (filled == 0) {
        throw e;
      }
    }
  }
}
