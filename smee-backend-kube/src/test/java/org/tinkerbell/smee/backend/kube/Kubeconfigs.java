// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

/** Texts of kubeconfig files. */
final class Kubeconfigs {
  private Kubeconfigs() {}

  static String withToken(String server, String token) {
    return with("server: " + server, "token: " + token);
  }

  static String withTokenFile(String server, String file) {
    return with("server: " + server, "tokenFile: " + file);
  }

  /** One context with a cluster and a user that hold the given lines. */
  static String with(String cluster, String user) {
    return """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts:
        - name: lab
          context: {cluster: lab, user: admin, namespace: elsewhere}
        clusters:
        - name: lab
          cluster:
            %s
        users:
        - name: admin
          user:
            %s
        """
        .formatted(cluster.replace("\n", "\n    "), user.replace("\n", "\n    "));
  }
}
