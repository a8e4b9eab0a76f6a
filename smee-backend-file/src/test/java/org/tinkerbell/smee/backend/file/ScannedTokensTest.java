// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.ScannerException;
import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.tokens.Token;

class ScannedTokensTest {
  private static Scanner scanner(String text) {
    LoadSettings settings = LoadSettings.builder().build();
    return new ScannerImpl(settings, new StreamReader(settings, text));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 30, 31, 32, 33, 500})
  void tokensComeAsTheScannerGivesThem(int items) {
    String text = "a: {b: [c]}\n" + "k:\n" + "- &x y\n".repeat(items);
    Scanner expected = scanner(text);
    Scanner tokens = new ScannedTokens(scanner(text));
    while (expected.hasNext()) {
      Token token = expected.next();
      assertThat(tokens.checkToken()).isTrue();
      assertThat(tokens.checkToken(token.getTokenId())).isTrue();
      assertThat(tokens.checkToken(Token.ID.Directive, token.getTokenId())).isTrue();
      assertThat(tokens.checkToken(Token.ID.Directive)).isFalse();
      assertThat(tokens.checkToken(Token.ID.Directive, Token.ID.Comment)).isFalse();
      assertThat(tokens.peekToken()).hasToString(token.toString());
      assertThat(tokens.next()).hasToString(token.toString());
    }
    assertThat(tokens.hasNext()).isFalse();
    assertThat(tokens.checkToken()).isFalse();
    assertThat(tokens.checkToken(Token.ID.StreamEnd)).isFalse();
    assertThatThrownBy(tokens::next).isInstanceOf(NoSuchElementException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 300})
  void aFaultComesAfterTheTokensBeforeIt(int items) {
    String text = "- x\n".repeat(items) + "- @\n";
    Scanner expected = scanner(text);
    Scanner tokens = new ScannedTokens(scanner(text));
    int before = 0;
    try {
      while (expected.hasNext()) {
        assertThat(tokens.next()).hasToString(expected.next().toString());
        before++;
      }
    } catch (ScannerException e) {
      assertThatThrownBy(tokens::peekToken).hasMessage(e.getMessage());
      assertThatThrownBy(tokens::hasNext).hasMessage(e.getMessage());
    }
    assertThat(before).isGreaterThan(items);
  }

  private static String fault(String text) {
    try {
      HardwareFiles.read(text);
    } catch (BadFileException e) {
      return e.describe(Path.of("f")).substring(2);
    }
    throw new AssertionError("was read: " + text);
  }

  /** The scanner works ahead of the parser; what is wrong first must still be told. */
  @Test
  void theFirstFaultOfAFileIsTold() {
    assertThat(fault("a: b\n- c\n" + "d: e\n".repeat(20) + "f: \"\n")).startsWith("2:1:");
    assertThat(fault("a: b\n".repeat(40) + "c: @\n")).startsWith("41:4:");
    assertThat(fault("a: b\n".repeat(400) + "c: \u0001\n")).startsWith("401:4:");
    assertThat(fault("a: [b,\n" + "c,\n".repeat(400) + "]]\n")).startsWith("402:2:");
  }
}
