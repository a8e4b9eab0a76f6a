// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.smee.csv.CsvBackendProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.app.Config.BackendChoice;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;

/** A backend that is not ours, the example of the documentation, is on the class path of tests. */
class OtherBackendTest {
  private static final List<BackendProvider> BACKENDS =
      ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::get).toList();

  private final FlagTable table = FlagTable.of("192.0.2.2", BACKENDS);

  private ConfigReader read(Map<String, String> environment, String... arguments) {
    FlagParser parser = new FlagParser(table);
    FlagValues flags = parser.parse(List.of(arguments), environment);
    assertThat(parser.problems()).isEmpty();
    return new ConfigReader(flags, BACKENDS);
  }

  @Test
  void itsFlagsAreInTheUsage() {
    assertThat(table.find("backend-csv-enabled").orElseThrow().defaultValue()).isEqualTo("false");
    assertThat(Usage.of(table).lines())
        .anyMatch(
            line ->
                line.startsWith("  -backend-csv-enabled ")
                    && line.contains(
                        "[backend] enable the CSV backend for DHCP and the HTTP iPXE script"))
        .anyMatch(
            line ->
                line.startsWith("  -backend-csv-path ")
                    && line.contains("[backend] the hardware CSV file path for the CSV backend"));
  }

  @Test
  void itIsChosenByItsFlag(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("hardware.csv");
    Files.writeString(file, "08:00:27:29:4e:67,192.168.2.153,255.255.255.0,box,true\n");
    ConfigReader reader = read(Map.of(), "-backend-csv-enabled", "-backend-csv-path=" + file);
    BackendChoice choice = reader.read().backend().orElseThrow();
    assertThat(reader.problems()).isEmpty();
    assertThat(choice.provider()).isInstanceOf(CsvBackendProvider.class);
    try (Backend backend = choice.provider().create(choice.settings(), BackendObserver.NONE)) {
      assertThat(backend.status().detail()).isEqualTo("1 records from " + file);
    }
  }

  @Test
  void itsVariablesCountToo() {
    ConfigReader reader =
        read(Map.of("SMEE_BACKEND_CSV_ENABLED", "true", "SMEE_BACKEND_CSV_PATH", "x.csv"));
    BackendChoice choice = reader.read().backend().orElseThrow();
    assertThat(choice.provider()).isInstanceOf(CsvBackendProvider.class);
    assertThat(choice.settings().text("path")).contains("x.csv");
  }

  @Test
  void itDoesNotGoWithAnother() {
    ConfigReader reader =
        read(Map.of(), "-backend-csv-enabled", "-backend-file-enabled", "-backend-file-path=x");
    reader.read();
    assertThat(reader.problems())
        .singleElement()
        .asString()
        .contains("only one backend", "-backend-csv-enabled", "-backend-file-enabled");
  }

  @Test
  void aMissingSettingNamesItsFlag() {
    BackendChoice choice = read(Map.of(), "-backend-csv-enabled").read().backend().orElseThrow();
    assertThatThrownBy(() -> choice.provider().create(choice.settings(), BackendObserver.NONE))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("-backend-csv-path");
  }
}
