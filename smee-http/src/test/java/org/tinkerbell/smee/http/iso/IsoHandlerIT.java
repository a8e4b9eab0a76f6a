// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.http.iso.IsoMachines.A;
import static org.tinkerbell.smee.http.iso.IsoMachines.AT;
import static org.tinkerbell.smee.http.iso.IsoMachines.slice;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.http.HttpBody;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpOutcome;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.HttpServer;
import org.tinkerbell.smee.http.RawClient;
import org.tinkerbell.smee.http.RawClient.Answer;
import org.tinkerbell.smee.http.RecordingObserver;

/** The cases I1 to I34, through a server, from a source that does what the test says. */
@Timeout(60)
class IsoHandlerIT {
  private static final byte[] IMAGE = IsoMachines.image();
  private static final byte[] PATCHED = IsoMachines.imageForA();
  private static final String ISO = "/iso/" + A + "/hook.iso";

  @TempDir static Path folder;
  private static final Map<String, HttpHandler> sources = new ConcurrentHashMap<>();
  private static final BlockingQueue<HttpRequest> asked = new LinkedBlockingQueue<>();
  private static final BlockingQueue<String> patched = new LinkedBlockingQueue<>();
  private static final RecordingObserver observer = new RecordingObserver();
  private static final RecordingObserver sourceObserver = new RecordingObserver();
  private static final IsoMachines machines = new IsoMachines();
  private static IsoHandler handler;
  private static IsoHandler fileHandler;
  private static IsoHandler shortHandler;
  private static IsoHandler unset;
  private static HttpServer source;
  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    source =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .observer(sourceObserver)
            .handler(
                request -> {
                  asked.add(request);
                  return sources.get(request.path()).handle(request);
                })
            .build();
    source.start().toCompletableFuture().join();
    machines.add(IsoMachines.withSource(IsoMachines.OWN_SOURCE, sourceUrl("/own.iso").toString()));
    handler =
        IsoHandler.builder(machines, IsoMachines.settings().build())
            .source(sourceUrl("/hook.iso?x=1"))
            .staticIpam(true)
            .connectTimeout(Duration.ofSeconds(5))
            .responseTimeout(Duration.ofMillis(500))
            .observer(
                new IsoObserver() {
                  @Override
                  public void bodyPatched(MacAddress mac, URI from, int count, boolean whole) {
                    patched.add(mac + " " + from.getPath() + " " + count + " " + whole);
                  }
                })
            .build();
    Path file = Files.write(folder.resolve("hook.iso"), IMAGE);
    fileHandler =
        IsoHandler.builder(machines, IsoMachines.settings().build())
            .source(file.toUri())
            .staticIpam(true)
            .build();
    shortHandler =
        IsoHandler.builder(machines, IsoMachines.settings().build())
            .source(file.toUri())
            .magicString("MAGIC")
            .build();
    unset = IsoHandler.builder(machines, IsoMachines.settings().build()).build();
    server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .observer(observer)
            .writeTimeout(Duration.ofSeconds(1))
            .handler(
                HttpRouter.builder()
                    .get("/iso/**", handler)
                    .get("/file/**", fileHandler)
                    .get("/short/**", shortHandler)
                    .get("/unset/**", unset)
                    .build())
            .build();
    server.start().toCompletableFuture().join();
  }

  @AfterAll
  static void stop() {
    server.close();
    handler.close();
    fileHandler.close();
    shortHandler.close();
    unset.close();
    source.close(Duration.ZERO);
  }

  @BeforeEach
  void sourceServesTheImage() throws InterruptedException {
    HttpResponse image =
        HttpResponse.bytes("application/x-iso9660-image", IMAGE)
            .withLastModified(Instant.parse("2026-11-01T00:00:00Z"))
            .withEtag("v1");
    observer.forget();
    sourceObserver.forget();
    sources.clear();
    sources.put("/hook.iso", HttpHandler.of(request -> image));
    asked.clear();
    patched.clear();
  }

  private static URI sourceUrl(String path) {
    return URI.create("http://127.0.0.1:" + source.boundAddresses().get(0).getPort() + path);
  }

  private static Answer get(String target, String... fields) throws IOException {
    try (RawClient client = client()) {
      return client.get(target, fields).answer();
    }
  }

  private static RawClient client() throws IOException {
    return new RawClient(server.boundAddresses().get(0));
  }

  private static IsoReason reason() throws InterruptedException {
    return observer.nextFinished().attribute(IsoHandler.DECISION).orElseThrow().reason();
  }

  @ParameterizedTest(name = "I1, I11: {0}")
  @ValueSource(
      strings = {
        "/iso/08:00:27:29:4e:67/hook.iso",
        "/iso/08-00-27-29-4E-67/x.iso",
        "/iso/0800.2729.4e67/x.iso",
        "/iso/a/b/08:00:27:29:4e:67/hook.iso",
        "/file/08:00:27:29:4e:67/hook.iso"
      })
  void wholeImageIsPatched(String target) throws Exception {
    Answer answer = get(target);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-length")).isEqualTo("51200");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(answer.header("last-modified")).isNotEmpty();
    assertThat(answer.header("etag")).isNotEmpty();
    assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
    assertThat(answer.body()).isEqualTo(PATCHED);
    assertThat(reason()).isEqualTo(IsoReason.SOURCE_ANSWERED);
  }

  @Test
  void fieldsOfTheSourceReachTheClientUnchanged() throws IOException {
    Answer answer = get(ISO);
    assertThat(answer.header("content-type")).isEqualTo("application/x-iso9660-image");
    assertThat(answer.header("etag")).isEqualTo("\"v1\"");
    assertThat(answer.header("last-modified")).isEqualTo("Sun, 01 Nov 2026 00:00:00 GMT");
  }

  @ParameterizedTest(name = "I2: {0}")
  @ValueSource(strings = {"iso", "file"})
  void headHasTheLengthAndNoBody(String route) throws IOException {
    try (RawClient client = client()) {
      Answer head = client.head("/" + route + "/" + A + "/hook.iso").headAnswer();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("51200");
      // The connection goes on, and nothing was sent that does not belong.
      assertThat(client.get("/" + route + "/" + A + "/hook.iso").answer().body())
          .isEqualTo(PATCHED);
    }
  }

  @ParameterizedTest(name = "{0}: {1} of {2}")
  @CsvSource({
    "I3, bytes=47196-48219, iso",
    "I4, bytes=47000-48300, iso",
    "I5, bytes=47190-47300, iso",
    "I6, bytes=48000-48219, iso",
    "I8, bytes=51000-51199, iso",
    "I8, bytes=50000-99999, iso",
    "I3, bytes=47196-48219, file",
    "I5, bytes=47190-47300, file",
    "I6, bytes=48000-48219, file",
    "I8, bytes=50000-99999, file",
  })
  void rangeIsThatOfThePatchedImage(String number, String range, String route) throws Exception {
    String[] ends = range.substring(6).split("-");
    int first = Integer.parseInt(ends[0]);
    int last = Math.min(51_199, Integer.parseInt(ends[1]));
    Answer answer = get("/" + route + "/" + A + "/hook.iso", "Range: " + range);
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.header("content-range")).isEqualTo("bytes " + first + "-" + last + "/51200");
    assertThat(answer.header("content-length")).isEqualTo("" + (last - first + 1));
    assertThat(answer.body()).isEqualTo(slice(PATCHED, first, last));
  }

  @ParameterizedTest(name = "I7: {0}")
  @ValueSource(strings = {"iso", "file"})
  void everyByteOfThePlaceholderCanBeFetchedAlone(String route) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (RawClient client = client()) {
      for (int at = AT; at < AT + 1024; at++) {
        Answer answer =
            client
                .get("/" + route + "/" + A + "/hook.iso", "Range: bytes=" + at + "-" + at)
                .answer();
        assertThat(answer.status()).isEqualTo(206);
        all.writeBytes(answer.body());
      }
    }
    assertThat(all.toByteArray()).isEqualTo(slice(PATCHED, AT, AT + 1023));
    if (route.equals("iso")) {
      assertThat(source.openConnections()).as("connections are used again").isLessThan(8);
    }
  }

  @ParameterizedTest(name = "I8: {0} of {1}")
  @CsvSource({
    "bytes=51000-, iso, 51000",
    "bytes=-100, iso, 51100",
    "bytes=-3500, iso, 47700",
    "bytes=47500-, iso, 47500",
    "bytes=-99999, iso, 0",
    "bytes=-3500, file, 47700",
    "bytes=47500-, file, 47500",
  })
  void openRangesReachToTheEnd(String range, String route, int first) throws IOException {
    Answer answer = get("/" + route + "/" + A + "/hook.iso", "Range: " + range);
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.header("content-range")).isEqualTo("bytes " + first + "-51199/51200");
    assertThat(answer.body()).isEqualTo(slice(PATCHED, first, 51_199));
  }

  @ParameterizedTest(name = "I9: {0} of {1}")
  @CsvSource({
    "bytes=99999-, iso",
    // The source still has bytes in the part that is asked for beside this.
    "bytes=51200-, iso",
    "bytes=51700-51800, iso",
    "bytes=-0, iso",
    "bytes=99999-, file",
    "bytes=51200-, file",
  })
  void rangeBehindTheEndIsNotSatisfiable(String range, String route) throws IOException {
    Answer answer = get("/" + route + "/" + A + "/hook.iso", "Range: " + range);
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.header("content-range")).isEqualTo("bytes */51200");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  @DisplayName("I10: several ranges of another server are answered with the whole")
  void severalRanges() throws IOException {
    Answer answer = get(ISO, "Range: bytes=0-9,47196-48219");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(PATCHED);
  }

  @Test
  @DisplayName("I10: several ranges of a file come in parts, patched")
  void severalRangesOfAFile() throws IOException {
    Answer answer = get("/file/" + A + "/hook.iso", "Range: bytes=0-9,47196-48219");
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.header("content-type")).startsWith("multipart/byteranges");
    assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1))
        .contains("Content-Range: bytes 47196-48219/51200")
        .contains(IsoMachines.padded(IsoMachines.PATCH_A, 1024))
        .doesNotContain(IsoMachines.placeholder().substring(0, 100));
  }

  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource({
    "I12, /iso/08:00:27:29:4e:67/hook.img, 404, NOT_AN_ISO",
    "I12, /iso/08:00:27:29:4e:67/hook.ISO, 404, NOT_AN_ISO",
    "I12, /iso/, 404, NOT_AN_ISO",
    "I13, /iso/nomac/hook.iso, 400, MALFORMED_MAC",
    "I13, /iso/hook.iso, 400, MALFORMED_MAC",
    "I13, /iso/080027294e67/hook.iso, 400, MALFORMED_MAC",
    "I14, /iso/52:54:00:aa:88:ff/hook.iso, 404, UNKNOWN_HARDWARE",
    "I22, /iso/52:54:00:aa:88:31/hook.iso, 500, ARGUMENTS_TOO_LONG",
    "I32, /short/08:00:27:29:4e:67/hook.iso, 500, ARGUMENTS_TOO_LONG",
    "I34, /iso/52:54:00:aa:88:32/hook.iso, 400, INVALID_SOURCE",
    "'', /iso/52:54:00:00:00:01/hook.iso, 503, BACKEND_FAILED",
    "'', /iso/52:54:00:00:00:02/hook.iso, 503, BACKEND_FAILED",
    "'', /iso/52:54:00:00:00:03/hook.iso, 500, UNUSABLE_RECORD",
    "'', /iso/52:54:00:00:00:04/hook.iso, 500, AMBIGUOUS_HARDWARE",
    "'', /unset/08:00:27:29:4e:67/hook.iso, 500, NO_SOURCE",
  })
  void refusalSaysWhy(String number, String target, int status, IsoReason reason) throws Exception {
    Answer answer = get(target);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEmpty();
    assertThat(reason()).isEqualTo(reason);
    assertThat(asked).isEmpty();
  }

  @Test
  @DisplayName("I15: netboot need not be allowed")
  void netbootNotAllowed() throws IOException {
    assertThat(get("/iso/" + IsoMachines.DENIED + "/hook.iso").status()).isEqualTo(200);
  }

  @Test
  @DisplayName("I16: source down")
  void sourceDown() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    machines.add(
        IsoMachines.withSource("52:54:00:aa:88:40", "http://127.0.0.1:" + free + "/hook.iso"));
    Answer answer = get("/iso/52:54:00:aa:88:40/hook.iso");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body()).isEmpty();
    assertThat(reason()).isEqualTo(IsoReason.SOURCE_UNREACHABLE);
  }

  @Test
  void fileThatIsNotThereIsASourceDown() throws Exception {
    try (IsoHandler missing =
        IsoHandler.builder(machines, IsoMachines.settings().build())
            .source(folder.resolve("none.iso").toUri())
            .build()) {
      HttpResponse response =
          missing.handle(HttpRequest.builder("GET", ISO).build()).toCompletableFuture().get();
      assertThat(response.status()).isEqualTo(502);
      assertThat(response.attribute(IsoHandler.DECISION).orElseThrow().detail())
          .contains("none.iso");
    }
  }

  @Test
  @DisplayName("I16: source that does not answer in time")
  void sourceSilent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      String url = "http://127.0.0.1:" + silent.getLocalPort() + "/hook.iso";
      machines.add(IsoMachines.withSource("52:54:00:aa:88:42", url));
      assertThat(get("/iso/52:54:00:aa:88:42/hook.iso").status()).isEqualTo(504);
      assertThat(reason()).isEqualTo(IsoReason.SOURCE_TIMEOUT);
      try (Socket connection = silent.accept()) {
        connection.setSoTimeout(10_000);
        // To the end: the source is let go of.
        assertThat(connection.getInputStream().readAllBytes()).startsWith('G', 'E', 'T');
      }
    }
  }

  @Test
  @DisplayName("I17: the source's own refusal is passed on with its text")
  void sourceRefuses() throws IOException {
    sources.put(
        "/hook.iso", HttpHandler.of(request -> HttpResponse.text("no such image").withStatus(404)));
    Answer answer = get(ISO);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).isEqualTo("no such image");
    assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
  }

  @ParameterizedTest(name = "I18: {0}")
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectionIsFollowedInside(int status) throws IOException {
    HttpHandler image = sources.get("/hook.iso");
    sources.put("/moved.iso", image);
    sources.put("/hook.iso", HttpHandler.of(r -> HttpResponse.redirect(status, "/moved.iso")));
    Answer answer = get(ISO, "Range: bytes=47190-47300");
    assertThat(answer.status()).isEqualTo(206);
    assertThat(answer.body()).isEqualTo(slice(PATCHED, 47_190, 47_300));
  }

  @ParameterizedTest(name = "I19: {0}")
  @ValueSource(strings = {"/hook.iso", "ftp://127.0.0.1/x.iso", "http:// bad"})
  void redirectionThatLeadsNowhereIsA502(String location) throws Exception {
    sources.put("/hook.iso", HttpHandler.of(r -> HttpResponse.redirect(302, location)));
    assertThat(get(ISO).status()).isEqualTo(502);
    assertThat(reason()).isEqualTo(IsoReason.SOURCE_REDIRECTS);
    assertThat(asked.size()).isLessThanOrEqualTo(11);
  }

  @ParameterizedTest(name = "I20: pieces of {0} bytes")
  @ValueSource(ints = {1, 100, 1023, 1024, 4099})
  void boundariesInThePlaceholderDoNotMatter(int size) throws IOException {
    sources.put(
        "/hook.iso",
        HttpHandler.of(r -> HttpResponse.status(200).withBody(pieces(IMAGE, size, IMAGE.length))));
    assertThat(get(ISO).body()).isEqualTo(PATCHED);
  }

  @Test
  @DisplayName("I21: every placeholder is replaced, and the observer is told")
  void severalPlaceholders() throws Exception {
    byte[] image = IMAGE.clone();
    IsoMachines.put(image, 0, IsoMachines.placeholder());
    IsoMachines.put(image, 1024, IsoMachines.placeholder());
    byte[] expected = PATCHED.clone();
    IsoMachines.put(expected, 0, IsoMachines.padded(IsoMachines.PATCH_A, 1024));
    IsoMachines.put(expected, 1024, IsoMachines.padded(IsoMachines.PATCH_A, 1024));
    sources.put("/hook.iso", HttpHandler.of(r -> HttpResponse.bytes("x/y", image)));
    assertThat(get(ISO).body()).isEqualTo(expected);
    assertThat(patched.poll(5, TimeUnit.SECONDS)).isEqualTo(A + " /hook.iso 3 true");
  }

  @Test
  @DisplayName("I22: arguments that fill the placeholder to the last byte")
  void argumentsThatJustFit() throws IOException {
    String rest =
        new KernelArguments(IsoMachines.settings().build(), true)
            .of(
                HardwareRecord.of(
                    IsoMachines.machine("52:54:00:aa:88:41").build(), IsoMachines.facility("x")),
                MacAddress.parse("52:54:00:aa:88:41"));
    String facility = "x".repeat(1024 - rest.length() + 1);
    machines.add(
        HardwareRecord.of(
            IsoMachines.machine("52:54:00:aa:88:41").build(), IsoMachines.facility(facility)));
    Answer answer = get("/iso/52:54:00:aa:88:41/hook.iso");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new String(slice(answer.body(), AT, AT + 1024), StandardCharsets.ISO_8859_1))
        .startsWith("facility=" + facility + " ")
        .endsWith("k=v k2=v2 ");
    assertThat(answer.body()).hasSize(51_200);
  }

  @Test
  @DisplayName("I30: compressed data cannot be patched")
  void compressed() throws Exception {
    sources.put(
        "/hook.iso",
        HttpHandler.of(
            r -> HttpResponse.bytes("x/y", IMAGE).withHeader("Content-Encoding", "gzip")));
    assertThat(get(ISO, "Accept-Encoding: gzip").status()).isEqualTo(502);
    assertThat(reason()).isEqualTo(IsoReason.SOURCE_COMPRESSED);
    assertThat(asked.remove().headers("Accept-Encoding")).containsExactly("identity");
  }

  @Test
  @DisplayName("I31: a source without ranges gives the whole")
  void sourceIgnoresRanges() throws IOException {
    sources.put("/hook.iso", HttpHandler.of(r -> HttpResponse.bytes("x/y", IMAGE)));
    Answer answer = get(ISO, "Range: bytes=47190-47300");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(PATCHED);
  }

  @Test
  void sourceThatSendsAnotherPartIsA502() throws Exception {
    sources.put(
        "/hook.iso",
        HttpHandler.of(
            r ->
                HttpResponse.text("0123456789")
                    .withStatus(206)
                    .withRelayedHeader("Content-Range", "bytes 0-9/51200")));
    assertThat(get(ISO, "Range: bytes=47190-47300").status()).isEqualTo(502);
    assertThat(reason()).isEqualTo(IsoReason.SOURCE_INVALID);
  }

  @Test
  @DisplayName("I33: a client that leaves takes the connection to the source with it")
  void clientLeaves() throws Exception {
    long huge = 1L << 40;
    sources.put("/hook.iso", HttpHandler.of(r -> HttpResponse.status(200).withBody(zeros(huge))));
    try (RawClient client = client()) {
      client.get(ISO).read(100_000);
      client.reset();
    }
    HttpOutcome outcome = sourceObserver.nextFinished();
    assertThat(outcome.aborted()).isTrue();
    assertThat(observer.nextFinished().aborted()).isTrue();
  }

  @Test
  void clientThatTakesNothingHoldsTheSourceBack() throws Exception {
    long huge = 1L << 40;
    sources.put("/hook.iso", HttpHandler.of(r -> HttpResponse.status(200).withBody(zeros(huge))));
    // Into a much smaller buffer the kernel may deliver nothing at all for seconds.
    try (RawClient client = new RawClient(server.boundAddresses().get(0), 65_536)) {
      client.get(ISO).read(1000);
      assertThat(observer.nextEvent()).isEqualTo("timed out write-stalled");
    }
    // What the buffers of two connections hold, and no more.
    assertThat(sourceObserver.nextFinished().bytesSent()).isLessThan(32L << 20);
  }

  @Test
  void sourceThatFailsInTheMiddleEndsTheConnection() throws Exception {
    sources.put(
        "/hook.iso",
        HttpHandler.of(r -> HttpResponse.status(200).withBody(pieces(IMAGE, 1000, 40_000))));
    try (RawClient client = client()) {
      byte[] all = client.get(ISO).readAll();
      assertThat(new String(all, StandardCharsets.ISO_8859_1)).contains("Content-Length: 51200");
      assertThat(all.length).isLessThan(51_200);
    }
    assertThat(observer.nextFinished().aborted()).isTrue();
  }

  @Test
  void sourceThatStandsStillEndsTheConnection() throws Exception {
    CompletableFuture<Flow.Subscriber<? super List<ByteBuffer>>> waiting =
        new CompletableFuture<>();
    sources.put(
        "/hook.iso",
        HttpHandler.of(
            r ->
                HttpResponse.status(200)
                    .withBody(
                        HttpBody.stream(
                            1000, (o, l) -> subscriber -> never(subscriber, waiting)))));
    try (RawClient client = client()) {
      client.get(ISO).readAll();
    }
    assertThat(observer.nextEvent()).isEqualTo("timed out body-stalled");
    waiting.get(10, TimeUnit.SECONDS).onError(new IOException("the test is over"));
  }

  private static void never(
      Flow.Subscriber<? super List<ByteBuffer>> subscriber,
      CompletableFuture<Flow.Subscriber<? super List<ByteBuffer>>> waiting) {
    waiting.complete(subscriber);
    subscriber.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "If-None-Match: \"v1\" | 304",
        "If-Modified-Since: Sun, 01 Nov 2026 00:00:00 GMT | 304",
        "If-Match: \"other\" | 412",
      })
  void conditionsAreTheSourcesToJudge(String field, int status) throws IOException {
    try (RawClient client = client()) {
      Answer answer = client.get(ISO, field).answer();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(client.get(ISO).answer().body()).isEqualTo(PATCHED);
    }
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"\"v1\", 206", "\"v0\", 200"})
  void ifRangeIsTheSourcesToJudge(String tag, int status) throws IOException {
    assertThat(get(ISO, "Range: bytes=0-9", "If-Range: " + tag).status()).isEqualTo(status);
  }

  @Test
  void nothingOfTheClientsReachesTheSourceThatIsNotMeantForIt() throws IOException {
    get(ISO + "?secret=1", "Cookie: a=b", "Authorization: Basic eA==", "X-Forwarded-For: 1.2.3.4");
    HttpRequest request = asked.remove();
    assertThat(request.target()).isEqualTo("/hook.iso?x=1");
    assertThat(request.header("Cookie")).isEmpty();
    assertThat(request.header("Authorization")).isEmpty();
    assertThat(request.header("X-Forwarded-For")).isEmpty();
    assertThat(request.header("Host").orElseThrow()).startsWith("127.0.0.1:");
    assertThat(request.header("User-Agent")).contains("smee");
  }

  @Test
  void recordMayHaveASourceOfItsOwn() throws Exception {
    sources.put("/own.iso", sources.get("/hook.iso"));
    Answer answer = get("/iso/" + IsoMachines.OWN_SOURCE + "/hook.iso");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1)).contains("facility=own ");
    assertThat(asked.remove().path()).isEqualTo("/own.iso");
  }

  @Test
  void lengthThatTheSourceDoesNotTellIsNotMadeUp() throws IOException {
    sources.put(
        "/hook.iso",
        HttpHandler.of(
            r ->
                HttpResponse.status(200)
                    .withBody(HttpBody.stream(-1, (o, l) -> pieces(IMAGE, 1000)))));
    try (RawClient client = client()) {
      String answer =
          new String(
              client.send("GET " + ISO + " HTTP/1.0\n\n").readAll(), StandardCharsets.ISO_8859_1);
      String[] parts = answer.split("\r\n\r\n", 2);
      assertThat(parts[0]).doesNotContain("Content-Length").doesNotContain("chunked");
      assertThat(parts[1].getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(PATCHED);
    }
    try (RawClient client = client()) {
      Answer head = client.get(ISO, "Connection: close").headAnswer();
      assertThat(head.header("transfer-encoding")).isEqualTo("chunked");
      assertThat(Chunks.join(client.readAll())).isEqualTo(PATCHED);
    }
  }

  @Test
  void otherMethodsAreRefused() throws IOException {
    try (RawClient client = client()) {
      client.send("POST " + ISO + " HTTP/1.1\nHost: h\nContent-Length: 0\n\n");
      assertThat(client.answer().status()).isEqualTo(405);
    }
    assertThat(asked).isEmpty();
  }

  // ---- bodies that come in pieces

  private static HttpBody pieces(byte[] bytes, int size, int failAt) {
    return HttpBody.stream(bytes.length, (o, l) -> pieces(Arrays.copyOf(bytes, failAt), size));
  }

  private static Flow.Publisher<List<ByteBuffer>> pieces(byte[] bytes, int size) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              private int at;

              @Override
              public void request(long n) {
                for (long i = 0; i < n && at <= bytes.length; i++) {
                  if (at == bytes.length) {
                    at++;
                    subscriber.onComplete();
                  } else {
                    int length = Math.min(size, bytes.length - at);
                    subscriber.onNext(List.of(ByteBuffer.wrap(bytes, at, length).slice()));
                    at += length;
                  }
                }
              }

              @Override
              public void cancel() {
                at = bytes.length + 1;
              }
            });
  }

  private static HttpBody zeros(long length) {
    byte[] zeros = new byte[64 * 1024];
    return HttpBody.stream(
        length,
        (o, l) ->
            subscriber ->
                subscriber.onSubscribe(
                    new Flow.Subscription() {
                      private volatile boolean cancelled;

                      @Override
                      public void request(long n) {
                        for (long i = 0; i < n && !cancelled; i++) {
                          subscriber.onNext(List.of(ByteBuffer.wrap(zeros)));
                        }
                      }

                      @Override
                      public void cancel() {
                        cancelled = true;
                      }
                    }));
  }
}
