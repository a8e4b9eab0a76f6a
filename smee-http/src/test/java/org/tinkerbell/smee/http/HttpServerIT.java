// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.http.RawClient.Answer;

@Timeout(60)
class HttpServerIT {
  private static final Instant MODIFIED = Instant.parse("2026-11-01T12:00:00.250Z");
  private static final byte[] LARGE = new byte[3_000_000];

  static {
    new SplittableRandom(1).nextBytes(LARGE);
  }

  private final RecordingObserver observer = new RecordingObserver();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final CompletableFuture<HttpResponse> late = new CompletableFuture<>();
  @TempDir Path folder;

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private HttpServer start(Consumer<HttpServer.Builder> change) throws IOException {
    Path file = Files.write(folder.resolve("large.bin"), LARGE);
    Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
    HttpResponse memory =
        HttpResponse.bytes("application/octet-stream", LARGE)
            .withContentEtag()
            .withLastModified(MODIFIED);
    HttpResponse resident = memory.withBody(HttpBody.resident(LARGE));
    HttpResponse small =
        HttpResponse.text("0123456789").withContentEtag().withLastModified(MODIFIED);
    HttpRouter router =
        HttpRouter.builder()
            .get("/hello", HttpHandler.of(r -> HttpResponse.text("hello " + r.query() + "\n")))
            .get("/memory", HttpHandler.of(r -> memory))
            .get("/resident", HttpHandler.of(r -> resident))
            .get("/small", HttpHandler.of(r -> small))
            .get("/empty", HttpHandler.of(r -> HttpResponse.noContent()))
            .get("/files/**", HttpDirectory.of(folder))
            .get("/late", r -> late)
            .get("/never", r -> new CompletableFuture<>())
            .get(
                "/throws",
                r -> {
                  throw new IllegalStateException("secret");
                })
            .get("/fails", r -> CompletableFuture.failedFuture(new IllegalStateException("secret")))
            .get("/null", r -> CompletableFuture.completedFuture(null))
            .get(
                "/shrunk",
                HttpHandler.of(
                    r -> HttpResponse.status(200).withBody(HttpBody.file(file, LARGE.length + 1))))
            .get(
                "/who",
                HttpHandler.of(r -> HttpResponse.text(r.client().getHostString() + " " + r.path())))
            .build();
    HttpServer.Builder builder =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .observer(observer)
            .handler(router);
    change.accept(builder);
    HttpServer server = builder.build();
    open.add(server);
    server.start().toCompletableFuture().join();
    return server;
  }

  private HttpServer start() throws IOException {
    return start(b -> {});
  }

  private RawClient client(HttpServer server) throws IOException {
    RawClient client = new RawClient(server.boundAddresses().get(0));
    open.add(client);
    return client;
  }

  @Test
  void answersOnOneConnectionOneAfterTheOther() throws IOException {
    RawClient client = client(start());
    for (int i = 0; i < 3; i++) {
      Answer answer = client.get("/hello?" + i).answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("hello " + i + "\n");
      assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(answer.header("content-length")).isEqualTo("8");
      assertThat(HttpDates.parse(answer.header("date"))).isPresent();
      assertThat(answer.headers()).doesNotContainKeys("connection", "etag", "accept-ranges");
    }
    assertThat(client.get("/none").answer().status()).isEqualTo(404);
    assertThat(client.head("/hello?x").headAnswer().header("content-length")).isEqualTo("8");
    assertThat(client.get("/hello?y").answer().text()).isEqualTo("hello y\n");
  }

