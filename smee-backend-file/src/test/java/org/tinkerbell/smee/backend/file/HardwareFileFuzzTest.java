// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutated files are read or refused with a place, never anything else. */
class HardwareFileFuzzTest {
  private static final String SEED =
      """
      defaults: &d {subnetMask: 255.255.255.0, leaseTime: 86400}
      52:54:00:AA:88:2A:
        <<: *d
        ipAddress: "192.168.2.15"
        nameServers: [1.1.1.1, '2001:db8::1', ~]
        netboot:
          allowPxe: yes
          ipxeScriptUrl: http://boot.example/${net0/mac}.ipxe?a=%zz#x
          ipxeScript: |
            #!ipxe
            shell
          osie: {baseUrl: http://x/, kernelParams: [a, b]}
        classlessStaticRoutes:
        - {destination: 10.0.0.0/8, router: 192.168.2.1}
      ? {a: b}
      : !!str 3
      ---
      apiVersion: tinkerbell.org/v1alpha1
      kind: Hardware
      metadata: {name: one, namespace: tink}
      spec:
        interfaces:
        - dhcp: {mac: "52:54:00:00:00:01", ip: {address: 10.1.1.1, netmask: 255.0.0.0}}
          netboot: {allowPXE: true}
      ---
      {"kind": "List", "items": [{"kind": "Hardware", "spec": {"networkInterfaces":
        {"52:54:00:00:00:02": {"dhcp": {"ipv4": {"hostname": "\\u00e9\\n"}}}}}}]}
      """;

  private static final String[] TOKENS = {
    "\t",
    "[",
    "]",
    "{",
    "}",
    ": ",
    "- ",
    "&d ",
    "*d",
    "<<: *d\n",
    "? ",
    "|",
    ">",
    "'",
    "\"",
    "#",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "!!int ",
    "!x ",
    "\u0000",
    "\ud800",
    "\u2028",
    "0x",
    "1e999999",
    "\\U0011ffff",
    "@",
    "`",
    ",",
    "\n",
    "\n\n  ",
    "~",
    "kind: List\n",
    "items:\n",
    "99999999999999999"
  };

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20260101, 77})
  void mutatedTextIsReadOrRefused(long seed) {
    Random random = new Random(seed);
    int refused = 0;
    int read = 0;
    for (int round = 0; round < 1200; round++) {
      byte[] text = mutate(random);
      try {
        HardwareFiles.read(text);
        read++;
      } catch (BadFileException e) {
        refused++;
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(
            "seed " + seed + " round " + round + ": " + new String(text, StandardCharsets.UTF_8),
            e);
      }
    }
    assertThat(read).isPositive();
    assertThat(refused).isPositive();
  }

  private static byte[] mutate(Random random) {
    StringBuilder text = new StringBuilder(SEED);
    int edits = 1 + random.nextInt(6);
    for (int i = 0; i < edits && text.length() > 2; i++) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
        case 2 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
        case 3 -> text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65536));
        default -> text.setLength(at + 1);
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0 && random.nextInt(8) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {3, 4})
  void randomBytesAreReadOrRefused(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 1500; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) "[]{}:,-&*!|>'\"%@` \n\ta0?#".charAt(bytes[i] & 15);
        }
      }
      try {
        HardwareFiles.read(bytes);
      } catch (BadFileException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
  }
}
