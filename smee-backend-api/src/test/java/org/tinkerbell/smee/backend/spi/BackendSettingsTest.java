// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendSetting.Type;

class BackendSettingsTest {
  private static final List<BackendSetting> SETTINGS =
      List.of(
          BackendSetting.text("path", "the file"),
          new BackendSetting("retries", Type.INTEGER, "3", "how often", false),
          new BackendSetting("strict", Type.BOOLEAN, "", "no mercy", false),
          new BackendSetting("token", Type.TEXT, "", "the key", true));

  @Test
  void defaultsStandInForWhatIsNotGiven() {
    BackendSettings settings = BackendSettings.of(SETTINGS, Map.of("path", ""));
    assertThat(settings.text("path")).isEmpty();
    assertThat(settings.number("retries")).hasValue(3);
    assertThat(settings.isSet("strict")).isFalse();
  }

  @Test
  void givenValuesWin() {
    BackendSettings settings =
        BackendSettings.of(SETTINGS, Map.of("path", "/x", "retries", "5", "strict", "true"));
    assertThat(settings.text("path")).hasValue("/x");
    assertThat(settings.number("retries")).hasValue(5);
    assertThat(settings.isSet("strict")).isTrue();
  }

  @Test
  void valuesOfTheWrongTypeAreRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BackendSettings.of(SETTINGS, Map.of("retries", "many")))
        .withMessage("retries: many (expected: a number)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BackendSettings.of(SETTINGS, Map.of("strict", "perhaps")))
        .withMessage("strict: perhaps (expected: true or false)");
  }

  @Test
  void unknownNamesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BackendSettings.of(SETTINGS, Map.of("pth", "/x")))
        .withMessageContaining("pth");
    BackendSettings settings = BackendSettings.of(SETTINGS, Map.of());
    assertThatIllegalArgumentException().isThrownBy(() -> settings.text("pth"));
  }

  @Test
  void secretsAreNotShown() {
    assertThat(BackendSettings.of(SETTINGS, Map.of("token", "hush", "path", "/x")).toString())
        .contains("path=/x")
        .doesNotContain("hush");
  }

  @Test
  void noopBackendIsFoundByServiceLoaderAndKnowsNobody() throws Exception {
    BackendProvider provider =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(p -> p.name().equals("noop"))
            .findFirst()
            .orElseThrow();
    try (Backend backend =
        provider.create(BackendSettings.of(provider.settings(), Map.of()), BackendObserver.NONE)) {
      assertThat(backend.status().ready()).isTrue();
      assertThat(backend.findByMac(MacAddress.parse("02:00:00:00:00:01")).toCompletableFuture())
          .isCompletedWithValue(LookupResult.notFound());
      assertThat(backend.findByIp(InetAddress.getByName("192.0.2.1")).toCompletableFuture())
          .isCompletedWithValue(LookupResult.notFound());
    }
  }
}
