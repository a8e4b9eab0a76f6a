// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * What this build is.
 *
 * @param version of the Maven project
 * @param revision of the sources, as the packager gave it; {@code unknown} otherwise
 */
record BuildInfo(String version, String revision) {

  static BuildInfo load() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      // The jar cannot be read any more; nothing that matters depends on this.
      properties.clear();
    }
    return new BuildInfo(
        properties.getProperty("version", "unknown"),
        properties.getProperty("revision", "unknown"));
  }
}
