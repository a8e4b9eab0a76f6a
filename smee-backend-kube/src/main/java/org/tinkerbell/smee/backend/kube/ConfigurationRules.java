// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.credentials.RefreshAuthentication;
import java.io.File;
import java.io.IOException;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.spi.BackendException;

/**
 * Finds the configuration in the order of the reference's client library: a given file, the files
 * of {@code KUBECONFIG} merged, {@code ~/.kube/config}, the pod's service account.
 *
 * <p>The Java client's own rules differ: it takes the first file of {@code KUBECONFIG} only and
 * falls back to {@code localhost:8080}.
 */
final class ConfigurationRules {
  /** A kubeconfig's credential plug-in is run again after this time, if a request is made. */
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(1);

  private final Surroundings surroundings;

  ConfigurationRules(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Finds the configuration.
   *
   * @param explicit a file that must exist, or null
   * @param apiServer a URL in place of the configuration's, or empty text
   * @throws BackendException if there is no configuration or it cannot be used
   */
  ClientConfiguration find(@Nullable Path explicit, String apiServer) {
    MergedKubeconfig merged = new MergedKubeconfig();
    for (Path file : files(explicit)) {
      merged.add(file);
    }
    if (!merged.isEmpty()) {
      return fromFiles(merged, apiServer);
    }
    Path token = surroundings.serviceAccount().resolve("token");
    boolean hasToken = Files.isRegularFile(token);
    String server = apiServer;
    if (server.isEmpty() && hasToken) {
      server = inClusterServer();
    }
    if (server.isEmpty()) {
      throw new BackendException(
          "no Kubernetes configuration: no kubeconfig file"
              + (explicit == null ? "" : " with a current-context in " + explicit)
              + ", KUBECONFIG or "
              + homeFile()
              + ", and not in a pod; set -backend-kube-config or KUBECONFIG");
    }
    if (!hasToken) {
      String url = server;
      return new ClientConfiguration(
          url, "API URL without credentials", () -> new ClientBuilder().setBasePath(url).build());
    }
    return fromServiceAccount(server);
  }

  private List<Path> files(@Nullable Path explicit) {
    if (explicit != null) {
      if (!Files.isRegularFile(explicit)) {
        throw new BackendException(
            "cannot read the Kubernetes config file " + explicit + ": no such file");
      }
      return List.of(explicit);
    }
    String variable = surroundings.variable("KUBECONFIG");
    if (variable.isEmpty()) {
      return Files.isRegularFile(homeFile()) ? List.of(homeFile()) : List.of();
    }
    List<Path> files = new ArrayList<>();
    for (String name : variable.split(File.pathSeparator, -1)) {
      if (!name.isEmpty() && Files.exists(Path.of(name))) {
        files.add(Path.of(name));
      }
    }
    return files;
  }

  private Path homeFile() {
    return surroundings.home().resolve(".kube").resolve("config");
  }

  private static ClientConfiguration fromFiles(MergedKubeconfig merged, String apiServer) {
    KubeConfig config = merged.toKubeConfig(apiServer);
    Optional<Path> tokenFile = merged.tokenFile();
    Optional<String> plugin = merged.plugin();
    Optional<Proxy> proxy = merged.proxy();
    return new ClientConfiguration(
        config.getServer(),
        merged.source(),
        () -> {
          ApiClient client = ClientBuilder.kubeconfig(config, TOKEN_LIFE).build();
          if (plugin.isPresent() && !hasCredentials(client)) {
            throw new IOException("no credentials from the plug-in " + plugin.get());
          }
          tokenFile.ifPresent(file -> readToken(client, file));
          proxy.ifPresent(
              way -> client.setHttpClient(client.getHttpClient().newBuilder().proxy(way).build()));
          return client;
        });
  }

  /** The client goes on without credentials where a plug-in fails, which would end in a 403. */
  private static boolean hasCredentials(ApiClient client) {
    return client.getKeyManagers() != null
        || client.getHttpClient().interceptors().stream()
            .anyMatch(RefreshAuthentication.class::isInstance);
  }

  private static void readToken(ApiClient client, Path file) {
    client.setHttpClient(
        client.getHttpClient().newBuilder().addInterceptor(new TokenFile(file)).build());
  }

  private String inClusterServer() {
    String host = surroundings.variable("KUBERNETES_SERVICE_HOST");
    String port = surroundings.variable("KUBERNETES_SERVICE_PORT");
    if (host.isEmpty() || port.isEmpty()) {
      return "";
    }
    return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private ClientConfiguration fromServiceAccount(String server) {
    Path folder = surroundings.serviceAccount();
    return new ClientConfiguration(
        server, "service account of the pod", () -> serviceAccountClient(server, folder));
  }

  private static ApiClient serviceAccountClient(String server, Path folder) throws IOException {
    ClientBuilder builder = new ClientBuilder().setBasePath(server);
    Path authority = folder.resolve("ca.crt");
    if (Files.isRegularFile(authority)) {
      builder.setCertificateAuthority(Files.readAllBytes(authority));
    }
    ApiClient client = builder.build();
    readToken(client, folder.resolve("token"));
    return client;
  }
}
