// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketFailureTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "bind(..) failed with error(-98): Address already in use | another DHCP server is running",
        "bind(..) failed with error(-13): Permission denied | CAP_NET_BIND_SERVICE",
        "setsockopt failed: Operation not permitted | CAP_NET_RAW",
        "No such device | check the name against \"ip link\"",
        "Cannot assign requested address | check it against \"ip address\"",
        "Something else | Something else",
      })
  void failuresNameTheSocketAndTheRemedyInOneLine(String message, String remedy) {
    IOException cause = new IOException(message);

    assertThat(SocketFailure.explain("interface eth1 0.0.0.0:67", cause))
        .hasMessageStartingWith("cannot listen for DHCP on interface eth1 0.0.0.0:67: ")
        .hasMessageContaining(remedy)
        .hasMessageNotContaining("\n")
        .hasCause(cause);
  }
}
