// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;
import org.tinkerbell.smee.backend.spi.BackendSettings;

class KubeBackendProviderTest {

  private static BackendProvider provider() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(p -> p.name().equals("kube"))
        .findFirst()
        .orElseThrow();
  }

  private static Backend create(Map<String, String> values) {
    BackendProvider provider = provider();
    return provider.create(BackendSettings.of(provider.settings(), values), BackendObserver.NONE);
  }

  @Test
  void describesItself() {
    assertThat(provider().description())
        .isEqualTo("enable the kubernetes backend for DHCP and the HTTP iPXE script");
    assertThat(provider().settings())
        .containsExactly(
            BackendSetting.text(
                "api",
                "the Kubernetes API URL, used for in-cluster client construction, kube backend"
                    + " only"),
            BackendSetting.text("config", "the Kubernetes config file location, kube backend only"),
            BackendSetting.text(
                "namespace",
                "an optional Kubernetes namespace override to query hardware data from, kube"
                    + " backend only"));
  }

  @Test
  void createDoesNotWaitForTheApi() {
    // A port of the discard service, where nobody listens.
    try (Backend backend = create(Map.of("api", "http://127.0.0.1:9", "namespace", "tink"))) {
      assertThat(backend).isInstanceOf(KubeBackend.class);
      assertThat(backend.status().ready()).isFalse();
    }
  }

  @Test
  void k24MissingConfigFileFailsTheStart(@TempDir Path folder) {
    assertThatThrownBy(() -> create(Map.of("config", folder.resolve("missing").toString())))
        .isInstanceOf(BackendException.class)
        .hasMessageEndingWith("no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1:6443", "ftp://x", "https://", "https:///x", "::", "a b"})
  void apiMustBeAUrl(String api) {
    assertThatThrownBy(() -> create(Map.of("api", api)))
        .isInstanceOf(BackendException.class)
        .hasMessage("api: " + api + " (expected: a URL such as https://10.0.0.1:6443)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "a/b", "-a", "a-", "a b", "..", "a.b"})
  void namespaceMustBeAName(String namespace) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KubeBackend.builder().namespace(namespace))
        .withMessageStartingWith("namespace: " + namespace);
  }

  /** With no class of the client on the class path the provider still works up to create. */
  @Test
  void nothingOfTheClientIsLoadedBeforeCreate() throws Exception {
    URL[] urls = {
      KubeBackendProvider.class.getProtectionDomain().getCodeSource().getLocation(),
      BackendProvider.class.getProtectionDomain().getCodeSource().getLocation(),
    };
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> loader.loadClass("io.kubernetes.client.openapi.ApiClient"))
          .isInstanceOf(ClassNotFoundException.class);
      Object provider =
          loader
              .loadClass("org.tinkerbell.smee.backend.kube.KubeBackendProvider")
              .getConstructor()
              .newInstance();
      assertThat(provider.getClass().getMethod("name").invoke(provider)).isEqualTo("kube");
      assertThat((Iterable<?>) provider.getClass().getMethod("settings").invoke(provider))
          .hasSize(3);
    }
  }
}
