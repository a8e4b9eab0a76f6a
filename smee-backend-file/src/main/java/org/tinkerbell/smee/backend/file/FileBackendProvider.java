// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;
import org.tinkerbell.smee.backend.spi.BackendSettings;

/** The provider of {@link FileBackend}, chosen by the name {@code file}. */
public final class FileBackendProvider implements BackendProvider {
  private static final String PATH = "path";

  /** Makes the provider; called by {@link java.util.ServiceLoader}. */
  public FileBackendProvider() {}

  @Override
  public String name() {
    return "file";
  }

  @Override
  public String description() {
    return "enable the file backend for DHCP and the HTTP iPXE script";
  }

  @Override
  public List<BackendSetting> settings() {
    return List.of(BackendSetting.text(PATH, "the hardware yaml file path for the file backend"));
  }

  @Override
  public Backend create(BackendSettings settings, BackendObserver observer) {
    String path =
        settings
            .text(PATH)
            .orElseThrow(
                () ->
                    new BackendException(
                        "the file backend needs a hardware file: set its path by flag"
                            + " -backend-file-path"));
    try {
      Path file = Path.of(path);
      if (Files.notExists(file)) {
        throw new BackendException(file + ": no such file (set by flag -backend-file-path)");
      }
      return FileBackend.builder().path(file).observer(observer).build();
    } catch (InvalidPathException e) {
      throw new BackendException(
          "the value of flag -backend-file-path is not a path: " + e.getReason(), e);
    }
  }
}
