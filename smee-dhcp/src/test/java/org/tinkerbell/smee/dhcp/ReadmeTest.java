// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeTest {

  private static final Pattern JAVA_BLOCK =
      Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void theServerOfTheReadmeIsTheOneThatIsTested() throws Exception {
    Matcher block = JAVA_BLOCK.matcher(Files.readString(Path.of("README.md")));
    String source =
        Files.readString(
            Path.of("src/test/java", ReadmeServer.class.getName().replace('.', '/') + ".java"));

    assertThat(block.find()).isTrue();
    assertThat(unindented(source)).contains(unindented(block.group(1)));
  }

  private static String unindented(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }
}
