// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.tinkerbell.smee.backend.kube.Samples.list;
import static org.tinkerbell.smee.backend.kube.Samples.map;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What {@code kubectl} asks of an API server beyond lists and watches: which resources there are,
 * definitions of resources, and single objects. A resource is served once its definition was
 * applied, and no longer when that is deleted. Objects are not checked against their definition.
 */
final class Kubectl {
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final List<Object> VERBS =
      list("create", "delete", "get", "list", "patch", "update", "watch");

  private final ApiServerDouble server;
  private final Map<String, Map<String, Object>> definitions = new ConcurrentHashMap<>();
  private long definitionVersion;

  Kubectl(ApiServerDouble server) {
    this.server = server;
  }

  /**
   * Answers a request, unless it is a list or a watch of hardware.
   *
   * @param rest of the path, after group, version and namespace; empty for other paths
   */
  boolean handle(
      HttpExchange exchange, ApiServerDouble.Request request, String namespace, String rest)
      throws IOException {
    String path = request.path();
    String method = exchange.getRequestMethod();
    if (path.startsWith(DEFINITIONS)) {
      definition(exchange, method, request, path.substring(DEFINITIONS.length()));
      return true;
    }
    if (rest.equals("/hardware") && !server.served.isEmpty() && method.equals("POST")) {
      create(exchange, namespace);
      return true;
    }
    if (rest.startsWith("/hardware/") && !server.served.isEmpty()) {
      object(exchange, method, namespace, rest.substring("/hardware/".length()));
      return true;
    }
    Optional<Map<String, Object>> document = discovery(path);
    if (document.isPresent()) {
      answer(exchange, 200, document.get());
    }
    return document.isPresent();
  }

  // ---- which resources there are

  private Optional<Map<String, Object>> discovery(String path) {
    boolean hardware = !server.served.isEmpty();
    return switch (path) {
      case "/version" -> Optional.of(map("major", "1", "minor", "30", "gitVersion", "v1.30.0"));
      case "/api" -> Optional.of(map("kind", "APIVersions", "versions", list("v1")));
      case "/api/v1" -> Optional.of(resources("v1"));
      case "/apis" -> {
        List<Object> groups = list(group("apiextensions.k8s.io", "v1"));
        if (hardware) {
          groups.add(group("tinkerbell.org", server.served));
        }
        yield Optional.of(map("kind", "APIGroupList", "apiVersion", "v1", "groups", groups));
      }
      case "/apis/apiextensions.k8s.io/v1" ->
          Optional.of(
              resources(
                  "apiextensions.k8s.io/v1",
                  map(
                      "name",
                      "customresourcedefinitions",
                      "singularName",
                      "customresourcedefinition",
                      "namespaced",
                      false,
                      "kind",
                      "CustomResourceDefinition",
                      "shortNames",
                      list("crd"),
                      "verbs",
                      VERBS)));
      default ->
          hardware && path.equals("/apis/tinkerbell.org/" + server.served)
              ? Optional.of(resources("tinkerbell.org/" + server.served, hardware()))
              : Optional.empty();
    };
  }

  private static Map<String, Object> group(String name, String version) {
    Map<String, Object> one = map("groupVersion", name + "/" + version, "version", version);
    return map("name", name, "versions", list(one), "preferredVersion", one);
  }

  private static Map<String, Object> resources(String version, Object... resources) {
    return map(
        "kind",
        "APIResourceList",
        "apiVersion",
        "v1",
        "groupVersion",
        version,
        "resources",
        list(resources));
  }

  /** What discovery says of the resource, from the names in its definition. */
  private Map<String, Object> hardware() {
    Map<String, Object> names =
        definitions.values().stream()
            .map(definition -> child(child(definition, "spec"), "names"))
            .findFirst()
            .orElse(map("plural", "hardware", "singular", "hardware", "kind", "Hardware"));
    return map(
        "name",
        names.get("plural"),
        "singularName",
        names.get("singular"),
        "namespaced",
        true,
        "kind",
        names.get("kind"),
        "shortNames",
        names.getOrDefault("shortNames", list()),
        "categories",
        names.getOrDefault("categories", list()),
        "verbs",
        VERBS);
  }

  // ---- definitions

