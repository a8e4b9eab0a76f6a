// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.Pair;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** The two requests that are made: list and watch. One at a time, by one thread. */
final class HardwareApi {
  private static final String GROUP = "tinkerbell.org";

  /** How many objects are asked for at once; a server may send more. */
  private static final int PAGE = 500;

  /** Without a byte for this long, a list has failed. */
  private static final Duration LIST_SILENCE = Duration.ofSeconds(60);

  /** Beyond the time that the server was given to end the watch. */
  private static final Duration WATCH_GRACE = Duration.ofSeconds(30);

  /**
   * How often an HTTP/2 connection is asked for a sign of life. A watch may be silent for minutes,
   * and a server that vanished without a word is silent, too.
   */
  private static final Duration PING = Duration.ofSeconds(20);

  /** Longest line of a watch. The server's store takes about 1.5 MB for an object. */
  private static final long LONGEST_EVENT = 16L << 20;

  /** Is told what a watch says. */
  interface Events {
    /** The server has accepted the watch. */
    void opened();

    /** An object was added or modified, or was there already. */
    void changed(Map<String, ?> hardware);

    /** An object was deleted. */
    void deleted(Map<String, ?> hardware);

    /** Everything up to here was told. */
    void reached(String resourceVersion);
  }

  private final ApiClient client;
  private final OkHttpClient http;
  private final String server;
  private final String namespace;
  private @Nullable Call current;
  private boolean cancelled;

  HardwareApi(ApiClient client, String server, String namespace) {
    this.client = client;
    this.http = client.getHttpClient().newBuilder().pingInterval(PING).build();
    this.server = server;
    this.namespace = namespace;
  }

  /**
   * Lists all objects.
   *
   * @param version of the API
   * @param resourceVersion how new at least; {@code 0} for whatever the server has at hand, empty
   *     text for the newest
   * @param each takes the objects one by one
   * @return the version that a watch can start from
   */
  String list(String version, String resourceVersion, Consumer<Map<String, ?>> each)
      throws ApiProblem {
    Map<String, String> query = new HashMap<>();
    query.put("limit", Integer.toString(PAGE));
    if (!resourceVersion.isEmpty()) {
      query.put("resourceVersion", resourceVersion);
    }
    while (true) {
      Map<String, ?> metadata = page(version, query, each);
      String next = JsonTree.text(Map.of("m", metadata), "m", "continue");
      if (next.isEmpty()) {
        return JsonTree.text(Map.of("m", metadata), "m", "resourceVersion");
      }
      query.remove("resourceVersion");
      query.put("continue", next);
    }
  }

  private Map<String, ?> page(
      String version, Map<String, String> query, Consumer<Map<String, ?>> each) throws ApiProblem {
    Map<String, ?> metadata = Map.of();
    boolean opened = false;
    try (Response response = send(version, query, LIST_SILENCE)) {
      check(response, "list hardware");
      opened = true;
      JsonReader reader =
          new JsonReader(
              new InputStreamReader(response.body().byteStream(), StandardCharsets.UTF_8));
      reader.beginObject();
      while (reader.hasNext()) {
        switch (reader.nextName()) {
          case "metadata" -> metadata = JsonTree.object(reader);
          case "items" -> {
            reader.beginArray();
            while (reader.hasNext()) {
              each.accept(JsonTree.object(reader));
            }
            reader.endArray();
          }
          default -> reader.skipValue();
        }
      }
      reader.endObject();
    } catch (MalformedJsonException
        | IllegalStateException
        | JsonParseException
        | NumberFormatException e) {
      throw new ApiProblem(
          ApiProblem.Kind.FAILED,
          "what answers at " + server + " is not the Kubernetes API: no list of hardware",
          e);
    } catch (IOException e) {
      if (opened) {
        throw new ApiProblem(
            ApiProblem.Kind.FAILED,
            "the Kubernetes API at " + server + " broke off while listing hardware",
            e);
      }
      throw ApiProblem.of(server, e);
    }
    return metadata;
  }

