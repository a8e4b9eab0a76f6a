// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.backend.file.HardwareFiles.BASE;
import static org.tinkerbell.smee.backend.file.HardwareFiles.address;
import static org.tinkerbell.smee.backend.file.HardwareFiles.found;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;
import org.tinkerbell.smee.backend.spi.BackendSettings;

class FileBackendTest {
  @TempDir Path folder;

  private final BackendProvider provider =
      ServiceLoader.load(BackendProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(p -> p.name().equals("file"))
          .findFirst()
          .orElseThrow();

  private Path file(String text) {
    Path file = folder.resolve("hardware.yaml");
    HardwareFiles.write(file, text);
    return file;
  }

  @Test
  void providerDescribesItselfAndMakesABackend() {
    assertThat(provider).isInstanceOf(FileBackendProvider.class);
    assertThat(provider.description())
        .isEqualTo("enable the file backend for DHCP and the HTTP iPXE script");
    assertThat(provider.settings())
        .containsExactly(
            BackendSetting.text("path", "the hardware yaml file path for the file backend"));
    Path file = file(BASE);
    BackendSettings settings =
        BackendSettings.of(provider.settings(), Map.of("path", file.toString()));
    try (Backend backend = provider.create(settings, BackendObserver.NONE)) {
      CompletionStage<LookupResult> stage = backend.findByMac(MacAddress.parse(HardwareFiles.MAC));
      assertThat(stage.toCompletableFuture()).isCompleted();
      assertThat(found(stage.toCompletableFuture().join())).isNotNull();
      assertThat(found(backend.findByIp(address(HardwareFiles.IP)).toCompletableFuture().join()))
          .isNotNull();
      assertThat(backend.status()).isEqualTo(BackendStatus.ready("1 record from " + file));
    }
  }

  @Test
  void missingPathNamesTheFlag() {
    BackendSettings settings = BackendSettings.of(provider.settings(), Map.of());
    assertThatThrownBy(() -> provider.create(settings, BackendObserver.NONE))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("-backend-file-path");
  }

  @Test
  void pathThatIsNoneNamesTheFlag() {
    BackendSettings settings = BackendSettings.of(provider.settings(), Map.of("path", "a\u0000b"));
    assertThatThrownBy(() -> provider.create(settings, BackendObserver.NONE))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("-backend-file-path");
  }

  @Test
  void missingFileNamesTheFlag() {
    Path missing = folder.resolve("missing.yaml");
    BackendSettings settings =
        BackendSettings.of(provider.settings(), Map.of("path", missing.toString()));
    assertThatThrownBy(() -> provider.create(settings, BackendObserver.NONE))
        .isInstanceOf(BackendException.class)
        .hasMessage(missing + ": no such file (set by flag -backend-file-path)");
  }

  @Test
  void folderAndSpecialFileAreRefused() {
    assertThatThrownBy(() -> FileBackend.builder().path(folder).build())
        .hasMessage(folder + ": this is a directory, a file is expected");
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      assertThatThrownBy(() -> FileBackend.builder().path(device).build())
          .hasMessage(device + ": this is not a regular file");
    }
  }

  @Test
  void fileLargerThanTheLimitIsRefused() {
    Path file = file(BASE);
    int size = BASE.length();
    FileBackend.builder().path(file).maxFileBytes(size).build().close();
    assertThatThrownBy(() -> FileBackend.builder().path(file).maxFileBytes(size - 1).build())
        .isInstanceOf(BackendException.class)
        .hasMessage(file + ": the file is larger than the limit of " + (size - 1) + " bytes");
  }

  @Test
  void problemsAreToldWithPathLineAndColumn() {
    Path file = file("zz: {}\nyy: {}\n" + BASE);
    RecordingObserver observer = new RecordingObserver();
    FileBackend.builder().path(file).observer(observer).maxProblems(1).build().close();
    assertThat(observer.problems)
        .containsExactly(
            file + ":1:1: the key \"zz\" is not a MAC address; skipped",
            file + ": 1 more problems are not listed");
    assertThat(observer.loads).containsExactly("loaded 1");
  }

  @Test
  void settersCheckTheirRange() {
    FileBackend.Builder builder = FileBackend.builder();
    assertThatThrownBy(() -> builder.pollInterval(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pollInterval: PT0S (expected: ");
    assertThatThrownBy(() -> builder.debounce(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.maxFileBytes(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.maxProblems(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
  }

  /** How fast, {@link LargeFileBenchmark} measures. */
  @ParameterizedTest
  @EnumSource(LargeFiles.Form.class)
  void hundredThousandMachinesAreLoaded(LargeFiles.Form form) throws IOException {
    int count = 100_000;
    Path file = folder.resolve("large.yaml");
    LargeFiles.write(file, form, count, "");
    try (FileBackend backend = FileBackend.builder().path(file).build()) {
      assertThat(backend.status().detail()).startsWith("100000 records");
      for (int i : new int[] {0, 1, 4711, 65535, 65536, count - 1}) {
        LookupResult result = backend.findByMac(LargeFiles.mac(i)).toCompletableFuture().join();
        assertThat(found(result).reservation().hostname()).contains("machine-" + i);
        assertThat(backend.findByIp(LargeFiles.ip(i)).toCompletableFuture().join())
            .isEqualTo(result);
      }
    }
  }
}