  @Test
  void hundredPipelinedRequestsAreAnsweredInOrder() throws IOException {
    RawClient client = client(start());
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      String target = i % 10 == 5 ? "/files/large.bin" : "/hello?" + i;
      requests.append("GET ").append(target).append(" HTTP/1.1\nHost: h\n\n");
    }
    client.send(requests.toString());
    for (int i = 0; i < 100; i++) {
      Answer answer = client.answer();
      if (i % 10 == 5) {
        assertThat(answer.body()).isEqualTo(LARGE);
      } else {
        assertThat(answer.text()).isEqualTo("hello " + i + "\n");
      }
    }
  }

  @Test
  void slowAnswerKeepsLaterOnesBack() throws IOException {
    RawClient client = client(start());
    client.get("/late").get("/hello?2");
    late.complete(HttpResponse.text("first"));
    assertThat(client.answer().text()).isEqualTo("first");
    assertThat(client.answer().text()).isEqualTo("hello 2\n");
  }

  @Test
  void thousandsOfPipelinedRequestsAreHeldBackNotPiledUp() throws Exception {
    HttpServer server = start();
    RawClient client = client(server);
    int count = 5000;
    client.get("/late");
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < count; i++) {
                  client.get("/hello?" + i);
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    sender.start();
    late.complete(HttpResponse.text("first"));
    assertThat(client.answer().text()).isEqualTo("first");
    for (int i = 0; i < count; i++) {
      assertThat(client.answer().text()).isEqualTo("hello " + i + "\n");
    }
    sender.join();
  }

  @Test
  void otherMethodsGet405WithAllow() throws IOException {
    RawClient client = client(start());
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FOO")) {
      Answer answer =
          client.send(method + " /hello HTTP/1.1\nHost: h\nContent-Length: 3\n\nabc").answer();
      assertThat(answer.status()).as(method).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
      assertThat(answer.body()).isEmpty();
    }
    assertThat(client.send("OPTIONS * HTTP/1.1\nHost: h\n\n").answer().status()).isEqualTo(405);
    assertThat(client.get("/hello").answer().status()).isEqualTo(200);
  }

  @Test
  void rangesOfFilesAndMemoryAreServed() throws IOException {
    RawClient client = client(start());
    for (String target : List.of("/files/large.bin", "/memory", "/resident")) {
      Answer whole = client.get(target).answer();
      assertThat(whole.body()).isEqualTo(LARGE);
      assertThat(whole.header("accept-ranges")).isEqualTo("bytes");
      assertThat(whole.header("last-modified")).isEqualTo("Sun, 01 Nov 2026 12:00:00 GMT");

      Answer part = client.get(target, "Range: bytes=1000000-2999998").answer();
      assertThat(part.status()).isEqualTo(206);
      assertThat(part.header("content-range")).isEqualTo("bytes 1000000-2999998/3000000");
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(LARGE, 1_000_000, 2_999_999));

      Answer beyond = client.get(target, "Range: bytes=3000000-").answer();
      assertThat(beyond.status()).isEqualTo(416);
      assertThat(beyond.header("content-range")).isEqualTo("bytes */3000000");
      assertThat(beyond.header("content-length")).isEqualTo("0");

      Answer many = client.get(target, "Range: bytes=0-3,1000000-1999999,-2").answer();
      assertThat(many.status()).isEqualTo(206);
      assertThat(many.headers()).doesNotContainKey("content-range");
      assertParts(
          many,
          List.of(
              Arrays.copyOf(LARGE, 4),
              Arrays.copyOfRange(LARGE, 1_000_000, 2_000_000),
              Arrays.copyOfRange(LARGE, 2_999_998, 3_000_000)));

      Answer head = client.head(target, "Range: bytes=0-9").headAnswer();
      assertThat(head.status()).as("Range only counts with GET").isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("3000000");
    }
    Answer small = client.get("/small", "Range: bytes=0-1,8-").answer();
    assertParts(small, List.of("01".getBytes(), "89".getBytes()));
    assertThat(client.get("/small", "Range: bytes=0-1", "Range: bytes=2-3").answer().status())
        .as("two Range fields are none")
        .isEqualTo(200);
  }

  private static void assertParts(Answer answer, List<byte[]> parts) {
    String type = answer.header("content-type");
    assertThat(type).startsWith("multipart/byteranges; boundary=");
    String boundary = "--" + type.substring(type.indexOf('=') + 1);
    String body = new String(answer.body(), StandardCharsets.ISO_8859_1);
    int at = 0;
    for (byte[] part : parts) {
      at = body.indexOf("\r\n" + boundary + "\r\n", at);
      assertThat(at).isNotNegative();
      int start = body.indexOf("\r\n\r\n", at) + 4;
      assertThat(body.substring(at, start)).contains("Content-Range: bytes ");
      at = start + part.length;
      assertThat(Arrays.copyOfRange(answer.body(), start, at)).isEqualTo(part);
    }
    assertThat(body.substring(at)).isEqualTo("\r\n" + boundary + "--\r\n");
  }

  @Test
  void conditionsAreHonoured() throws IOException {
    RawClient client = client(start());
    for (String target : List.of("/files/large.bin", "/small")) {
      Answer head = client.head(target).headAnswer();
      String tag = head.header("etag");
      String date = head.header("last-modified");
      assertThat(tag).matches("\"[0-9a-f]{32}\"");
      assertThat(client.head(target).headAnswer().header("etag")).isEqualTo(tag);

      assertStatus(client, target, 304, "If-None-Match: " + tag);
      assertStatus(client, target, 304, "If-None-Match: W/" + tag);
      assertStatus(client, target, 304, "If-None-Match: \"a\", " + tag);
      assertStatus(client, target, 304, "If-None-Match: *");
      assertStatus(client, target, 200, "If-None-Match: \"other\"");
      assertStatus(client, target, 200, "If-None-Match: \"other\"", "If-Modified-Since: " + date);
      assertStatus(client, target, 304, "If-Modified-Since: " + date);
      assertStatus(client, target, 304, "If-Modified-Since: Sunday, 01-Nov-26 12:00:00 GMT");
      assertStatus(client, target, 304, "If-Modified-Since: Sun Nov  1 12:00:00 2026");
      assertStatus(client, target, 200, "If-Modified-Since: Sun, 01 Nov 2026 11:59:59 GMT");
      assertStatus(client, target, 200, "If-Modified-Since: Sun, 31 Feb 2026 12:00:00 GMT");
      assertStatus(client, target, 200, "If-Modified-Since: yesterday");
      assertStatus(client, target, 200, "If-Match: " + tag);
      assertStatus(client, target, 412, "If-Match: W/" + tag);
      assertStatus(client, target, 412, "If-Match: \"other\"");
      assertStatus(client, target, 412, "If-Unmodified-Since: Sun, 01 Nov 2026 11:59:59 GMT");
      assertStatus(client, target, 200, "If-Unmodified-Since: " + date);

      assertStatus(client, target, 206, "Range: bytes=0-1", "If-Range: " + tag);
      assertStatus(client, target, 206, "Range: bytes=0-1", "If-Range: " + date);
      assertStatus(client, target, 200, "Range: bytes=0-1", "If-Range: W/" + tag);
      assertStatus(client, target, 200, "Range: bytes=0-1", "If-Range: \"other\"");
      assertStatus(
          client, target, 200, "Range: bytes=0-1", "If-Range: Sun, 01 Nov 2026 11:59:59 GMT");
      assertStatus(client, target, 304, "Range: bytes=0-1", "If-None-Match: " + tag);
    }
    Answer unchanged = client.get("/small", "If-None-Match: *").answer();
    assertThat(unchanged.header("etag")).isNotEmpty();
    assertThat(unchanged.headers()).doesNotContainKeys("content-length", "content-type");
    assertThat(client.get("/hello", "If-None-Match: *", "Range: bytes=0-1").answer().status())
        .as("what has no validator has no conditions and no ranges")
        .isEqualTo(200);
  }

  private static void assertStatus(RawClient client, String target, int status, String... fields)
      throws IOException {
    assertThat(client.get(target, fields).answer().status())
        .as("%s %s", target, List.of(fields))
        .isEqualTo(status);
  }

  @Test
  void changedFileHasAnotherTag() throws IOException {
    RawClient client = client(start());
    String before = client.head("/files/large.bin").headAnswer().header("etag");
    Files.setLastModifiedTime(folder.resolve("large.bin"), FileTime.from(MODIFIED.plusNanos(1000)));
    assertThat(client.head("/files/large.bin").headAnswer().header("etag")).isNotEqualTo(before);
  }

  @Test
  void directoryServesNothingOutside() throws IOException {
    RawClient client = client(start());
    Path outside = Files.writeString(folder.resolveSibling(folder.getFileName() + "-x"), "x");
    Files.createSymbolicLink(folder.resolve("out"), outside);
    Files.createSymbolicLink(folder.resolve("in"), folder.resolve("large.bin"));
    Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
    Files.createDirectory(folder.resolve("dir"));
    String name = String.valueOf(outside.getFileName());
    for (String target :
        List.of(
            "/files/out",
            "/files/loop",
            "/files/dir",
            "/files/dir/",
            "/files/",
            "/files/large.bin/",
            "/files/large.bin/x",
            "/files/../" + name,
            "/files/%2e%2e/" + name,
            "/files/..%2f" + name,
            "/files/%2e%2e%2f" + name,
            "/files/..%5c" + name,
            "/files/%252e%252e/" + name,
            "/files/....//" + name,
            "/files/" + "a".repeat(300),
            "/files" + outside)) {
      assertThat(client.get(target).answer().status()).as(target).isEqualTo(404);
    }
    assertThat(client.get("/files/in").answer().body()).isEqualTo(LARGE);
    assertThat(client.get("/files//x/.././large.bin").answer().body()).isEqualTo(LARGE);
    assertThat(client.get("/files").answer().header("location")).isEqualTo("/files/");
    Files.delete(outside);
  }

  @Test
  void failingHandlersGet500WithoutDetails() throws IOException {
    RawClient client = client(start());
    for (String target : List.of("/throws", "/fails", "/null", "/shrunk")) {
      Answer answer = client.get(target).answer();
      assertThat(answer.status()).as(target).isEqualTo(500);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.headers().toString()).doesNotContain("secret");
    }
    assertThat(client.get("/empty").answer().status()).isEqualTo(204);
  }

  @Test
  void slowHandlerGets503() throws IOException {
    RawClient client = client(start(b -> b.handlerTimeout(Duration.ofMillis(50))));
    Answer answer = client.get("/never").answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("retry-after")).isEqualTo("1");
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(client.atEnd()).isTrue();
  }

  @Test
  void http10IsServedAndClosed() throws IOException {
    HttpServer server = start();
    Answer answer;
    try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
      answer = client.send("GET /hello HTTP/1.0\n\n").answer();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
    }
    try (RawClient client = new RawClient(server.boundAddresses().get(0))) {
      client.send("GET /hello HTTP/1.0\nConnection: keep-alive\n\n");
      assertThat(client.answer().header("connection")).isEqualTo("keep-alive");
      client.send("GET /hello HTTP/1.1\nHost: h\nConnection: close\n\n");
      assertThat(client.answer().header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void clientThatEndsItsHalfStillGetsTheAnswer() throws IOException {
    HttpServer server = start();
    RawClient waiting = client(server);
    waiting.get("/late").shutdownOutput();
    RawClient large = client(server);
    large.get("/files/large.bin").get("/memory").shutdownOutput();
    assertThat(large.answer().body()).isEqualTo(LARGE);
    assertThat(large.answer().body()).isEqualTo(LARGE);
    assertThat(large.atEnd()).isTrue();
    late.complete(HttpResponse.text("done"));
    assertThat(waiting.answer().text()).isEqualTo("done");
    assertThat(waiting.atEnd()).isTrue();
  }

  @Test
  void observerSeesEachRequestOnce() throws Exception {
    RawClient client = client(start());
    client.get("/files/large.bin", "Range: bytes=0-999999").answer();
    HttpOutcome part = observer.nextFinished();
    assertThat(part.request().target()).isEqualTo("/files/large.bin");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.bytesSent()).isEqualTo(1_000_000);
    assertThat(part.aborted()).isFalse();
    assertThat(part.duration()).isPositive();
    assertThat(part.attribute(HttpRouter.ROUTE)).contains("/files/**");
    assertThat(part.request().peer().getAddress().isLoopbackAddress()).isTrue();
    client.head("/hello").headAnswer();
    assertThat(observer.nextFinished().bytesSent()).isZero();
    client.get("/hello").answer();
    assertThat(observer.nextFinished().bytesSent()).isEqualTo(7);
    client.send("PUT / HTTP/1.1\nHost: h\n\n").answer();
    assertThat(observer.nextFinished().status()).isEqualTo(405);
    assertThat(observer.started).hasSize(4);
    assertThat(observer.finished).isEmpty();
    assertThat(observer.events).isEmpty();
  }

  @Test
  void clientThatLeavesIsObservedAsAborted() throws Exception {
    HttpServer server = start();
    RawClient leaving = new RawClient(server.boundAddresses().get(0), 4096);
    leaving.get("/files/large.bin").read(1000);
    leaving.reset();
    HttpOutcome cut = observer.nextFinished();
    assertThat(cut.aborted()).isTrue();
    assertThat(cut.status()).isEqualTo(200);
    assertThat(cut.bytesSent()).isLessThan(LARGE.length);

    RawClient early = new RawClient(server.boundAddresses().get(0));
    early.get("/never");
    assertThat(observer.started.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(observer.started.poll(10, TimeUnit.SECONDS)).isNotNull();
    early.reset();
    HttpOutcome unanswered = observer.nextFinished();
    assertThat(unanswered.aborted()).isTrue();
    assertThat(unanswered.status()).isZero();
    assertThat(unanswered.response()).isEmpty();
    assertThat(client(server).get("/memory").answer().body()).isEqualTo(LARGE);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void filesAreClosedWhateverHappens() throws Exception {
    HttpServer server = start();
    for (int i = 0; i < 20; i++) {
      RawClient leaving = new RawClient(server.boundAddresses().get(0), 4096);
      String range = i % 2 == 0 ? "X: y" : "Range: bytes=0-1000000,1500000-2500000";
      leaving.get("/files/large.bin", range).get("/files/large.bin").read(100 + i);
      leaving.reset();
    }
    awaitConnections(server, 0);
    observer.awaitAborted();
    client(server).get("/shrunk").answer();
    client(server).head("/files/large.bin").headAnswer();
    awaitNoOpenFile(folder.resolve("large.bin").toRealPath());
  }

  private static void awaitNoOpenFile(Path file) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    long count = 1;
    while (count > 0) {
      count = 0;
      try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
        for (Path link : open) {
          try {
            count += Files.readSymbolicLink(link).equals(file) ? 1 : 0;
          } catch (NoSuchFileException e) {
            count += 0;
          }
        }
      }
      assertThat(System.nanoTime()).as("open %d times", count).isLessThan(end);
    }
  }

  @Test
  void mistakesOfTheObserverReachNobody() throws IOException {
    HttpObserver bad =
        new HttpObserver() {
          @Override
          public void requestStarted(HttpRequest request) {
            throw new IllegalStateException("started");
          }

          @Override
          public void requestFinished(HttpOutcome outcome) {
            throw new IllegalStateException("finished");
          }
        };
    RawClient client = client(start(b -> b.observer(bad)));
    assertThat(client.get("/hello").answer().status()).isEqualTo(200);
    assertThat(client.get("/hello").answer().status()).isEqualTo(200);
  }

  @Test
  void forwardedAddressIsBelievedFromTrustedPeersOnly() throws IOException {
    String[] fields = {"X-Forwarded-For: 192.168.2.15", "x-forwarded-for: 127.0.0.9"};
    RawClient trusted = client(start(b -> b.trustedProxies(TrustedProxies.parse("127.0.0.0/8"))));
    assertThat(trusted.get("/who", fields).answer().text()).isEqualTo("192.168.2.15 /who");
    RawClient plain = client(start());
    assertThat(plain.get("/who", fields).answer().text()).isEqualTo("127.0.0.1 /who");
  }

  @Test
  void connectionsAreLimitedInAllAndForEachAddress() throws Exception {
    HttpServer server = start(b -> b.maxConnections(3).maxConnectionsPerAddress(2));
    RawClient first = client(server);
    RawClient second = client(server);
    assertThat(first.get("/hello").answer().status()).isEqualTo(200);
    assertThat(second.get("/hello").answer().status()).isEqualTo(200);
    assertThat(client(server).atEnd()).isTrue();
    assertThat(observer.nextEvent()).isEqualTo("refused too-many-connections-from-address");
    second.close();
    awaitConnections(server, 1);
    assertThat(client(server).get("/hello").answer().status()).isEqualTo(200);

    HttpServer one =
        start(
            b ->
                b.maxConnections(1)
                    .maxConnectionsPerAddress(1)
                    .trustedProxies(TrustedProxies.parse("127.0.0.1")));
    assertThat(client(one).get("/hello").answer().status()).isEqualTo(200);
    assertThat(client(one).atEnd()).isTrue();
    assertThat(observer.nextEvent()).isEqualTo("refused too-many-connections");
  }

  @Test
  void allWhoWaitAreLetInBeforeAnyoneIsAnsweredAgain() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    HttpServer[] server = new HttpServer[1];
    HttpHandler handler =
        request -> {
          asked.countDown();
          try {
            waiting.await(10, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return CompletableFuture.completedFuture(
              HttpResponse.text(Integer.toString(server[0].openConnections())));
        };
    server[0] = start(b -> b.handler(handler));
    RawClient first = client(server[0]).get("/busy");
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    List<RawClient> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      others.add(client(server[0]).get("/" + i));
    }
    waiting.countDown();
    assertThat(first.answer().text()).isEqualTo("1");
    for (RawClient other : others) {
      assertThat(other.answer().text()).isEqualTo("101");
    }
  }

  private static void awaitConnections(HttpServer server, int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (server.openConnections() != count) {
      assertThat(System.nanoTime()).as("connections: %d", server.openConnections()).isLessThan(end);
      Thread.yield();
    }
  }

  @Test
  void idleConnectionIsClosed() throws IOException {
    HttpServer server = start(b -> b.idleTimeout(Duration.ofMillis(50)));
    RawClient client = client(server);
    assertThat(client.get("/hello").answer().status()).isEqualTo(200);
    assertThat(client.atEnd()).isTrue();
    assertThat(observer.events).isEmpty();
  }

  @Test
  void clientThatTakesNothingIsCutOff() throws Exception {
    HttpServer server = start(b -> b.writeTimeout(Duration.ofMillis(100)));
    RawClient stalled = new RawClient(server.boundAddresses().get(0), 4096);
    open.add(stalled);
    for (int i = 0; i < 20; i++) {
      stalled.get("/memory");
    }
    assertThat(observer.nextEvent()).isEqualTo("timed out write-stalled");
    observer.awaitAborted();
    awaitConnections(server, 0);
    // Not closed in order, which would leave megabytes with the kernel for minutes.
    assertThatThrownBy(stalled::readAll).isInstanceOf(SocketException.class);
  }

  @Test
  void slowButSteadyReaderIsServedToTheEnd() throws Exception {
    assumeTrue(Epoll.isAvailable(), "what the kernel sent is known with epoll only");
    HttpServer server = start(b -> b.writeTimeout(Duration.ofMillis(200)));
    RawClient slow = new RawClient(server.boundAddresses().get(0), 16 * 1024);
    open.add(slow);
    // More than the kernel takes in advance.
    int responses = 6;
    for (int i = 0; i < responses; i++) {
      slow.get(i % 2 == 0 ? "/files/large.bin" : "/memory");
    }
    byte[] first = slow.read(200);
    assertThat(first).startsWith("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
    long total = 0;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2000);
    CountDownLatch never = new CountDownLatch(1);
    while (System.nanoTime() < end) {
      total += slow.read(10_000).length;
      assertThat(never.await(10, TimeUnit.MILLISECONDS)).isFalse();
    }
    long all = (long) responses * LARGE.length;
    assertThat(total).as("slower than the server").isLessThan(all);
    slow.read((int) (all - total));
    for (int i = 0; i < responses; i++) {
      assertThat(observer.nextFinished().aborted()).isFalse();
    }
    assertThat(observer.events).isEmpty();
  }

  @Test
  void runningResponseIsFinishedWhenTheServerEnds() throws Exception {
    HttpServer server = start();
    InetSocketAddress address = server.boundAddresses().get(0);
    RawClient idle = client(server);
    assertThat(idle.get("/hello").answer().status()).isEqualTo(200);
    RawClient busy = client(server);
    busy.get("/late");
    assertThat(observer.started.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(observer.started.poll(10, TimeUnit.SECONDS)).isNotNull();
    RawClient loading = new RawClient(address, 4096);
    open.add(loading);
    loading.get("/memory").read(100);
    CompletableFuture<Void> stopped = server.stop(Duration.ofSeconds(20)).toCompletableFuture();
    assertThat(idle.atEnd()).as("idle connections are closed at once").isTrue();
    assertThatThrownBy(() -> new RawClient(address)).isInstanceOf(IOException.class);
    assertThat(stopped).isNotDone();
    late.complete(HttpResponse.text("done"));
    Answer last = busy.answer();
    assertThat(last.text()).isEqualTo("done");
    assertThat(last.header("connection")).isEqualTo("close");
    assertThat(busy.atEnd()).isTrue();
    assertThat(loading.readAll()).hasSizeGreaterThan(LARGE.length - 100);
    stopped.get(20, TimeUnit.SECONDS);
    assertThat(server.openConnections()).isZero();
    assertThat(server.boundAddresses()).isEmpty();
  }

  @Test
  void responseThatTakesTooLongIsCutOffAtTheEnd() throws Exception {
    HttpServer server = start();
    RawClient busy = client(server);
    busy.get("/never");
    assertThat(observer.started.poll(10, TimeUnit.SECONDS)).isNotNull();
    server.close(Duration.ofMillis(50));
    assertThat(busy.atEnd()).isTrue();
    assertThat(observer.nextFinished().aborted()).isTrue();
    server.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("smee-http")) {
        // Its last act was to say that it ends.
        thread.join(5_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
    assertThatIllegalStateException().isThrownBy(server::start);
  }

  @Test
  void portInUseIsExplained() throws IOException {
    InetSocketAddress taken = start().boundAddresses().get(0);
    HttpServer second =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .bind(taken)
            .handler(HttpHandler.of(r -> HttpResponse.notFound()))
            .build();
    assertThatThrownBy(() -> second.start().toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(BindException.class)
        .hasMessageContaining("127.0.0.1:" + taken.getPort())
        .hasMessageContaining("another server is running")
        .hasMessageNotContaining("\n");
    assertThat(second.boundAddresses()).isEmpty();
    second.close();
  }

  @Test
  void foreignAddressIsExplained() {
    HttpServer server =
        HttpServer.builder()
            .bind(new InetSocketAddress("192.0.2.1", 0))
            .handler(HttpHandler.of(r -> HttpResponse.notFound()))
            .build();
    assertThatThrownBy(() -> server.start().toCompletableFuture().join())
        .cause()
        .hasMessageContaining("192.0.2.1:0")
        .hasMessageContaining("no interface has that address");
  }

  @Test
  void sharedNioLoopsServeAndOutliveTheServer() throws Exception {
    MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      for (int i = 0; i < 2; i++) {
        HttpServer server = start(b -> b.eventLoops(loops).bind(anyLoopback()));
        assertThat(server.boundAddresses()).hasSize(2);
        for (InetSocketAddress address : server.boundAddresses()) {
          try (RawClient client = new RawClient(address)) {
            assertThat(client.get("/files/large.bin").answer().body()).isEqualTo(LARGE);
            assertThat(client.get("/memory").answer().body()).isEqualTo(LARGE);
          }
        }
        server.close();
        assertThat(loops.isShuttingDown()).isFalse();
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  private static InetSocketAddress anyLoopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
