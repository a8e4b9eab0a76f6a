// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.testkit.BackendContract;

class FileBackendContractTest extends BackendContract {
  @TempDir Path folder;

  private final RecordingObserver observer = new RecordingObserver();

  private Path file() {
    return folder.resolve("hardware.yaml");
  }

  private Backend backend(String text) throws InterruptedException {
    HardwareFiles.write(file(), text);
    Backend backend =
        FileBackend.builder()
            .path(file())
            .observer(observer)
            .pollInterval(Duration.ofMillis(10))
            .debounce(Duration.ZERO)
            .build();
    assertThat(observer.nextLoad()).startsWith("loaded");
    return backend;
  }

  @Override
  protected Backend backendWith(List<HardwareRecord> records) throws InterruptedException {
    return backend(HardwareYaml.of(records));
  }

  /** The format cannot say that nothing is known of netboot: it is then not allowed. */
  @Override
  protected Optional<HardwareRecord> expected(HardwareRecord hardware) {
    return Optional.of(
        new HardwareRecord(
            hardware.reservation(),
            Optional.of(hardware.netboot().orElse(Netboot.builder().build())),
            hardware.agentId(),
            hardware.isoSource()));
  }

  @Override
  protected SharedMac sharedMac() {
    return SharedMac.LAST_WINS;
  }

  @Override
  protected Optional<Backend> backendWithBroken(HardwareRecord sound, HardwareRecord broken)
      throws InterruptedException {
    String spoilt =
        HardwareYaml.of(List.of(broken)).replaceFirst("subnetMask: .*", "subnetMask: none");
    return Optional.of(backend(HardwareYaml.of(List.of(sound)) + spoilt));
  }

  @Override
  protected boolean loseSource(Backend backend) throws Exception {
    Files.delete(file());
    assertThat(observer.nextLoad()).startsWith("failed");
    return true;
  }
}
