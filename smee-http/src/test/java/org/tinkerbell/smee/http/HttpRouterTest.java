// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRouterTest {
  private static final HttpHandler ECHO = HttpHandler.of(r -> HttpResponse.text(r.subPath()));

  private static HttpResponse ask(HttpRouter router, String target) {
    return router.handle(HttpRequest.builder("GET", target).build()).toCompletableFuture().join();
  }

  @ParameterizedTest(name = "{0} goes to {1} with {2}")
  @CsvSource({
    "/metrics, /metrics, metrics",
    "/metrics/, '', metrics/",
    "/ipxe/, /ipxe/**, ''",
    "/ipxe/a/b, /ipxe/**, a/b",
    "/ipxe/script/x, /ipxe/script/**, x",
    "/ipxe/scripts, /ipxe/**, scripts",
    "/autoexec.ipxe, **/autoexec.ipxe, autoexec.ipxe",
    "/ipxe/x/autoexec.ipxe, **/autoexec.ipxe, ipxe/x/autoexec.ipxe",
    "/ipxe/xautoexec.ipxe, /ipxe/**, xautoexec.ipxe",
    "/, '', ''",
  })
  void bestPatternWins(String target, String route, String subPath) {
    HttpRouter router =
        HttpRouter.builder()
            .get("/ipxe/**", ECHO)
            .get("/ipxe/script/**", ECHO)
            .get("**/autoexec.ipxe", ECHO)
            .get("/metrics", ECHO)
            .otherwise(ECHO)
            .build();
    HttpResponse response = ask(router, target);
    assertThat(response.attribute(HttpRouter.ROUTE).orElse("")).isEqualTo(route);
    String body =
        response.body() instanceof HttpBody.Bytes bytes
            ? java.nio.charset.StandardCharsets.UTF_8.decode(bytes.content()).toString()
            : "";
    assertThat(body).isEqualTo(subPath);
  }

  @Test
  void folderWithoutItsSlashIsSentOn() {
    HttpRouter router = HttpRouter.builder().get("/ipxe/**", ECHO).build();
    assertThat(ask(router, "/ipxe?a=%20").header("Location")).contains("/ipxe/?a=%20");
    assertThat(ask(router, "/ipx").status()).isEqualTo(404);
    HttpRouter both = HttpRouter.builder().get("/ipxe/**", ECHO).get("/ipxe", ECHO).build();
    assertThat(ask(both, "/ipxe").status()).isEqualTo(200);
  }

  @Test
  void innerRouteIsKept() {
    HttpRouter inner = HttpRouter.builder().get("/a/b", ECHO).build();
    HttpRouter outer = HttpRouter.builder().get("/a/**", inner).build();
    assertThat(ask(outer, "/a/b").attribute(HttpRouter.ROUTE)).contains("/a/b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "", "/a//b", "/a/../b", "/a/**/b", "**", "/**/**", "/a b", "**a"})
  void whatIsNoPatternIsRefused(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpRouter.builder().get(pattern, ECHO))
        .withMessageContaining("expected:");
  }

  @Test
  void patternIsUsedOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpRouter.builder().get("/a/**", ECHO).get("/a/**", ECHO));
  }
}
