// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a configuration is looked for, so that tests can bring their own.
 *
 * @param environment environment variables
 * @param home the user's folder
 * @param serviceAccount where a pod's credentials are mounted
 */
record Surroundings(Map<String, String> environment, Path home, Path serviceAccount) {

  static Surroundings ofProcess() {
    Map<String, String> environment = System.getenv();
    return new Surroundings(
        environment,
        Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "."))),
        Path.of("/var/run/secrets/kubernetes.io/serviceaccount"));
  }

  String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}
