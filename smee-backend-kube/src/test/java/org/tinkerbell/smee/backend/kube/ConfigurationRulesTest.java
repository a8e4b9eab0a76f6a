// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubernetes.client.openapi.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.spi.BackendException;

class ConfigurationRulesTest {
  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private Path home;
  private Path account;

  @BeforeEach
  void makeFolders() throws IOException {
    home = Files.createDirectories(folder.resolve("home"));
    account = Files.createDirectories(folder.resolve("account"));
  }

  private ClientConfiguration find(Path explicit, String api) {
    return new ConfigurationRules(new Surroundings(environment, home, account)).find(explicit, api);
  }

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void inPod() throws IOException {
    environment.put("KUBERNETES_SERVICE_HOST", "10.96.0.1");
    environment.put("KUBERNETES_SERVICE_PORT", "443");
    Files.writeString(account.resolve("token"), "pod");
  }

  /** The authorization that a request gets, without a request being made. */
  private static String authorization(ClientConfiguration configuration) throws Exception {
    ApiClient client = configuration.factory().create();
    AtomicReference<String> header = new AtomicReference<>();
    client.setHttpClient(
        client
            .getHttpClient()
            .newBuilder()
            .addInterceptor(
                chain -> {
                  header.set(chain.request().header("Authorization"));
                  throw new IOException("enough");
                })
            .build());
    HardwareApi api = new HardwareApi(client, configuration.server(), "");
    assertThatThrownBy(() -> api.list("v1alpha1", "0", hardware -> {}))
        .hasMessageContaining("enough");
    return String.valueOf(header.get());
  }

