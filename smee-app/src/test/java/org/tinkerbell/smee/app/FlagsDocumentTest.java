// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/flags.md} is the flag table, written as a document. */
class FlagsDocumentTest {
  private static final String DETECTED = "the detected address";
  private static final String INTRODUCTION =
      """
      # Flags

      This page is the program's own table of flags; a test compares the two.

      `-name value`, `-name=value` and both with two dashes are the same; a true-or-false flag takes its value only after `=`,
      and alone means true. The last of a repeated flag wins, and `--` ends the flags. Numbers and durations are written as in
      Go: `8080`, `0x1F90`, `300ms`, `1m30s`.

      Every flag is an environment variable, too: `SMEE_` and its name in capitals, with `_` for `-`, as in `SMEE_HTTP_PORT`. An
      empty variable counts as not set. The command line wins over the environment, that over the default.

      *Also* are the names that today's Tinkerbell has for the same; they are as good, on the command line and with `SMEE_` in
      front. Two names of one flag with different values in one place are a fault.

      The detected address is that of the interface which `SMEE_PUBLIC_IP_INTERFACE` names, else that of the interface with the
      default route, else the first of any interface that is up. `-public-ipv4` takes its place.

      `-h` prints this table, `-version` the version; `-check` checks flags, variables and the hardware file, and starts nothing.
      """;

  @Test
  void theDocumentIsTheTable() throws Exception {
    String expected = document();
    Path written = Path.of("target/flags.md");
    Files.writeString(written, expected);
    assertThat(Path.of("../docs/reference/flags.md"))
        .as("copy smee-app/" + written + " to docs/reference/flags.md")
        .hasContent(expected);
  }

  private static String document() {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    Flag.Group last = null;
    List<Flag> flags =
        FlagTable.of(DETECTED, RunningSmee.BACKENDS).flags().stream()
            // The backend of a test on the class path.
            .filter(flag -> !flag.name().startsWith("backend-csv"))
            .toList();
    for (Flag flag : flags) {
      if (flag.group() != last) {
        last = flag.group();
        text.append("\n## ").append(title(last)).append("\n\n");
        text.append("| flag | type | default | meaning | also |\n|---|---|---|---|---|\n");
      }
      text.append("| `-").append(flag.name()).append("` | ");
      text.append(
          switch (flag.type()) {
            case TEXT -> "text";
            case BOOL -> "bool";
            case INT -> "int";
            case DURATION -> "duration";
          });
      text.append(" | ").append(byDefault(flag)).append(" | ");
      text.append(flag.help().replace("|", "\\|").replace("<", "&lt;")).append(" | ");
      text.append(
          flag.aliases().stream()
              .map(alias -> "`-" + alias.name() + "`")
              .collect(Collectors.joining(", ")));
      text.append(" |\n");
    }
    return text.toString().replace(" |  |", " | |");
  }

  private static String byDefault(Flag flag) {
    if (flag.defaultValue().isEmpty() || flag.defaultValue().equals(DETECTED)) {
      return flag.defaultValue();
    }
    return "`" + flag.defaultValue() + "`";
  }

  private static String title(Flag.Group group) {
    return switch (group) {
      case NONE -> "General";
      case TFTP_HTTP -> "TFTP and HTTP";
      case BACKEND -> "Backends";
      case SYSLOG -> "Syslog";
      case OTEL -> "Traces";
      default -> group.name().toUpperCase(Locale.ROOT);
    };
  }
}
