// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import io.kubernetes.client.util.KubeConfig;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.spi.BackendException;

/**
 * Several kubeconfig files as one: of entries with the same name the first is taken, and the
 * current context is that of the first file that names one.
 */
final class MergedKubeconfig {
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

  private final List<Path> files = new ArrayList<>();
  private final Map<String, Map<String, Object>> clusters = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> contexts = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> users = new LinkedHashMap<>();
  private String currentContext = "";

  /** Adds a file behind those added before. */
  void add(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new BackendException("cannot read the Kubernetes config file " + file, e);
    }
    files.add(file);
    if (text.lines().allMatch(line -> line.isBlank() || line.startsWith("#"))) {
      return;
    }
    KubeConfig config;
    try {
      config = KubeConfig.loadKubeConfig(new StringReader(text));
    } catch (RuntimeException e) {
      // The message quotes the file, which may hold secrets, so only the place is told.
      throw new BackendException(
          "the Kubernetes config file " + file + " is not a valid kubeconfig" + place(e), e);
    }
    Path folder = file.toAbsolutePath().normalize().getParent();
    collect(file, config.getClusters(), "cluster", clusters, folder, "certificate-authority");
    collect(file, config.getContexts(), "context", contexts, folder);
    collect(
        file,
        config.getUsers(),
        "user",
        users,
        folder,
        "client-certificate",
        "client-key",
        "tokenFile");
    String current = config.getCurrentContext();
    if (currentContext.isEmpty() && current != null) {
      currentContext = current;
    }
  }

  private static String place(RuntimeException e) {
    Matcher matcher = PLACE.matcher(String.valueOf(e.getMessage()));
    String place = "";
    while (matcher.find()) {
      place = " (line " + matcher.group(1) + ", column " + matcher.group(2) + ")";
    }
    return place;
  }

  /** Takes the entries that are new, with their paths made absolute. */
  private static void collect(
      Path file,
      @Nullable List<?> entries,
      String part,
      Map<String, Map<String, Object>> to,
      @Nullable Path folder,
      String... pathKeys) {
    for (Object each : entries == null ? List.of() : entries) {
      if (!(each instanceof Map<?, ?> entry)
          || !(entry.get("name") instanceof String name)
          || !(entry.get(part) instanceof Map<?, ?> body)) {
        throw new BackendException(
            "the Kubernetes config file " + file + " has a " + part + " without name or content");
      }
      Map<String, Object> copy = new LinkedHashMap<>();
      body.forEach((key, value) -> copy.put(String.valueOf(key), value));
      for (String key : pathKeys) {
        resolve(copy, key, folder);
      }
      if (copy.get("exec") instanceof Map<?, ?> exec) {
        Map<String, Object> execCopy = new LinkedHashMap<>();
        exec.forEach((key, value) -> execCopy.put(String.valueOf(key), value));
        if (execCopy.get("command") instanceof String command && command.contains("/")) {
          resolve(execCopy, "command", folder);
        }
        copy.put("exec", execCopy);
      }
      Map<String, Object> entryCopy = new LinkedHashMap<>();
      entryCopy.put("name", name);
      entryCopy.put(part, copy);
      to.putIfAbsent(name, entryCopy);
    }
  }

  private static void resolve(Map<String, Object> entry, String key, @Nullable Path folder) {
    if (folder != null && entry.get(key) instanceof String path && !path.isEmpty()) {
      entry.put(key, folder.resolve(path).normalize().toString());
    }
  }

  /** Tells whether there is nothing to go by, in which case the pod's own account is tried. */
  boolean isEmpty() {
    return currentContext.isEmpty();
  }

  String source() {
    return files.size() == 1 ? files.get(0).toString() : files.toString();
  }

  /**
   * Returns the merged configuration.
   *
   * @param apiServer a URL in place of the cluster's, or empty text
   */
  KubeConfig toKubeConfig(String apiServer) {
    Map<String, Object> context = contexts.get(currentContext);
    if (context == null || !(context.get("context") instanceof Map<?, ?> names)) {
      throw new BackendException(
          "the Kubernetes config " + source() + " has no context \"" + currentContext + "\"");
    }
    String clusterName = names.get("cluster") instanceof String text ? text : "";
    Map<String, Object> cluster = clusters.get(clusterName);
    if (cluster == null && apiServer.isEmpty()) {
      throw new BackendException(
          "the Kubernetes config " + source() + " has no cluster \"" + clusterName + "\"");
    }
    if (!apiServer.isEmpty()) {
      cluster = withServer(cluster, clusterName, apiServer);
      clusters.put(clusterName, cluster);
    }
    if (names.get("user") instanceof String user && !user.isEmpty() && !users.containsKey(user)) {
      throw new BackendException(
          "the Kubernetes config " + source() + " has no user \"" + user + "\"");
    }
    KubeConfig config =
        new KubeConfig(
            new ArrayList<>(contexts.values()),
            new ArrayList<>(clusters.values()),
            new ArrayList<>(usersWithoutTokenFiles()));
    config.setContext(currentContext);
    try {
      String server = config.getServer();
      if (server == null || server.isEmpty()) {
        throw new BackendException(
            "the Kubernetes config "
                + source()
                + " names no server in cluster \""
                + clusterName
                + "\"");
      }
    } catch (ClassCastException e) {
      throw new BackendException(
          "the Kubernetes config " + source() + " has a value of the wrong type", e);
    }
    return config;
  }

  /**
   * Returns the current user's token file, which wins over a token that may have run out. The
   * client would take it with the line feed at its end, which no header may have.
   */
  Optional<Path> tokenFile() {
    return currentUser().get("tokenFile") instanceof String file
        ? Optional.of(Path.of(file))
        : Optional.empty();
  }

  /**
   * Returns the current cluster's proxy, which the client would pass over.
   *
   * @throws BackendException if it is none that can be used
   */
  Optional<Proxy> proxy() {
    Map<String, Object> context = contexts.get(currentContext);
    Object name =
        context != null && context.get("context") instanceof Map<?, ?> names
            ? names.get("cluster")
            : null;
    Map<String, Object> cluster = name == null ? null : clusters.get(String.valueOf(name));
    if (cluster == null
        || !(cluster.get("cluster") instanceof Map<?, ?> body)
        || !(body.get("proxy-url") instanceof String url)
        || url.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(url);
      boolean socks = "socks5".equals(uri.getScheme());
      // A password would have to be asked for by the proxy first, which nothing here answers.
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && (socks || "http".equals(uri.getScheme()))) {
        int port = uri.getPort() < 0 ? (socks ? 1080 : 80) : uri.getPort();
        return Optional.of(
            new Proxy(
                socks ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                InetSocketAddress.createUnresolved(uri.getHost(), port)));
      }
    } catch (URISyntaxException e) {
      // Said below, without the URL: it may hold a password.
    }
    throw new BackendException(
        "the Kubernetes config "
            + source()
            + " has a proxy-url that cannot be used in cluster \""
            + name
            + "\" (expected: http://HOST:PORT or socks5://HOST:PORT)");
  }

  /** Returns the command of the current user's credential plug-in. */
  Optional<String> plugin() {
    return currentUser().get("exec") instanceof Map<?, ?> exec
        ? Optional.of(String.valueOf(exec.get("command")))
        : Optional.empty();
  }

  private Map<?, ?> currentUser() {
    Map<String, Object> context = contexts.get(currentContext);
    if (context != null
        && context.get("context") instanceof Map<?, ?> names
        && names.get("user") instanceof String userName) {
      Map<String, Object> user = users.get(userName);
      if (user != null && user.get("user") instanceof Map<?, ?> body) {
        return body;
      }
    }
    return Map.of();
  }

  /** Returns the users as the client is to see them. */
  private List<Object> usersWithoutTokenFiles() {
    List<Object> copies = new ArrayList<>();
    for (Map<String, Object> user : users.values()) {
      Map<String, Object> copy = new LinkedHashMap<>(user);
      if (user.get("user") instanceof Map<?, ?> body) {
        Map<Object, Object> bodyCopy = new LinkedHashMap<>(body);
        if (bodyCopy.remove("tokenFile") != null) {
          bodyCopy.remove("token");
        }
        copy.put("user", bodyCopy);
      }
      copies.add(copy);
    }
    return copies;
  }

  private static Map<String, Object> withServer(
      @Nullable Map<String, Object> cluster, String name, String server) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (cluster != null && cluster.get("cluster") instanceof Map<?, ?> old) {
      old.forEach((key, value) -> body.put(String.valueOf(key), value));
    }
    body.put("server", server);
    Map<String, Object> changed = new LinkedHashMap<>();
    changed.put("name", name);
    changed.put("cluster", body);
    return changed;
  }
}
