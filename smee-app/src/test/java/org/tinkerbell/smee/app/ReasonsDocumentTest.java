// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.dhcp.IgnoreReason;
import org.tinkerbell.smee.dhcp.netboot.NetbootReasons;

/**
 * {@code docs/reference/reasons.md} has exactly the reasons that DHCP packets get no answer for.
 */
class ReasonsDocumentTest {

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @Test
  void everyReasonIsDocumentedAndNoOther() throws Exception {
    String page = Files.readString(Path.of("../docs/reference/reasons.md"));
    String dhcp = page.substring(0, page.indexOf("\n# ", 1));
    Set<String> documented =
        dhcp.lines()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.indexOf('|', 1)))
            .flatMap(cell -> CODE.matcher(cell).results())
            .map(code -> code.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(documented).isEqualTo(reasons());
  }

  private static Set<String> reasons() {
    Stream<String> ofHandlers =
        Stream.of(IgnoreReason.class, NetbootReasons.class)
            .flatMap(holder -> Arrays.stream(holder.getFields()))
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> field.getType().equals(IgnoreReason.class))
            .map(ReasonsDocumentTest::token);
    Stream<String> others = Stream.of(DhcpLog.MALFORMED, DhcpLog.SEND_FAILED, "too-many-in-flight");
    return Stream.concat(ofHandlers, others).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String token(Field field) {
    try {
      return ((IgnoreReason) field.get(null)).token();
    } catch (IllegalAccessException e) {
      throw new AssertionError("public fields can be read", e);
    }
  }
}
