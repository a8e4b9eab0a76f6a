// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tinkerbell.smee.http.RawClient.Answer;

@Timeout(60)
class HostileRequestsIT {
  private static final RecordingObserver OBSERVER = new RecordingObserver();
  private static HttpServer server;
  private static InetSocketAddress address;

  @BeforeAll
  static void start() {
    server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .observer(OBSERVER)
            .maxRequestBodyBytes(1000)
            .headerTimeout(Duration.ofMillis(400))
            .handler(HttpHandler.of(r -> HttpResponse.text("served " + r.path())))
            .build();
    server.start().toCompletableFuture().join();
    address = server.boundAddresses().get(0);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void serverLives() throws IOException {
    try (RawClient client = new RawClient(address)) {
      assertThat(client.get("/alive").answer().text()).isEqualTo("served /alive");
    }
    OBSERVER.events.clear();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "no Host | 400 | GET / HTTP/1.1~~",
        "two Hosts | 400 | GET / HTTP/1.1~Host: a~Host: b~~",
        "blank in Host | 400 | GET / HTTP/1.1~Host: a b~~",
        "path in Host | 400 | GET / HTTP/1.1~Host: a/b~~",
        "blank before the colon | 400 | GET / HTTP/1.1~Host : a~~",
        "field without a colon | 400 | GET / HTTP/1.1~Host: a~nonsense~~",
        "empty field name | 400 | GET / HTTP/1.1~Host: a~: x~~",
        "NUL in a value | 400 | GET / HTTP/1.1~Host: a~X: b\\0c~~",
        "NUL in the target | 400 | GET /a\\0b HTTP/1.1~Host: a~~",
        "encoded NUL | 400 | GET /a%00b HTTP/1.1~Host: a~~",
        "broken percent | 400 | GET /% HTTP/1.1~Host: a~~",
        "bare LF | 400 | GET / HTTP/1.1\\nHost: a\\n\\n",
        "bare LF in the fields | 400 | GET / HTTP/1.1~Host: a\\nX: b~~",
        "bare CR in a value | 400 | GET / HTTP/1.1~Host: a~X: b\\rc~~",
        "no protocol | 400 | GET /~Host: a~~",
        "no target | 400 | GET HTTP/1.1~Host: a~~",
        "three words | 400 | GET / a HTTP/1.1~Host: a~~",
        "authority form | 400 | CONNECT a:80 HTTP/1.1~Host: a~~",
        "no path | 400 | GET a HTTP/1.1~Host: a~~",
        "HTTP/2 preface | 505 | PRI * HTTP/2.0~~SM~~",
        "HTTP/9.9 | 505 | GET / HTTP/9.9~Host: a~~",
        "HTTP/x | 400 | GET / HTTP/x~Host: a~~",
        "other protocol | 400 | GET / ICAP~Host: a~~",
        "TLS hello | 400 | \\x16\\x03\\x01\\x02\\x00\\x01",
        "binary | 400 | \\xff\\xfe\\x80~~",
        "blanks first | 400 | '    GET / HTTP/1.1~Host: a~~'",
        "two lengths | 400 | GET / HTTP/1.1~Host: a~Content-Length: 1~Content-Length: 2~~ab",
        "list of lengths | 400 | GET / HTTP/1.1~Host: a~Content-Length: 1, 2~~ab",
        "negative length | 400 | GET / HTTP/1.1~Host: a~Content-Length: -1~~",
        "signed length | 400 | GET / HTTP/1.1~Host: a~Content-Length: +1~~a",
        "no number | 400 | GET / HTTP/1.1~Host: a~Content-Length: x~~",
        "huge length | 400 | GET / HTTP/1.1~Host: a~Content-Length: 99999999999999999999~~",
        "large length | 413 | GET / HTTP/1.1~Host: a~Content-Length: 1001~~",
        "both lengths | 400 | GET / HTTP/1.1~Host: a~Content-Length: 4~Transfer-Encoding: chunked~~0~~",
        "other coding | 400 | GET / HTTP/1.1~Host: a~Transfer-Encoding: gzip~~",
        "coding not last | 400 | GET / HTTP/1.1~Host: a~Transfer-Encoding: chunked, gzip~~0~~",
        "coding in HTTP/1.0 | 400 | GET / HTTP/1.0~Transfer-Encoding: chunked~~0~~",
        "two codings | 400 | GET / HTTP/1.1~Host: a~Transfer-Encoding: chunked~Transfer-Encoding: identity~~0~~",
        "unknown coding | 400 | GET / HTTP/1.1~Host: a~Transfer-Encoding: xchunked~~0~~",
        "folded coding | 400 | GET / HTTP/1.1~Host: a~Transfer-Encoding:~ chunked~~0~~",
        "folded value | 400 | GET / HTTP/1.1~Host: a~X: b~ c~~",
        "folded by a tab | 400 | GET / HTTP/1.1~Host: a~X: b~\\tc~~",
        "folded first field | 400 | GET / HTTP/1.1~ Host: a~~",
        "fold after empty lines | 400 | ~~GET / HTTP/1.1~Host: a~X: b~ c~~",
        "overlong dot | 400 | GET /%c0%ae%c0%ae/x HTTP/1.1~Host: a~~",
        "overlong slash | 400 | GET /%e0%80%af HTTP/1.1~Host: a~~",
        "surrogate | 400 | GET /%ed%a0%80 HTTP/1.1~Host: a~~",
        "double quote in Host | 400 | GET / HTTP/1.1~Host: a\"b~~",
        "user in Host | 400 | GET / HTTP/1.1~Host: u@a~~",
        "other expectation | 417 | GET / HTTP/1.1~Host: a~Expect: tea~~",
      })
  void isRefusedAndTheConnectionEnds(String name, int status, String text) throws Exception {
    try (RawClient client = new RawClient(address)) {
      String smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
      client.sendExactly((unescape(text) + smuggled).getBytes(StandardCharsets.ISO_8859_1));
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body()).isEmpty();
      assertThat(client.atEnd()).as("nothing is read after that").isTrue();
      assertThat(OBSERVER.nextEvent()).startsWith("malformed " + status + " ");
    }
  }

  private static String unescape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '~') {
        out.append("\r\n");
      } else if (c == '\\') {
        char kind = text.charAt(++i);
        if (kind == 'x') {
          out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        } else {
          out.append("\0\n\r\t".charAt("0nrt".indexOf(kind)));
        }
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  @Test
  void foldIsSeenHoweverItArrives() throws Exception {
    String folded = "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n";
    for (int cut = 1; cut < folded.length() - 4; cut++) {
      try (RawClient client = new RawClient(address)) {
        client.get("/first").answer();
        client.sendExactly(folded.substring(0, cut).getBytes(StandardCharsets.US_ASCII));
        client.sendExactly(folded.substring(cut).getBytes(StandardCharsets.US_ASCII));
        assertThat(client.answer().status()).as("cut at %d", cut).isEqualTo(400);
        assertThat(OBSERVER.nextEvent()).startsWith("malformed 400 ");
      }
    }
  }

  @Test
  void blanksInABodyAreNoFold() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.send("GET /1 HTTP/1.1\nHost: a\nContent-Length: 11\n\na\n b\n\tc\n");
      client.send("GET /2 HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n4\n\n b\n0\n\n");
      client.get("/3");
      assertThat(client.answer().text()).isEqualTo("served /1");
      assertThat(client.answer().text()).isEqualTo("served /2");
      assertThat(client.answer().text()).isEqualTo("served /3");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "no number | x~abc~0~~",
        "negative | -1~abc~0~~",
        "with 0x | 0x3~abc~0~~",
        "no end of the chunk | 3~abcd~0~~",
        "bare LF after the size | 3\\nabc~0~~",
        "endless extension | 3;'aaaaaaaaaa'~",
      })
  void chunksThatAreNoneEndTheConnection(String name, String chunks) throws IOException {
    try (RawClient client = new RawClient(address)) {
      String body = unescape(chunks).replace("aaaaaaaaaa", "a".repeat(100_000));
      client.sendExactly(
          ("GET /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + body
                  + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(client.answer().text()).isEqualTo("served /x");
      Answer second = client.answer();
      assertThat(second.status()).isIn(400, 413, 414, 431);
      assertThat(second.header("connection")).isEqualTo("close");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void oversizedRequestsGetTheirStatusAlthoughMoreIsOnTheWay() throws IOException {
    assertThat(statusOf("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isEqualTo(414);
    assertThat(statusOf("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(2_000_000) + "\r\n\r\n"))
        .isEqualTo(431);
    assertThat(statusOf("GET / HTTP/1.1\r\nHost: a\r\n" + "X: a\r\n".repeat(100_000) + "\r\n"))
        .isEqualTo(431);
    assertThat(
            statusOf(
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n" + "a".repeat(100_000)))
        .as("a body of the right length, and then garbage")
        .isEqualTo(200);
  }

  private static int statusOf(String request) throws IOException {
    try (RawClient client = new RawClient(address)) {
      try {
        client.sendExactly(request.getBytes(StandardCharsets.ISO_8859_1));
      } catch (SocketException e) {
        // The server stopped reading; the answer is there all the same.
        assertThat(e).hasMessageContaining("");
      }
      return client.answer().status();
    }
  }

  @Test
  void largestAllowedHeadIsServed() throws IOException {
    try (RawClient client = new RawClient(address)) {
      String path = "/" + "a".repeat(8 * 1024 - "GET / HTTP/1.1".length() - 2);
      assertThat(client.get(path).answer().status()).isEqualTo(200);
      assertThat(client.get("/", "X: " + "b".repeat(63 * 1024)).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void bodiesAreReadAndForgotten() throws IOException {
    try (RawClient client = new RawClient(address)) {
      String chunks = "5;ext=1\nhello\n3\nabc\n0\nTrailer: x\n\n";
      client.send("GET /1 HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc");
      client.send("GET /2 HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n" + chunks);
      client.get("/3");
      assertThat(client.answer().text()).isEqualTo("served /1");
      assertThat(client.answer().text()).isEqualTo("served /2");
      assertThat(client.answer().text()).isEqualTo("served /3");
      client.send("GET /4 HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nffffffffffff\nx");
      assertThat(client.answer().text()).isEqualTo("served /4");
      assertThat(client.answer().status()).isIn(400, 413);
      assertThat(client.atEnd()).isTrue();
    }
    try (RawClient client = new RawClient(address)) {
      client.send("GET / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n");
      client.send(("100\n" + "x".repeat(256) + "\n").repeat(5));
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.answer().status()).isEqualTo(413);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void expectationOfContinueIsAnsweredAtOnce() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.send("GET /x HTTP/1.1\nHost: a\nContent-Length: 3\nExpect: 100-continue\n\n");
      Answer answer = client.answer();
      assertThat(answer.text()).isEqualTo("served /x");
      assertThat(answer.header("connection")).isEqualTo("close");
    }
  }

  @Test
  void drippingHeadIsAnswered408() throws Exception {
    try (RawClient client = new RawClient(address)) {
      byte[] head = "GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII);
      client.sendExactly(head);
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(OBSERVER.nextEvent()).isEqualTo("timed out headers-too-slow");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void drippingDoesNotProlongTheTime() throws Exception {
    try (RawClient client = new RawClient(address)) {
      client.get("/first").answer();
      Thread dripper =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 100_000; i++) {
                    client.sendExactly(new byte[] {'G'});
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                  }
                } catch (IOException e) {
                  // The end that is waited for.
                  Thread.currentThread().interrupt();
                }
              });
      dripper.start();
      assertThat(client.answer().status()).isEqualTo(408);
      assertThat(OBSERVER.nextEvent()).isEqualTo("timed out headers-too-slow");
      dripper.join(20_000);
      assertThat(dripper.isAlive()).isFalse();
    }
  }

  @Test
  void silentConnectionIsClosed() throws Exception {
    try (RawClient client = new RawClient(address)) {
      assertThat(client.atEnd()).isTrue();
      assertThat(OBSERVER.nextEvent()).isEqualTo("timed out headers-too-slow");
    }
  }

  @Test
  void bodyThatDoesNotComeIsNotWaitedForLong() throws Exception {
    try (RawClient client = new RawClient(address)) {
      client.send("GET / HTTP/1.1\nHost: a\nContent-Length: 10\n\nabc");
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.answer().status()).isEqualTo(408);
      assertThat(OBSERVER.nextEvent()).isEqualTo("timed out body-too-slow");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void halfARequestAndThenTheEndIsRefused() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.send("GET / HTTP/1.1\nHo").shutdownOutput();
      assertThat(client.answer().status()).isEqualTo(400);
      assertThat(client.atEnd()).isTrue();
    }
    try (RawClient client = new RawClient(address)) {
      client.shutdownOutput();
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void leadingEmptyLinesAreForgiven() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.send("\n\n").get("/a");
      assertThat(client.answer().text()).isEqualTo("served /a");
      client.send("\n").get("/b");
      assertThat(client.answer().text()).isEqualTo("served /b");
    }
  }

  @Test
  void uncleanPathsAreServedCleaned() throws IOException {
    try (RawClient client = new RawClient(address)) {
      for (String target :
          List.of(
              "//a//b",
              "/./a/b",
              "/x/../a/b",
              "/../../a/b",
              "/%2e%2e/a/b",
              "/a%2Fb",
              "http://elsewhere/a/b",
              "/a/b?x=/../..",
              "/a/b#c")) {
        Answer answer = client.get(target).answer();
        assertThat(answer.status()).as(target).isEqualTo(200);
        assertThat(answer.text()).as(target).isEqualTo("served /a/b");
      }
    }
  }

  @Test
  void garbageNeverKillsTheServer() throws IOException {
    long seed = 424242;
    SplittableRandom random = new SplittableRandom(seed);
    List<String> pieces =
        List.of(
            "GET ",
            "HEAD ",
            "/",
            "a",
            " HTTP/1.1",
            " HTTP/1.0",
            "\r\n",
            "\n",
            "\r",
            "Host: a",
            "Content-Length: ",
            "5",
            "Transfer-Encoding: chunked",
            "Range: bytes=",
            "0-",
            ",",
            "Expect: 100-continue",
            "Connection: close",
            ":",
            " ",
            "\t",
            "\0",
            "%",
            "..",
            "\u00ff",
            "Host: b\r\n\r\n",
            "0\r\n\r\n");
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      int length = 1 + random.nextInt(40);
      for (int i = 0; i < length; i++) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      try (RawClient client = new RawClient(address)) {
        client.sendExactly(text.toString().getBytes(StandardCharsets.ISO_8859_1)).shutdownOutput();
        String answers = new String(client.readAll(), StandardCharsets.ISO_8859_1);
        assertThat(answers)
            .as("seed %d, round %d: %s", seed, round, text)
            .matches("(?s)(HTTP/1.1 (200|4\\d\\d|505) .*)?")
            .doesNotContain("HTTP/1.1 500", "Exception");
      }
    }
  }
}
