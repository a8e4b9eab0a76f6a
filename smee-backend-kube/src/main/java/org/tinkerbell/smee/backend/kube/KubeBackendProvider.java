// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;
import org.tinkerbell.smee.backend.spi.BackendSettings;

/**
 * The provider of the Kubernetes backend. Loads nothing of the Kubernetes client until {@link
 * #create} is called.
 */
public final class KubeBackendProvider implements BackendProvider {
  private static final List<BackendSetting> SETTINGS =
      List.of(
          BackendSetting.text(
              "api",
              "the Kubernetes API URL, used for in-cluster client construction, kube backend only"),
          BackendSetting.text("config", "the Kubernetes config file location, kube backend only"),
          BackendSetting.text(
              "namespace",
              "an optional Kubernetes namespace override to query hardware data from, kube backend"
                  + " only"));

  /** Makes the provider; called by {@link java.util.ServiceLoader}. */
  public KubeBackendProvider() {}

  @Override
  public String name() {
    return "kube";
  }

  @Override
  public String description() {
    return "enable the kubernetes backend for DHCP and the HTTP iPXE script";
  }

  @Override
  public List<BackendSetting> settings() {
    return SETTINGS;
  }

  @Override
  public Backend create(BackendSettings settings, BackendObserver observer) {
    KubeBackend.Builder builder = KubeBackend.builder().observer(observer);
    try {
      settings.text("api").ifPresent(builder::apiServer);
      settings.text("config").map(Path::of).ifPresent(builder::kubeconfig);
      settings.text("namespace").ifPresent(builder::namespace);
    } catch (InvalidPathException e) {
      throw new BackendException("config: not a path: " + e.getReason(), e);
    } catch (IllegalArgumentException e) {
      throw new BackendException(String.valueOf(e.getMessage()), e);
    }
    KubeBackend backend = builder.build();
    backend.start();
    return backend;
  }
}
