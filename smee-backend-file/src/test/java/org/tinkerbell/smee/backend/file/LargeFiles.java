// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.tinkerbell.smee.backend.MacAddress;

/** Hardware files of very many machines, written as a program would. */
final class LargeFiles {
  private LargeFiles() {}

  /** How the machines are written down. */
  enum Form {
    MAPPING(
        """
        %1$s:
          ipAddress: %2$s
          subnetMask: 255.0.0.0
          defaultGateway: 10.0.0.1
          broadcastAddress: 10.255.255.255
          nameServers: [10.0.0.1, 10.0.0.2]
          hostname: machine-%3$d%4$s
          leaseTime: 86400
          netboot: {allowPxe: true, ipxeScriptUrl: http://10.0.0.1/auto.ipxe}
        """),
    OBJECTS(
        """
        - apiVersion: tinkerbell.org/v1alpha1
          kind: Hardware
          metadata:
            name: machine-%3$d
            namespace: tink
          spec:
            metadata:
              facility:
                facility_code: onprem
            interfaces:
            - dhcp:
                mac: %1$s
                hostname: machine-%3$d%4$s
                arch: x86_64
                lease_time: 86400
                name_servers:
                - 1.1.1.1
                ip:
                  address: %2$s
                  netmask: 255.0.0.0
                  gateway: 10.0.0.1
              netboot:
                allowPXE: true
                allowWorkflow: true
        """);

    private final String format;

    Form(String format) {
      this.format = format;
    }
  }

  /**
   * Writes a file.
   *
   * @param suffix ends each host name, so that one file can be told from another
   */
  static void write(Path file, Form form, int machines, String suffix) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < machines; i++) {
        out.write(
            String.format(Locale.ROOT, form.format, mac(i), ip(i).getHostAddress(), i, suffix));
      }
    }
  }

  static MacAddress mac(int i) {
    return MacAddress.of(
        (byte) 0x52, (byte) 0x54, (byte) 0, (byte) (i >> 16), (byte) (i >> 8), (byte) i);
  }

  static InetAddress ip(int i) {
    return HardwareFiles.address("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255));
  }
}
