// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a backend needs is loaded only if it is the one. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BackendCostIT {
  private static final String KUBERNETES_CLIENT = "io.kubernetes.client.openapi.ApiClient";
  private static final String YAML_ENGINE = "org.snakeyaml.engine.v2.parser.ParserImpl";

  @TempDir Path folder;

  @Test
  void fileBackendLoadsNothingOfKubernetes() throws Exception {
    Path file = folder.resolve("hardware.yaml");
    Files.writeString(
        file, "02:00:00:00:00:01: {ipAddress: 192.0.2.1, subnetMask: 255.255.255.0}\n");
    List<String> classes = classesLoaded("-backend-file-path=" + file);
    assertThat(classes)
        .contains("org.tinkerbell.smee.backend.file.FileBackend")
        .noneMatch(name -> name.matches("(io\\.kubernetes|okhttp3|okio|kotlin)\\..*"))
        .noneMatch(name -> name.startsWith("org.bouncycastle."));
  }

  @Test
  void kubernetesBackendLoadsNothingOfTheFileReader() throws Exception {
    Path config = folder.resolve("config");
    Files.writeString(
        config,
        """
        apiVersion: v1
        kind: Config
        current-context: lab
        contexts: [{name: lab, context: {cluster: lab, user: admin}}]
        clusters: [{name: lab, cluster: {server: "http://127.0.0.1:1"}}]
        users: [{name: admin, user: {token: x}}]
        """);
    List<String> classes = classesLoaded("-backend-kube-config=" + config);
    assertThat(classes).contains(KUBERNETES_CLIENT).doesNotContain(YAML_ENGINE);
  }

  private List<String> classesLoaded(String flag) throws IOException, Exception {
    Path log = folder.resolve("classes");
    List<String> command = new ArrayList<>(Packaged.javaJar());
    command.add(1, "-Xlog:class+load=info:file=" + log);
    try (Packaged smee =
        Packaged.start(
            command,
            Map.of(),
            flag,
            "-dhcp-enabled=false",
            "-tftp-enabled=false",
            "-syslog-enabled=false",
            "-http-ipxe-binary-enabled=false",
            "-http-addr=127.0.0.1",
            "-http-port=0",
            "-dhcp-syslog-ip=127.0.0.1",
            "-dhcp-http-ipxe-script-host=127.0.0.1")) {
      smee.awaitMessage("smee is ready");
      smee.terminate();
      assertThat(smee.end().status()).isZero();
    }
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains(" source: "))
        .map(line -> line.replaceFirst("^(\\[[^]]*])+ ", "").split(" ")[0])
        .toList();
  }
}
