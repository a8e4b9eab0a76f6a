// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * An API server that knows one resource and tells the truth about it: every change raises one
 * counter, a list says at which count it was true, a watch tells what came after a count, and a
 * count from before the log of changes is answered with 410. Can be made to break in many ways.
 * State outlives {@link #stop} and {@link #start}, as that of a real server does.
 */
public final class ApiServerDouble implements AutoCloseable {
  static final Gson JSON =
      new GsonBuilder()
          .serializeNulls()
          .disableHtmlEscaping()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .create();

  private record Change(long version, String type, String namespace, String json) {}

  /** One request as it came in. */
  record Request(String path, Map<String, String> query, String authorization) {
    boolean isWatch() {
      return "true".equals(query.get("watch"));
    }
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Map<String, Object>> objects = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Set<HttpExchange> watches = new HashSet<>();
  private final Kubectl kubectl = new Kubectl(this);
  private final SSLContext tls;
  private final boolean wantClientCertificate;

  final List<Request> requests = new CopyOnWriteArrayList<>();
  final BlockingQueue<Request> arrivals = new LinkedBlockingQueue<>();

  private HttpServer server;
  private int port;
  private long version = 100;
  private long compacted;
  private long toldUpTo;

  /** Version of the API that is served; empty for none. */
  public volatile String served = "v1alpha1";

  /** Status that lists are answered with; 200 to serve them. */
  volatile int listStatus = 200;

  /** Status that watches are answered with; 200 to serve them. */
  volatile int watchStatus = 200;

  /** Whether an outdated watch gets status 410, or status 200 and an event that says 410. */
  volatile boolean goneAsEvent;

  /** Token that is asked for; empty for none. */
  volatile String token = "";

  /** Most objects in one answer, whatever is asked for; 0 for no such bound. */
  volatile int pageSize;

  /** Bytes after which lists are cut off; negative for never. */
  volatile int cutListAfter = -1;

  /** Whether watches end right after what there is to tell. */
  volatile boolean endWatchesAtOnce;

  /** Whether events are sent in small pieces. */
  volatile boolean splitEvents;

  public ApiServerDouble() throws IOException {
    this(null, false);
  }

  ApiServerDouble(SSLContext tls, boolean wantClientCertificate) throws IOException {
    this.tls = tls;
    this.wantClientCertificate = wantClientCertificate;
    start();
  }

  synchronized void start() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    if (tls == null) {
      server = HttpServer.create(address, 16);
    } else {
      HttpsServer https = HttpsServer.create(address, 16);
      https.setHttpsConfigurator(
          new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
              var ssl = getSSLContext().getDefaultSSLParameters();
              ssl.setNeedClientAuth(wantClientCertificate);
              parameters.setSSLParameters(ssl);
            }
          });
      server = https;
    }
    port = server.getAddress().getPort();
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Ends the server as a crash does: all connections are cut. */
  void stop() {
    dropWatches();
    server.stop(0);
  }

  /** Returns where it is, for a kubeconfig. */
  public String url() {
    return (tls == null ? "http" : "https") + "://127.0.0.1:" + port;
  }

  // ---- what a user of the cluster does

  synchronized void apply(Map<String, Object> object) {
    @SuppressWarnings("unchecked")
    Map<String, Object> metadata =
        new LinkedHashMap<>((Map<String, Object>) object.get("metadata"));
    String namespace = (String) metadata.computeIfAbsent("namespace", n -> "default");
    String key = namespace + "/" + metadata.get("name");
    boolean known = objects.containsKey(key);
    version++;
    metadata.put("resourceVersion", Long.toString(version));
    metadata.putIfAbsent("uid", "00000000-0000-0000-0000-" + String.format("%012d", version));
    metadata.put("managedFields", List.of(Map.of("manager", "test", "fieldsV1", Map.of("f:x", 1))));
    Map<String, Object> stored = new LinkedHashMap<>(object);
    stored.put("metadata", metadata);
    objects.put(key, stored);
    record(known ? "MODIFIED" : "ADDED", namespace, stored);
  }

  synchronized void delete(String namespace, String name) {
    Map<String, Object> stored = objects.remove(namespace + "/" + name);
    @SuppressWarnings("unchecked")
    Map<String, Object> metadata =
        new LinkedHashMap<>((Map<String, Object>) stored.get("metadata"));
    version++;
    metadata.put("resourceVersion", Long.toString(version));
    Map<String, Object> last = new LinkedHashMap<>(stored);
    last.put("metadata", metadata);
    record("DELETED", namespace, last);
  }

  /** Returns an object as it is stored. */
  synchronized Optional<Map<String, Object>> find(String namespace, String name) {
    return Optional.ofNullable(objects.get(namespace + "/" + name));
  }

  private void record(String type, String namespace, Map<String, Object> object) {
    changes.add(new Change(version, type, namespace, JSON.toJson(object)));
    notifyAll();
  }

  /** Forgets the changes so far, as a server does after some minutes. */
  synchronized void compact() {
    changes.clear();
    compacted = version;
  }

  /** Raises the counter for something that is of no interest here. */
  synchronized void otherChange() {
    version++;
    notifyAll();
  }

  /** Sends something to all watches as it is. */
  void sendRaw(String text) throws IOException {
    List<HttpExchange> open;
    synchronized (this) {
      open = List.copyOf(watches);
    }
    for (HttpExchange exchange : open) {
      OutputStream out = exchange.getResponseBody();
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  /** Waits until some watch was told everything up to a version. */
  synchronized void awaitTold(long wanted) throws InterruptedException {
    long ends = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (toldUpTo < wanted) {
      long left = TimeUnit.NANOSECONDS.toMillis(ends - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("version " + wanted + " not told within 10 s");
      }
      wait(left);
    }
  }

  /** Waits until a watch is being served. */
  synchronized void awaitWatch() throws InterruptedException {
    long ends = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (watches.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(ends - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("no watch within 10 s");
      }
      wait(left);
    }
  }

  void dropWatches() {
    List<HttpExchange> open;
    synchronized (this) {
      open = List.copyOf(watches);
      watches.clear();
      notifyAll();
    }
    open.forEach(HttpExchange::close);
  }

  /** Waits for the next request that is, or is not, a watch. */
  Request awaitRequest(boolean watch) throws InterruptedException {
    while (true) {
      Request request = arrivals.poll(10, TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("no " + (watch ? "watch" : "list") + " within 10 s");
      }
      if (request.isWatch() == watch) {
        return request;
      }
    }
  }

  // ---- what the server does

  private void handle(HttpExchange exchange) throws IOException {
    Request request =
        new Request(
            exchange.getRequestURI().getPath(),
            query(exchange.getRequestURI().getRawQuery()),
            String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    requests.add(request);
    arrivals.add(request);
    String prefix = "/apis/tinkerbell.org/" + served;
    String namespace = "";
    String rest =
        request.path().startsWith(prefix) ? request.path().substring(prefix.length()) : "";
    if (rest.startsWith("/namespaces/")) {
      String[] parts = rest.split("/", 4);
      namespace = parts[2];
      rest = "/" + parts[3];
    }
    int wanted = request.isWatch() ? watchStatus : listStatus;
    if (!token.isEmpty() && !request.authorization().equals("Bearer " + token)) {
      status(exchange, 401, "Unauthorized");
    } else if (kubectl.handle(exchange, request, namespace, rest)) {
      exchange.close();
    } else if (served.isEmpty() || !rest.equals("/hardware")) {
      status(exchange, 404, "the server could not find the requested resource");
    } else if (wanted != 200) {
      status(exchange, wanted, "the double was told to say " + wanted);
    } else if (request.isWatch()) {
      watch(exchange, request, namespace);
    } else {
      list(exchange, request, namespace);
    }
  }

  private void list(HttpExchange exchange, Request request, String namespace) throws IOException {
    List<Object> items = new ArrayList<>();
    Map<String, Object> metadata = new LinkedHashMap<>();
    synchronized (this) {
      int skip = Integer.parseInt(request.query().getOrDefault("continue", "0"));
      int most = pageSize == 0 ? Integer.MAX_VALUE : pageSize;
      String next = "";
      int position = 0;
      for (Map.Entry<String, Map<String, Object>> entry : objects.entrySet()) {
        if (!namespace.isEmpty() && !entry.getKey().startsWith(namespace + "/")) {
          continue;
        }
        String selector = request.query().getOrDefault("fieldSelector", "metadata.name=");
        if (!selector.equals("metadata.name=")
            && !entry.getKey().endsWith("/" + selector.substring("metadata.name=".length()))) {
          continue;
        }
        if (position++ < skip) {
          continue;
        }
        if (items.size() == most) {
          next = Integer.toString(skip + most);
          break;
        }
        items.add(entry.getValue());
      }
      metadata.put("resourceVersion", Long.toString(version));
      metadata.put("continue", next);
    }
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("apiVersion", "tinkerbell.org/" + served);
    list.put("items", items);
    list.put("kind", "HardwareList");
    list.put("metadata", metadata);
    byte[] body = JSON.toJson(list).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    int length = cutListAfter < 0 ? body.length : Math.min(cutListAfter, body.length);
    exchange.getResponseBody().write(body, 0, length);
    exchange.getResponseBody().flush();
    exchange.close();
  }

  private void watch(HttpExchange exchange, Request request, String namespace) throws IOException {
    long from;
    synchronized (this) {
      from = Long.parseLong(request.query().getOrDefault("resourceVersion", "" + version));
    }
    boolean bookmarks = "true".equals(request.query().get("allowWatchBookmarks"));
    long ends =
        System.nanoTime()
            + TimeUnit.SECONDS.toNanos(
                Long.parseLong(request.query().getOrDefault("timeoutSeconds", "60")));
    boolean outdated;
    synchronized (this) {
      outdated = from < compacted;
    }
    if (outdated && !goneAsEvent) {
      status(exchange, 410, "too old resource version");
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush();
    if (outdated) {
      send(
          out,
          "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
              + "\"status\":\"Failure\",\"message\":\"too old resource version\","
              + "\"reason\":\"Expired\",\"code\":410}}");
      exchange.close();
      return;
    }
    synchronized (this) {
      watches.add(exchange);
      notifyAll();
    }
    long told = from;
    try {
      while (System.nanoTime() < ends) {
        List<Change> news = new ArrayList<>();
        long reached;
        synchronized (this) {
          if (!watches.contains(exchange)) {
            return;
          }
          if (version == told && !endWatchesAtOnce) {
            wait(TimeUnit.NANOSECONDS.toMillis(ends - System.nanoTime()) + 1);
          }
          if (!watches.contains(exchange)) {
            return;
          }
          for (Change change : changes) {
            if (change.version() > told
                && (namespace.isEmpty() || change.namespace().equals(namespace))) {
              news.add(change);
            }
          }
          reached = version;
        }
        for (Change change : news) {
          send(out, "{\"type\":\"" + change.type() + "\",\"object\":" + change.json() + "}");
        }
        if (news.isEmpty() && reached > told && bookmarks) {
          send(
              out,
              "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Hardware\",\"apiVersion\":"
                  + "\"tinkerbell.org/v1alpha1\",\"metadata\":{\"resourceVersion\":\""
                  + reached
                  + "\"}}}");
        }
        told = reached;
        synchronized (this) {
          toldUpTo = Math.max(toldUpTo, reached);
          notifyAll();
        }
        if (endWatchesAtOnce) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        watches.remove(exchange);
      }
      exchange.close();
    }
  }

  private void send(OutputStream out, String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    int step = splitEvents ? 7 : bytes.length;
    for (int i = 0; i < bytes.length; i += step) {
      out.write(bytes, i, Math.min(step, bytes.length - i));
      out.flush();
    }
  }

  static void status(HttpExchange exchange, int code, String message) throws IOException {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("status", code < 400 ? "Success" : "Failure");
    status.put("reason", code == 404 ? "NotFound" : code == 409 ? "Conflict" : "");
    status.put("kind", "Status");
    status.put("apiVersion", "v1");
    status.put("message", message);
    status.put("code", code);
    byte[] body = JSON.toJson(status).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        int equals = pair.indexOf('=');
        query.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  @Override
  public void close() {
    stop();
    threads.shutdownNow();
  }
}
