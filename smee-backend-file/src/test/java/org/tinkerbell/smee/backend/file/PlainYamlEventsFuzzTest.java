// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.MacAddress;

/** What the plain reader reads, it reads as the engine does; the rest it leaves to the engine. */
class PlainYamlEventsFuzzTest {
  private static final String FILE =
      """
      # Two records and two objects.
      52:54:00:00:00:01:
        ipAddress: "10.0.0.1"
        subnetMask: 255.255.255.0
        nameServers: [1.1.1.1, '2001:db8::1', ~]
        leaseTime: 3600
        netboot:
          allowPxe: yes
          ipxeScript: |
            #!ipxe

            shell
      52:54:00:00:00:02: {ipAddress: 10.0.0.2, subnetMask: 255.0.0.0, hostname: two}
      ---
      apiVersion: tinkerbell.org/v1alpha1
      kind: Hardware
      metadata:
        name: three
      spec:
        interfaces:
        - dhcp:
            mac: 52:54:00:00:00:03
            name_servers:
            - 1.1.1.1
            ip:
              address: 10.0.0.3
              netmask: 255.0.0.0
          netboot: {allowPXE: true}
      ---
      {"kind": "List", "items": [{"kind": "Hardware", "spec": {"interfaces": [
        {"dhcp": {"mac": "52:54:00:00:00:04", "ip": {"address": "10.0.0.4"}}}]}}]}
      """;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2026, 424242})
  void plainReaderAgreesWithTheEngine(long seed) {
    Random random = new Random(seed);
    int read = 0;
    int left = 0;
    for (int round = 0; round < Integer.getInteger("smee.fuzz.rounds", 8_000); round++) {
      String text = RandomYaml.text(random);
      if (random.nextInt(3) > 0) {
        text = RandomYaml.mutated(text, random);
      }
      Optional<List<String>> plain = plain(text);
      if (plain.isEmpty()) {
        left++;
        continue;
      }
      read++;
      assertThat(String.join("\n", plain.get()))
          .as("seed %d round %d text:\n%s", seed, round, text)
          .isEqualTo(String.join("\n", engine(text)));
    }
    assertThat(read).as("texts read").isGreaterThan((read + left) / 10);
    assertThat(left).as("texts left to the engine").isGreaterThan((read + left) / 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {5, 6})
  void rubbishIsLeftToTheEngineOrReadAsTheEngineDoes(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 30_000; round++) {
      StringBuilder rubbish = new StringBuilder();
      for (int i = random.nextInt(24); i > 0; i--) {
        rubbish.append(
            random.nextInt(40) == 0
                ? (char) random.nextInt(65536)
                : "[]{}:,-&*!|>'\"%@` \n\ta0?#~.".charAt(random.nextInt(26)));
      }
      String text = rubbish.toString();
      plain(text)
          .ifPresent(
              events ->
                  assertThat(events).as("seed %d text:\n%s", seed, text).isEqualTo(engine(text)));
    }
  }

  @Test
  void wholeFilesAreReadAlikeWithAllThatIsSaidOfThem() {
    Random random = new Random(11);
    for (int round = 0; round < 4_000; round++) {
      String text = RandomYaml.mutated(FILE, random);
      assertThat(outcome(text, true))
          .as("round %d text:\n%s", round, text)
          .isEqualTo(outcome(text, false));
    }
  }

  private static String outcome(String text, boolean asUsual) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Problems problems = new Problems(100);
    try {
      HardwareIndex index =
          asUsual
              ? HardwareText.read(bytes, problems)
              : HardwareText.read(
                  new EngineYamlEvents(new String(bytes, StandardCharsets.UTF_8)), problems);
      StringBuilder outcome = new StringBuilder(index.records() + " " + problems.inOrder());
      for (int i = 1; i <= 4; i++) {
        outcome.append('\n').append(index.byMac(MacAddress.parse("52:54:00:00:00:0" + i)));
        outcome.append('\n').append(index.byIp(HardwareFiles.address("10.0.0." + i)));
      }
      return outcome.toString();
    } catch (BadFileException e) {
      return e.describe(Path.of("file"));
    }
  }

  /** Returns what the plain reader makes of a text, or empty if it leaves it. */
  private static Optional<List<String>> plain(String text) {
    try {
      return Optional.of(events(new PlainYamlEvents(text)));
    } catch (UnfamiliarYamlException e) {
      return Optional.empty();
    }
  }

  private static List<String> engine(String text) {
    return events(new EngineYamlEvents(text));
  }

  private static List<String> events(YamlEvents in) {
    List<String> events = new ArrayList<>();
    try {
      while (true) {
        YamlEvents.Kind kind = in.next();
        switch (kind) {
          case END -> {
            return events;
          }
          case SCALAR ->
              events.add(place(in) + (in.plain() ? " plain " : " quoted ") + "<" + in.text() + ">");
          case SEQUENCE_START, MAPPING_START -> events.add(place(in) + " " + kind);
          default -> events.add(kind.toString());
        }
      }
    } catch (BadFileException e) {
      events.add(e.describe(Path.of("file")));
      return events;
    }
  }

  private static String place(YamlEvents in) {
    return in.line() + ":" + in.column();
  }
}
