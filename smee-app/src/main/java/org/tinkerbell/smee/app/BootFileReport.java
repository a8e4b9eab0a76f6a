// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import org.slf4j.Logger;

/** Says at start which boot file comes from where and which are missing. */
final class BootFileReport {
  private BootFileReport() {}

  static void log(BootFileCatalog catalog, String patch) {
    Logger log = Logging.logger("boot");
    for (BootFile file : catalog.files()) {
      log.atInfo()
          .addKeyValue("name", file.name())
          .addKeyValue("source", file.source())
          .addKeyValue("size", Text.size(file.content().length))
          .addKeyValue("userClass", file.userClass().toString())
          .addKeyValue("patchMarker", file.patchMarker())
          .log("boot file");
      if (!patch.isEmpty() && !file.patchMarker()) {
        log.atWarn()
            .addKeyValue("name", file.name())
            .log("boot file has no patch marker: -ipxe-script-patch does not change it");
      }
    }
    for (String name : catalog.missing()) {
      log.atWarn()
          .addKeyValue("name", name)
          .addKeyValue("machines", BootFileCatalog.machines(name))
          .log("no boot file of this name in " + catalog.description());
    }
    catalog.warnings().forEach(log::warn);
  }
}