  @Test
  void k24MissingExplicitFileIsAnError() throws Exception {
    file("home/.kube/config", Kubeconfigs.withToken("https://home:6443", "h"));
    inPod();
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> find(missing, ""))
        .isInstanceOf(BackendException.class)
        .hasMessage("cannot read the Kubernetes config file " + missing + ": no such file");
  }

  @Test
  void explicitFileIsTheOnlyOne() throws Exception {
    file("home/.kube/config", Kubeconfigs.withToken("https://home:6443", "h"));
    environment.put("KUBECONFIG", home.resolve(".kube/config").toString());
    Path explicit = file("x", Kubeconfigs.withToken("https://explicit:6443", "e"));
    assertThat(find(explicit, "").server()).isEqualTo("https://explicit:6443");
    assertThat(find(explicit, "").source()).isEqualTo(explicit.toString());
  }

  @Test
  void k25MissingFileOfTheVariableIsPassedOver() throws Exception {
    Path b = file("b", Kubeconfigs.withToken("https://b:6443", "b"));
    environment.put("KUBECONFIG", folder.resolve("a") + ":" + b);
    assertThat(find(null, "").server()).isEqualTo("https://b:6443");
  }

  @Test
  void filesOfTheVariableAreMerged() throws Exception {
    Path one =
        file(
            "one/config",
            """
            contexts:
            - {name: lab, context: {cluster: c1, user: u2}}
            clusters:
            - {name: c1, cluster: {server: 'https://first:6443'}}
            """);
    Path two =
        file(
            "two/config",
            """
            current-context: lab
            contexts:
            - {name: lab, context: {cluster: c2, user: u2}}
            clusters:
            - {name: c1, cluster: {server: 'https://second:6443'}}
            users:
            - {name: u2, user: {tokenFile: tok}}
            """);
    file("two/tok", "from-two\n");
    environment.put("KUBECONFIG", one + "::" + two);
    ClientConfiguration configuration = find(null, "");
    assertThat(configuration.server()).isEqualTo("https://first:6443");
    // A path is relative to the file that has it.
    assertThat(authorization(configuration)).isEqualTo("Bearer from-two");
  }

  @Test
  void allFilesOfTheVariableMissingMeansInCluster() throws Exception {
    file("home/.kube/config", Kubeconfigs.withToken("https://home:6443", "h"));
    environment.put("KUBECONFIG", folder.resolve("a") + ":" + folder.resolve("b"));
    inPod();
    assertThat(find(null, "").server()).isEqualTo("https://10.96.0.1:443");
  }

  @Test
  void fileInTheHomeFolderIsFound() throws Exception {
    file("home/.kube/config", Kubeconfigs.withToken("https://home:6443", "h"));
    inPod();
    assertThat(find(null, "").server()).isEqualTo("https://home:6443");
    assertThat(authorization(find(null, ""))).isEqualTo("Bearer h");
  }

  @Test
  void apiUrlReplacesTheServerAndKeepsTheCredentials() throws Exception {
    file("home/.kube/config", Kubeconfigs.withToken("https://home:6443", "h"));
    ClientConfiguration configuration = find(null, "https://other:1234");
    assertThat(configuration.server()).isEqualTo("https://other:1234");
    assertThat(configuration.factory().create().getBasePath()).isEqualTo("https://other:1234");
    assertThat(authorization(configuration)).isEqualTo("Bearer h");
  }

  @Test
  void nameAndPasswordAreSent() throws Exception {
    Path file =
        file("x", Kubeconfigs.with("server: https://x:6443", "username: ann\npassword: hush"));
    assertThat(authorization(find(file, ""))).isEqualTo("Basic YW5uOmh1c2g=");
  }

  @Test
  void credentialPluginNextToTheFileIsRun() throws Exception {
    Path plugin =
        file(
            "plugin.sh",
            """
            #!/bin/sh
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",'
            echo '"status":{"token":"'"$GREETING"'"}}'
            """);
    assertThat(plugin.toFile().setExecutable(true)).isTrue();
    Path file =
        file(
            "x",
            Kubeconfigs.with(
                "server: https://x:6443",
                "exec:\n  apiVersion: client.authentication.k8s.io/v1\n  command: ./plugin.sh\n"
                    + "  env: [{name: GREETING, value: hello}]"));
    assertThat(authorization(find(file, ""))).isEqualTo("Bearer hello");
  }

  @Test
  void failingCredentialPluginIsNamed() throws Exception {
    Path file =
        file(
            "x",
            Kubeconfigs.with(
                "server: https://x:6443",
                "exec:\n  apiVersion: client.authentication.k8s.io/v1\n  command: 'false'"));
    assertThatThrownBy(() -> find(file, "").factory().create())
        .isInstanceOf(IOException.class)
        .hasMessage("no credentials from the plug-in false");
  }

  @Test
  void k26InClusterWithoutAnyFile() throws Exception {
    inPod();
    ClientConfiguration configuration = find(null, "");
    assertThat(configuration.server()).isEqualTo("https://10.96.0.1:443");
    assertThat(configuration.source()).isEqualTo("service account of the pod");
    environment.put("KUBERNETES_SERVICE_HOST", "fd00::1");
    assertThat(find(null, "").server()).isEqualTo("https://[fd00::1]:443");
  }

  @Test
  void apiUrlAloneTakesTheCredentialsOfThePod() throws Exception {
    inPod();
    ClientConfiguration configuration = find(null, "https://other:1234");
    assertThat(configuration.server()).isEqualTo("https://other:1234");
    assertThat(configuration.source()).isEqualTo("service account of the pod");
    assertThat(authorization(configuration)).isEqualTo("Bearer pod");
  }

  @Test
  void apiUrlAloneOutsideAPodHasNoCredentials() throws Exception {
    ClientConfiguration configuration = find(null, "http://127.0.0.1:8001");
    assertThat(configuration.server()).isEqualTo("http://127.0.0.1:8001");
    assertThat(authorization(configuration)).isEqualTo("null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "apiVersion: v1\nkind: Config\n"})
  void emptyFileCountsAsNone(String text) throws Exception {
    Path explicit = file("empty", text);
    inPod();
    assertThat(find(explicit, "").source()).isEqualTo("service account of the pod");
    Files.delete(account.resolve("token"));
    assertThatThrownBy(() -> find(explicit, ""))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("no Kubernetes configuration")
        .hasMessageContaining(explicit.toString());
  }

  @Test
  void nothingAtAllIsAnErrorThatSaysWhatToSet() {
    assertThatThrownBy(() -> find(null, ""))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("-backend-kube-config")
        .hasMessageContaining(home.toString());
  }

  @Test
  void tokenWithoutServiceVariablesIsNoConfiguration() throws Exception {
    inPod();
    environment.clear();
    assertThatThrownBy(() -> find(null, "")).isInstanceOf(BackendException.class);
  }

  @Test
  void brokenFileIsNamedWithPlaceAndWithoutItsContent() throws Exception {
    Path broken = file("broken", "users:\n- name: u\n  user:\n    token: hush\n   x: [\n");
    assertThatThrownBy(() -> find(broken, ""))
        .isInstanceOf(BackendException.class)
        .hasMessageMatching(
            "the Kubernetes config file .*broken is not a valid kubeconfig \\(line \\d+, column"
                + " \\d+\\)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- a",
        "text",
        "current-context: 7",
        "clusters: x\ncurrent-context: a",
        "clusters: [a]\ncurrent-context: a",
        "current-context: a",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
            + "clusters: [{name: c, cluster: {server: 'https://x'}}]",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
            + "clusters: [{name: c, cluster: {server: 7}}]",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
            + "clusters: [{name: c, cluster: {}}]",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
            + "clusters: [{name: c, cluster: {server: 'https://x', proxy-url: 'ftp://u:hush@x'}}]",
      })
  void oddFilesAreErrorsOfOneLine(String text) throws Exception {
    Path odd = file("odd", text);
    assertThatThrownBy(() -> find(odd, ""))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(odd.toString())
        .hasMessageNotContaining("hush")
        .hasMessageNotContaining("\n");
  }
}
