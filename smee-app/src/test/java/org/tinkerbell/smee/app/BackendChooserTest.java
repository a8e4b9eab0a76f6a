// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;

/** What is said when no backend can be chosen; which one is, {@link ConfigReaderTest} shows. */
class BackendChooserTest {

  private static List<BackendProvider> only(String... names) {
    List<BackendProvider> providers =
        RunningSmee.BACKENDS.stream()
            .filter(provider -> Set.of(names).contains(provider.name()))
            .toList();
    assertThat(providers.stream().map(BackendProvider::name).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(names);
    return providers;
  }

  private static ConfigReader reader(List<BackendProvider> providers, String... arguments) {
    FlagParser parser = new FlagParser(FlagTable.of("192.0.2.2", providers));
    FlagValues flags = parser.parse(List.of(arguments), Map.of());
    assertThat(parser.problems()).isEmpty();
    return new ConfigReader(flags, providers);
  }

  private static List<String> problems(List<BackendProvider> providers, String... arguments) {
    ConfigReader reader = reader(providers, arguments);
    reader.read();
    return reader.problems();
  }

  @Test
  void theDefaultBackendIsNotOnTheClassPath() {
    assertThat(problems(only("file", "noop")))
        .singleElement()
        .asString()
        .startsWith("no backend is enabled, and the default one is not on the class path")
        .contains("smee-backend-kube")
        .contains("file")
        .contains("noop");
  }

  @Test
  void nothingIsOnTheClassPath() {
    assertThat(problems(List.of()))
        .singleElement()
        .asString()
        .contains("not on the class path: add the jar smee-backend-kube");
  }

  @Test
  void theNamedBackendIsNotOnTheClassPath() {
    assertThat(problems(only("file", "noop"), "-backend=kube"))
        .singleElement()
        .asString()
        .startsWith("-backend: there is no backend kube, but [");
  }

  @Test
  @DisplayName("C34 the file backend lacks its path: the flag is named")
  void theFileBackendLacksItsPath() {
    Config.BackendChoice choice =
        reader(only("file", "kube", "noop"), "-backend-file-enabled")
            .read()
            .backend()
            .orElseThrow();
    assertThatThrownBy(() -> choice.provider().create(choice.settings(), BackendObserver.NONE))
        .isInstanceOf(BackendException.class)
        .hasMessage(
            "the file backend needs a hardware file: set its path by flag -backend-file-path");
  }
}
