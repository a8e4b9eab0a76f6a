// SPDX-License-Identifier: Apache-2.0
/** Hardware records, the lookup interface and the provider interface of backends. */
module org.tinkerbell.smee.backend.api {
  requires static org.jspecify;

  exports org.tinkerbell.smee.backend;
  exports org.tinkerbell.smee.backend.spi;

  uses org.tinkerbell.smee.backend.spi.BackendProvider;

  provides org.tinkerbell.smee.backend.spi.BackendProvider with
      org.tinkerbell.smee.backend.spi.NoopBackendProvider;
}
