// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptPathTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "/auto.ipxe,ip",
        "/auto.ipxe/,ip",
        "/x/auto.ipxe,ip",
        "/ipxe/script/auto.ipxe,ip",
        "/08:00:27:29:4e:67/x/auto.ipxe,ip",
        "/08:00:27:29:4e:67/auto.ipxe,08:00:27:29:4e:67",
        "/ipxe/script/08:00:27:29:4e:67/auto.ipxe,08:00:27:29:4e:67",
        "/08-00-27-29-4E-67/auto.ipxe,08:00:27:29:4e:67",
        "/0800.2729.4e67/auto.ipxe,08:00:27:29:4e:67",
        "/02:00:5e:10:00:00:00:01/auto.ipxe,02:00:5e:10:00:00:00:01",
        "/00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01/auto.ipxe,"
            + "00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01",
        "/080027294e67/auto.ipxe,malformed",
        "/52:54:00:aa:88/auto.ipxe,malformed",
        "/52:54:00-aa:88:2a/auto.ipxe,malformed",
        "/5:54:00:aa:88:2a/auto.ipxe,malformed",
        "/5254:00aa:882a/auto.ipxe,malformed",
        "/52:54:00:aa:88:2a /auto.ipxe,malformed",
        "/52-54-00-aa-88/auto.ipxe,malformed",
        "/2024-11-02/auto.ipxe,ip",
        "/2024.11.02/auto.ipxe,ip",
        "/192.168.100.100/auto.ipxe,ip",
        "/d9f1c2aa-1111-4222-8333-444455556666/auto.ipxe,ip",
        "/cafe/auto.ipxe,ip",
        "/08:00:27:29:4e:67/custom.ipxe,other",
        "/,other",
        "/AUTO.IPXE,other",
        "/xauto.ipxe,other",
        "/auto.ipxe/x,other",
      })
  void pathIsRead(String path, String expected) {
    ScriptPath parsed = ScriptPath.parse(path);
    String text =
        !parsed.isScript()
            ? "other"
            : parsed.malformedMac()
                ? "malformed"
                : parsed.macAddress().map(Object::toString).orElse("ip");
    assertThat(text).isEqualTo(expected);
  }
}
