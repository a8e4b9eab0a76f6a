// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;

/** What is in the log of a whole Smee, and what is not. */
@Timeout(60)
class LogIT {
  private static final String MAC = "08:00:27:29:4e:67";
  private static final String UNKNOWN = "08:00:27:00:00:99";

  @TempDir Path folder;
  private List<String> flags;

  @BeforeEach
  void hardware() throws IOException {
    Path hardware =
        Files.writeString(
            folder.resolve("hardware.yaml"),
            """
            08:00:27:29:4e:67:
              ipAddress: 192.168.2.153
              subnetMask: 255.255.255.0
              netboot: {allowPxe: true}
            """);
    flags =
        new ArrayList<>(
            List.of(
                "-backend-file-path=" + hardware,
                "-bind-address=127.0.0.1",
                "-public-ipv4=192.0.2.1",
                "-dhcp-addr=127.0.0.1:0",
                "-http-port=0",
                "-tftp-port=0",
                "-syslog-port=0"));
  }

  private static DhcpMessage discover(String mac) throws Exception {
    return RunningSmee.request(mac, DhcpMessageType.DISCOVER).build();
  }

  private static long count(RunningSmee smee, Predicate<String> wanted) {
    return smee.log().stream().filter(wanted).count();
  }

  @Test
  void nothingSecretIsLoggedEvenAtDebugLevel() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    flags.add("-log-level=debug");
    flags.add("-extra-kernel-args=registry_password=hunter2");
    flags.add("-osie-url=http://user:hunter2@192.0.2.1/hook");
    flags.add("-iso-enabled");
    flags.add("-iso-url=http://user:hunter2@127.0.0.1:" + closed + "/hook.iso?token=hunter2");
    try (RunningSmee smee = RunningSmee.start(Map.of(), flags)) {
      assertThat(smee.dhcp(discover(MAC), 10_000)).isPresent();
      assertThat(smee.get("/" + MAC + "/auto.ipxe").body()).contains("registry_password=hunter2");
      assertThat(smee.get("/iso/" + MAC + "/hook.iso").statusCode()).isGreaterThanOrEqualTo(500);
      smee.await(line -> line.contains("hook.iso"));
      assertThat(smee.log()).isNotEmpty().noneMatch(line -> line.contains("hunter2"));
    }
  }

  @Test
  void theSameComplaintAboutTheSameMachineIsMadeOnce() throws Exception {
    try (RunningSmee smee = RunningSmee.start(Map.of(), flags)) {
      // The answered one comes after the others, on the same socket.
      for (String mac : List.of(UNKNOWN, UNKNOWN, UNKNOWN, "08:00:27:00:00:98")) {
        assertThat(smee.dhcp(discover(mac), 1)).isEmpty();
      }
      assertThat(smee.dhcp(discover(MAC), 10_000)).isPresent();
      smee.await(line -> line.contains("sent DHCP response"));
      assertThat(count(smee, line -> line.contains("received DHCP packet"))).isEqualTo(5);
      Predicate<String> complaint =
          line -> line.startsWith("INFO no DHCP response") && line.contains("unknown-hardware");
      assertThat(count(smee, complaint.and(line -> line.contains(UNKNOWN)))).isEqualTo(1);
      assertThat(count(smee, complaint)).isEqualTo(2);
    }
  }
}