  /**
   * Watches all objects until the server ends it, as it does after the given time.
   *
   * @param version of the API
   * @param resourceVersion where the list or the watch before has ended
   * @param life after which the server is to end the watch
   * @param events is told on this thread
   */
  void watch(String version, String resourceVersion, Duration life, Events events)
      throws ApiProblem {
    Map<String, String> query = new HashMap<>();
    query.put("watch", "true");
    query.put("allowWatchBookmarks", "true");
    query.put("resourceVersion", resourceVersion);
    query.put("timeoutSeconds", Long.toString(life.toSeconds()));
    boolean opened = false;
    try (Response response = send(version, query, life.plus(WATCH_GRACE))) {
      check(response, "watch hardware");
      events.opened();
      opened = true;
      BufferedSource source = response.body().source();
      while (!source.exhausted()) {
        event(source.readUtf8LineStrict(LONGEST_EVENT), events);
      }
    } catch (MalformedJsonException
        | IllegalStateException
        | JsonParseException
        | NumberFormatException e) {
      throw new ApiProblem(
          ApiProblem.Kind.GONE, "the watch at " + server + " says what is no event", e);
    } catch (IOException e) {
      if (opened) {
        throw new ApiProblem(ApiProblem.Kind.DROPPED, "the watch at " + server + " was cut off", e);
      }
      throw ApiProblem.of(server, e);
    }
  }

  private void event(String line, Events events) throws IOException, ApiProblem {
    if (line.isBlank()) {
      return;
    }
    Map<String, ?> event = JsonTree.object(new JsonReader(new StringReader(line)));
    if (!(event.get("object") instanceof Map<?, ?> raw)) {
      throw new IllegalStateException("an event without object");
    }
    Map<String, Object> object = new HashMap<>();
    raw.forEach((key, value) -> object.put(String.valueOf(key), value));
    switch (String.valueOf(event.get("type"))) {
      case "ADDED", "MODIFIED" -> events.changed(object);
      case "DELETED" -> events.deleted(object);
      case "BOOKMARK" -> {}
      case "ERROR" -> {
        int code = object.get("code") instanceof Number number ? number.intValue() : 0;
        String message = object.get("message") instanceof String text ? text : "";
        throw ApiProblem.ofStatus(server, code, "watch hardware", message);
      }
      default -> {
        return;
      }
    }
    String reached = JsonTree.text(object, "metadata", "resourceVersion");
    if (!reached.isEmpty()) {
      events.reached(reached);
    }
  }

  private Response send(String version, Map<String, String> query, Duration silence)
      throws IOException {
    String path =
        "/apis/"
            + GROUP
            + "/"
            + version
            + (namespace.isEmpty() ? "" : "/namespaces/" + namespace)
            + "/hardware";
    List<Pair> pairs = new ArrayList<>();
    query.forEach((name, value) -> pairs.add(new Pair(name, value)));
    Map<String, String> headers = new HashMap<>(Map.of("Accept", "application/json"));
    Request request;
    try {
      request =
          client
              .buildCall(
                  client.getBasePath(),
                  path,
                  "GET",
                  pairs,
                  List.of(),
                  null,
                  headers,
                  new HashMap<>(),
                  new HashMap<>(),
                  new String[] {"BearerToken"},
                  null)
              .request();
    } catch (ApiException e) {
      throw new IOException(e.getMessage(), e);
    }
    Call call = http.newBuilder().readTimeout(silence).build().newCall(request);
    synchronized (this) {
      current = call;
      if (cancelled) {
        call.cancel();
      }
    }
    return call.execute();
  }

  private void check(Response response, String what) throws ApiProblem, IOException {
    if (response.isSuccessful()) {
      return;
    }
    String detail = response.peekBody(4096).string();
    String message = "";
    try {
      Map<String, ?> status = JsonTree.object(new JsonReader(new StringReader(detail)));
      message = status.get("message") instanceof String text ? text : "";
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // Whoever answers in another form, a proxy for example, has said enough with the code.
    }
    throw ApiProblem.ofStatus(server, response.code(), what, message);
  }

  /** Ends the request in progress, and those to come at once. */
  synchronized void cancel() {
    cancelled = true;
    if (current != null) {
      current.cancel();
    }
  }

  /** Closes idle connections. */
  void close() {
    http.connectionPool().evictAll();
  }
}
