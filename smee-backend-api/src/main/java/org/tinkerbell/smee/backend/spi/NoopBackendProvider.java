// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.util.List;
import org.tinkerbell.smee.backend.Backend;

/** The provider of the backend that knows no machine; for auto-proxy mode. */
public final class NoopBackendProvider implements BackendProvider {

  /** Makes the provider; called by {@link java.util.ServiceLoader}. */
  public NoopBackendProvider() {}

  @Override
  public String name() {
    return "noop";
  }

  @Override
  public String description() {
    return "enable the noop backend for DHCP and the HTTP iPXE script";
  }

  @Override
  public List<BackendSetting> settings() {
    return List.of();
  }

  @Override
  public Backend create(BackendSettings settings, BackendObserver observer) {
    return Backend.none();
  }
}
