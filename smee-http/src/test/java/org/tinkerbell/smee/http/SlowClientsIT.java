// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand clients that take their time do not slow down the others. */
@Timeout(60)
class SlowClientsIT {
  private static final int SLOW = 1000;
  private static final int REQUESTS = 400;

  @Test
  void thousandSlowConnectionsDoNotKeepOthersWaiting() throws IOException {
    byte[] large = new byte[4 << 20];
    HttpResponse file = HttpResponse.bytes("application/octet-stream", large);
    HttpServer server =
        HttpServer.builder()
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .eventLoopThreads(1)
            .maxConnectionsPerAddress(SLOW + 10)
            .handler(
                HttpRouter.builder()
                    .get("/large", HttpHandler.of(r -> file))
                    .get("/quick", HttpHandler.of(r -> HttpResponse.text("quick")))
                    .build())
            .build();
    server.start().toCompletableFuture().join();
    InetSocketAddress address = server.boundAddresses().get(0);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW; i++) {
        Socket socket = new Socket();
        // Half of them dawdle over the request, half over the answer.
        socket.setReceiveBufferSize(4096);
        socket.connect(address, 5000);
        slow.add(socket);
        write(socket, i % 2 == 0 ? "GET /large HT" : "GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
      }
      long[] nanos = new long[REQUESTS];
      try (RawClient client = new RawClient(address)) {
        client.get("/quick").answer();
        for (int i = 0; i < REQUESTS; i++) {
          Socket dawdler = slow.get(i % SLOW);
          if (i % 2 == 0) {
            // A byte at a time, as it is done to keep a server busy.
            write(dawdler, "T");
          } else {
            dawdler.getInputStream().readNBytes(100);
          }
          long begin = System.nanoTime();
          assertThat(client.get("/quick").answer().text()).isEqualTo("quick");
          nanos[i] = System.nanoTime() - begin;
        }
      }
      java.util.Arrays.sort(nanos);
      Duration typical = Duration.ofNanos(nanos[REQUESTS * 95 / 100]);
      System.out.printf(
          "SlowClientsIT: 50 %% within %d us, 95 %% within %d us, all within %d us%n",
          TimeUnit.NANOSECONDS.toMicros(nanos[REQUESTS / 2]),
          typical.toNanos() / 1000,
          TimeUnit.NANOSECONDS.toMicros(nanos[REQUESTS - 1]));
      assertThat(typical).isLessThan(Duration.ofMillis(100));
      assertThat(server.openConnections()).isGreaterThanOrEqualTo(SLOW);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
      server.close(Duration.ZERO);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
