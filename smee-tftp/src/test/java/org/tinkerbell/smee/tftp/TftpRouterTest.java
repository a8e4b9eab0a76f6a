// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TftpRouterTest {

  private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 69);

  static TftpRequest request(String name) {
    return new TftpRequest(name, TftpMode.OCTET, TftpOptions.none(), HERE, HERE);
  }

  private static TftpHandler telling(String what) {
    return request ->
        CompletableFuture.completedFuture(
            TftpResult.refuse(TftpErrorCode.NOT_DEFINED, what + " " + request.fileName()));
  }

  private static final TftpRouter ROUTER =
      TftpRouter.builder()
          .get("fixed.txt", telling("fixed"))
          .get(
              "{mac}/autoexec.ipxe",
              (request, variables) -> telling("auto " + variables).open(request))
          .get(
              "pxelinux.cfg/01-{mac}",
              (request, variables) -> telling("pxelinux " + variables.get("mac")).open(request))
          .mount("ipxe", telling("mount"))
          .get("any/{a}/**", (request, variables) -> telling(variables.get("**")).open(request))
          .build();

  @ParameterizedTest
  @CsvSource({
    "fixed.txt, fixed fixed.txt",
    "/fixed.txt, fixed /fixed.txt",
    "x/../fixed.txt, fixed x/../fixed.txt",
    "02:00:00:00:00:ff/autoexec.ipxe,"
        + " auto {mac=02:00:00:00:00:ff} 02:00:00:00:00:ff/autoexec.ipxe",
    "pxelinux.cfg/01-aa-bb, pxelinux aa-bb pxelinux.cfg/01-aa-bb",
    "ipxe/a/b.efi, mount a/b.efi",
    "ipxe\\a\\b.efi, mount a/b.efi",
    "any/1/2/3, 2/3 any/1/2/3",
    "Fixed.txt, file [Fixed.txt] unknown: file does not exist",
    "ipxe, file [ipxe] unknown: file does not exist",
    "../fixed.txt, file [fixed.txt] unknown: file does not exist",
    "a/b/autoexec.ipxe, file [autoexec.ipxe] unknown: file does not exist",
    "'', file [] unknown: file does not exist"
  })
  void theFirstMatchingRouteTakesTheRequest(String name, String message) throws Exception {
    TftpResult result = ROUTER.open(request(name)).toCompletableFuture().get();
    assertThat(((TftpResult.Refusal) result).message()).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a//b", "a/*", "**/a", "{a", "{a}/{a}", "{}", "a/**b"})
  void patternsThatMeanNothingAreRefused(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TftpRouter.builder().get(pattern, telling("x")))
        .withMessageStartingWith("pattern: ");
  }
}
