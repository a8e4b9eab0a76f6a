// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendSettings;
import org.tinkerbell.smee.backend.spi.NoopBackendProvider;
import org.tinkerbell.smee.backend.testkit.BackendContract;

class NoopBackendTest extends BackendContract {

  @Override
  protected Backend backendWith(List<HardwareRecord> records) {
    NoopBackendProvider provider = new NoopBackendProvider();
    return provider.create(BackendSettings.of(provider.settings(), Map.of()), BackendObserver.NONE);
  }

  /** It knows no machine, whatever there is. */
  @Override
  protected Optional<HardwareRecord> expected(HardwareRecord hardware) {
    return Optional.empty();
  }

  /** One for all, with nothing to end. */
  @Override
  protected boolean failsAfterClose() {
    return false;
  }
}
