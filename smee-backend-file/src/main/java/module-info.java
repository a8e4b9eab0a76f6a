// SPDX-License-Identifier: Apache-2.0
/** Hardware records from a YAML or JSON file. */
module org.tinkerbell.smee.backend.file {
  requires transitive org.tinkerbell.smee.backend.api;
  requires org.slf4j;
  requires org.snakeyaml.engine;
  requires static org.jspecify;

  exports org.tinkerbell.smee.backend.file;

  provides org.tinkerbell.smee.backend.spi.BackendProvider with
      org.tinkerbell.smee.backend.file.FileBackendProvider;
}
