// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code in the document is the code that is compiled and tested here. */
class WritingABackendTest {
  private static final Path DOCUMENT = Path.of("../docs/writing-a-backend.md");
  private static final Pattern BLOCK =
      Pattern.compile("```(?:java|text)\n(.*?)```", Pattern.DOTALL);

  private static List<String> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java/com/example/smee/csv/CsvBackendProvider.java",
        "java/com/example/smee/csv/CsvBackendTest.java",
        "resources/META-INF/services/org.tinkerbell.smee.backend.spi.BackendProvider",
      })
  void theDocumentShowsTheSource(String file) throws IOException {
    assertThat(blocks()).contains(Files.readString(Path.of("src/test", file)));
  }

  @Test
  void nothingElseIsShownAsJava() throws IOException {
    Matcher java = Pattern.compile("```java\n").matcher(Files.readString(DOCUMENT));
    assertThat(java.results().count()).isEqualTo(2);
  }
}