  private void definition(
      HttpExchange exchange, String method, ApiServerDouble.Request request, String rest)
      throws IOException {
    if (rest.isEmpty() && method.equals("POST")) {
      Map<String, Object> definition = body(exchange);
      answer(exchange, 201, store(definition));
      return;
    }
    if (rest.isEmpty()) {
      String wanted = request.query().getOrDefault("fieldSelector", "");
      List<Object> items = list();
      definitions.forEach(
          (name, definition) -> {
            if (wanted.isEmpty() || wanted.equals("metadata.name=" + name)) {
              items.add(definition);
            }
          });
      answer(
          exchange,
          200,
          map(
              "kind",
              "CustomResourceDefinitionList",
              "apiVersion",
              "apiextensions.k8s.io/v1",
              "metadata",
              map("resourceVersion", Long.toString(definitionVersion)),
              "items",
              items));
      return;
    }
    String name = rest.substring(1);
    Map<String, Object> stored = definitions.get(name);
    if (stored == null) {
      missing(exchange, name);
      return;
    }
    switch (method) {
      case "GET" -> answer(exchange, 200, stored);
      case "PATCH" -> answer(exchange, 200, store(merged(stored, body(exchange))));
      case "PUT" -> answer(exchange, 200, store(body(exchange)));
      case "DELETE" -> {
        definitions.remove(name);
        server.served = "";
        ApiServerDouble.status(exchange, 200, "");
      }
      default -> ApiServerDouble.status(exchange, 405, method);
    }
  }

  /** Serves what a definition defines, if it is that of the one resource. */
  private Map<String, Object> store(Map<String, Object> definition) {
    Map<String, Object> spec = child(definition, "spec");
    Map<String, Object> metadata = child(definition, "metadata");
    definitionVersion++;
    metadata.put("resourceVersion", Long.toString(definitionVersion));
    metadata.put("uid", "00000000-0000-0000-0001-000000000000");
    Map<String, Object> stored = new LinkedHashMap<>(definition);
    stored.put("metadata", metadata);
    stored.put("status", map("conditions", list(map("type", "Established", "status", "True"))));
    definitions.put((String) metadata.get("name"), stored);
    if (spec.get("group").equals("tinkerbell.org") && spec.get("versions") instanceof List<?> all) {
      for (Object version : all) {
        if (version instanceof Map<?, ?> one && Boolean.TRUE.equals(one.get("served"))) {
          server.served = (String) one.get("name");
        }
      }
    }
    return stored;
  }

  // ---- objects

  private void create(HttpExchange exchange, String namespace) throws IOException {
    Map<String, Object> object = body(exchange);
    Map<String, Object> metadata = child(object, "metadata");
    metadata.put("namespace", namespace);
    object.put("metadata", metadata);
    String name = (String) metadata.get("name");
    synchronized (server) {
      if (server.find(namespace, name).isPresent()) {
        ApiServerDouble.status(exchange, 409, "hardware \"" + name + "\" already exists");
        return;
      }
      server.apply(object);
      answer(exchange, 201, server.find(namespace, name).orElseThrow());
    }
  }

  private void object(HttpExchange exchange, String method, String namespace, String name)
      throws IOException {
    Map<String, Object> sent = method.matches("PUT|PATCH") ? body(exchange) : Map.of();
    synchronized (server) {
      Optional<Map<String, Object>> found = server.find(namespace, name);
      if (found.isEmpty()) {
        missing(exchange, name);
        return;
      }
      Map<String, Object> stored = found.get();
      Object expected = child(sent, "metadata").get("resourceVersion");
      if (expected != null && !expected.equals(child(stored, "metadata").get("resourceVersion"))) {
        ApiServerDouble.status(exchange, 409, "the object has been modified");
        return;
      }
      switch (method) {
        case "GET" -> answer(exchange, 200, stored);
        case "PATCH", "PUT" -> {
          server.apply(method.equals("PUT") ? sent : merged(stored, sent));
          answer(exchange, 200, server.find(namespace, name).orElseThrow());
        }
        case "DELETE" -> {
          server.delete(namespace, name);
          ApiServerDouble.status(exchange, 200, "");
        }
        default -> ApiServerDouble.status(exchange, 405, method);
      }
    }
  }

  /** Merges as RFC 7386 says: mappings by name, all else replaced, null removes. */
  private static Map<String, Object> merged(Map<String, Object> target, Map<String, Object> patch) {
    Map<String, Object> result = new LinkedHashMap<>(target);
    patch.forEach(
        (name, value) -> {
          if (value == null) {
            result.remove(name);
          } else if (value instanceof Map<?, ?>) {
            result.put(name, merged(child(target, name), child(patch, name)));
          } else {
            result.put(name, value);
          }
        });
    return result;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> tree, String name) {
    return tree.get(name) instanceof Map<?, ?> child
        ? new LinkedHashMap<>((Map<String, Object>) child)
        : new LinkedHashMap<>();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> body(HttpExchange exchange) throws IOException {
    String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    return ApiServerDouble.JSON.fromJson(text, Map.class);
  }

  private static void missing(HttpExchange exchange, String name) throws IOException {
    ApiServerDouble.status(exchange, 404, "\"" + name + "\" not found");
  }

  private static void answer(HttpExchange exchange, int code, Map<String, Object> document)
      throws IOException {
    byte[] body = ApiServerDouble.JSON.toJson(document).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }
}
