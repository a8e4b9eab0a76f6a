// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "/, /",
    "/a/b, /a/b",
    "/a/b/, /a/b/",
    "//a///b//, /a/b/",
    "/./a/./b, /a/b",
    "/a/., /a/",
    "/a/.., /",
    "/a/../b, /b",
    "/../../etc/passwd, /etc/passwd",
    "/a/../../../b/, /b/",
    "/%2e%2e/%2e%2e/etc, /etc",
    "/a%2f..%2f..%2fetc, /etc",
    "/a/%2E%2e%2fb, /b",
    "/%252e%252e/a, /%2e%2e/a",
    "/..a/.b, /..a/.b",
    "/08%3A00%3a27:29:4e:67/auto.ipxe, /08:00:27:29:4e:67/auto.ipxe",
    "/a%20b, /a b",
    "/%C3%A9, /é",
    "http://host:80/a//b, /a/b",
    "HTTPS://host, /",
    "http://host?q, /",
    "*, /",
    "/a#b, /a",
    "/a%5c..%5cb, '/a\\..\\b'",
  })
  void pathIsDecodedOnceAndCleaned(String target, String path) {
    assertThat(RequestTarget.parse(target).orElseThrow().path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/b",
        "/a b",
        "/a\tb",
        "/%",
        "/%4",
        "/%zz",
        "/%00",
        "/a%0ab",
        "/%7f",
        "/%c3",
        "/%ff%fe",
        "/é",
        "ftp://host/a",
        "http:///a",
        "http://",
        "?q",
        "/a\u0000"
      })
  void whatIsNoTargetIsRefused(String target) {
    assertThat(RequestTarget.parse(target)).isEmpty();
  }

  @Test
  void queryIsKeptAsItIs() {
    assertThat(RequestTarget.parse("/a?b=/../%20?c").orElseThrow())
        .isEqualTo(new RequestTarget("/a", "b=/../%20?c"));
  }

  @Test
  void noTargetEscapesTheRootOrThrows() {
    long seed = 20261121;
    SplittableRandom random = new SplittableRandom(seed);
    List<String> pieces =
        List.of(
            "/",
            "..",
            ".",
            "%2e",
            "%2f",
            "%5c",
            "\\",
            "a",
            "%00",
            "%c0%ae",
            "?",
            "#",
            "http://h",
            ":",
            "%",
            "~",
            "é",
            "%25",
            "%2e%2e",
            "//");
    for (int round = 0; round < 100_000; round++) {
      StringBuilder target = new StringBuilder("/");
      int length = random.nextInt(12);
      for (int i = 0; i < length; i++) {
        target.append(pieces.get(random.nextInt(pieces.size())));
      }
      Optional<RequestTarget> parsed = RequestTarget.parse(target.toString());
      if (parsed.isPresent()) {
        String path = parsed.get().path();
        assertThat(path).as("seed %d, %s", seed, target).startsWith("/").doesNotContain("//");
        assertThat(Arrays.asList(path.split("/")))
            .as("seed %d, %s", seed, target)
            .doesNotContain("..", ".");
        assertThat(RequestTarget.clean(path)).isEqualTo(path);
      }
    }
  }
}
