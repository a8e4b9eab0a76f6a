// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartIT {

  @TempDir private Path folder;

  @Test
  void theProgramOfTheReadmeRuns() throws Exception {
    Files.writeString(folder.resolve("a.efi"), "content");
    try (TftpServer server =
        QuickStart.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), folder)) {
      assertThat(QuickStart.fetch(server, "02:00:00:00:00:ff/autoexec.ipxe"))
          .asString()
          .isEqualTo("#!ipxe\necho 02:00:00:00:00:ff\n");
      assertThat(QuickStart.fetch(server, "boot/a.efi")).asString().isEqualTo("content");
    }
  }

  @Test
  void theReadmeShowsTheProgramThatRuns() throws Exception {
    String source =
        Files.readString(Path.of("src/test/java/org/tinkerbell/smee/tftp/QuickStart.java"));
    String shown =
        source
            .substring(
                source.indexOf("// README begins\n") + 17, source.indexOf("    // README ends"))
            .replaceAll("(?m)^ {4}", "");
    assertThat(Files.readString(Path.of("README.md"))).contains(shown);
  }
}
