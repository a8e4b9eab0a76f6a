// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.http.Certificates;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.HttpServer;

/**
 * An ISO of 4 GiB, a sparse file with placeholders where it hurts, through a server in a virtual
 * machine of its own, whose heap is watched.
 */
@Timeout(120)
class IsoSizeIT {
  private static final long SIZE = (4L << 30) + 4097;
  private static final String MAC = IsoMachines.A;

  /** Around the places where pieces end, where an int ends, and at both ends of the file. */
  private static final List<Long> PLACES =
      List.of(
          0L,
          16_384L - 1,
          65_536L - 1023,
          3 * 65_536L - 512,
          (1L << 20) - 1024,
          (1L << 31) - 700,
          (1L << 32) - 1,
          SIZE - 1024);

  @TempDir static Path folder;
  private static Process server;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    Certificates own = Certificates.make(folder, "origin", "RSA");
    Files.writeString(folder.resolve("cert.pem"), own.certificate());
    Files.writeString(folder.resolve("key.pem"), own.pkcs8());
    Path iso = folder.resolve("big.iso");
    try (FileChannel file =
        FileChannel.open(
            iso,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      file.write(ByteBuffer.wrap(new byte[1]), SIZE - 1);
      for (long place : PLACES) {
        file.write(StandardCharsets.US_ASCII.encode(IsoMachines.placeholder()), place);
      }
    }
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:MaxDirectMemorySize=64m",
                // As an operator has Java trust the authority of a site.
                "-Djavax.net.ssl.trustStore=" + folder.resolve("origin.p12"),
                "-Djavax.net.ssl.trustStorePassword=password",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                iso.toString())
            .redirectError(Redirect.INHERIT)
            .start();
    port = Integer.parseInt(answer());
  }

  @AfterAll
  static void stop() throws Exception {
    server.getOutputStream().close();
    if (!server.waitFor(10, TimeUnit.SECONDS)) {
      server.destroyForcibly();
    }
  }

  private static String answer() throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = server.getInputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server's process ended");
      }
      line.append((char) c);
    }
    return line.toString().trim();
  }

  private static long ask(String command) throws IOException {
    server.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
    server.getOutputStream().flush();
    return Long.parseLong(answer());
  }

  @ParameterizedTest(name = "from {0}")
  @ValueSource(strings = {"http", "file"})
  void wholeImageTakesNoMoreHeapThanAnyOther(String route) throws IOException {
    long before = ask("used");
    byte[] buffer = new byte[1 << 20];
    long at = 0;
    try (Socket socket = new Socket("127.0.0.1", port)) {
      DataInputStream in = request(socket, route, "");
      while (at < SIZE) {
        int length = (int) Math.min(buffer.length, SIZE - at);
        in.readFully(buffer, 0, length);
        check(buffer, length, at);
        at += length;
      }
    }
    long grown = ask("peak") - before;
    System.out.printf("IsoSizeIT %s: heap in use grew by at most %d KiB%n", route, grown >> 10);
    assertThat(grown).isLessThan(16L << 20);
  }

  @Test
  void randomRangesAreThoseOfThePatchedImage() throws IOException {
    long seed = System.nanoTime();
    System.out.println("IsoSizeIT seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (String route : List.of("http", "https", "file")) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        for (int round = 0; round < 400; round++) {
          long near = PLACES.get(random.nextInt(PLACES.size()));
          long first =
              round % 4 == 0
                  ? random.nextLong(SIZE)
                  : Math.max(0, Math.min(SIZE - 1, near + random.nextInt(-2100, 2100)));
          long last = Math.min(SIZE - 1, first + random.nextInt(round % 3 == 0 ? 200_000 : 3000));
          byte[] part = new byte[(int) (last - first + 1)];
          request(socket, route, "Range: bytes=" + first + "-" + last + "\r\n").readFully(part);
          check(part, part.length, first);
        }
      }
    }
  }

  /** Sends a request and reads the head of the answer, byte by byte: the rest is the body. */
  private static DataInputStream request(Socket socket, String route, String fields)
      throws IOException {
    socket.setSoTimeout(30_000);
    socket.setTcpNoDelay(true);
    String head = "GET /" + route + "/" + MAC + "/x.iso HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    DataInputStream in = new DataInputStream(socket.getInputStream());
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) in.readUnsignedByte());
    }
    assertThat(answer.toString()).startsWith(fields.isEmpty() ? "HTTP/1.1 200" : "HTTP/1.1 206");
    return in;
  }

  /** Compares with zeros, and at each placeholder's place with the machine's arguments. */
  private static void check(byte[] bytes, int length, long offset) {
    byte[] patch =
        IsoMachines.padded(IsoMachines.PATCH_A, 1024).getBytes(StandardCharsets.US_ASCII);
    int at = 0;
    for (long place : PLACES) {
      int from = (int) Math.max(0, Math.min(length, place - offset));
      int to = (int) Math.max(0, Math.min(length, place + 1024 - offset));
      assertZeros(bytes, at, from, offset);
      if (to > from) {
        int skipped = (int) (offset + from - place);
        assertThat(Arrays.equals(bytes, from, to, patch, skipped, skipped + to - from))
            .as("placeholder at %d, bytes %d to %d", place, offset + from, offset + to)
            .isTrue();
      }
      at = Math.max(at, to);
    }
    assertZeros(bytes, at, length, offset);
  }

  private static void assertZeros(byte[] bytes, int from, int to, long offset) {
    int at = from < to ? Arrays.mismatch(bytes, from, to, ZEROS, 0, to - from) : -1;
    assertThat(at < 0 ? -1 : offset + from + at)
        .as("first byte that is not as in the file")
        .isEqualTo(-1);
  }

  private static final byte[] ZEROS = new byte[1 << 20];

  /** The server: reads the ISO from the file, and over HTTP from another server that has it. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Path iso = Path.of(arguments[0]);
      HttpServer origin =
          started(
              HttpServer.builder()
                  .bindTls(new InetSocketAddress("127.0.0.1", 0))
                  .certificate(iso.resolveSibling("cert.pem"), iso.resolveSibling("key.pem"))
                  .handler(HttpHandler.of(r -> response(iso))));
      IsoMachines machines = new IsoMachines();
      IsoHandler fromFile = builder(machines).source(iso.toUri()).build();
      URI url =
          URI.create("http://127.0.0.1:" + origin.boundAddresses().get(0).getPort() + "/big.iso");
      IsoHandler fromHttp = builder(machines).source(url).build();
      URI secureUrl =
          URI.create(
              "https://127.0.0.1:" + origin.boundTlsAddresses().get(0).getPort() + "/big.iso");
      IsoHandler fromHttps = builder(machines).source(secureUrl).build();
      HttpServer front =
          serve(
              HttpRouter.builder()
                  .get("/file/**", fromFile)
                  .get("/http/**", fromHttp)
                  .get("/https/**", fromHttps)
                  .build());
      System.out.println(front.boundAddresses().get(0).getPort());
      Scanner commands = new Scanner(System.in, StandardCharsets.US_ASCII);
      while (commands.hasNextLine()) {
        System.out.println(commands.nextLine().equals("used") ? used() : peak());
      }
      System.exit(0);
    }

    private static IsoHandler.Builder builder(IsoMachines machines) {
      return IsoHandler.builder(machines, IsoMachines.settings().build()).staticIpam(true);
    }

    private static HttpResponse response(Path iso) {
      try {
        return HttpResponse.file(iso);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private static HttpServer serve(HttpHandler handler) {
      return started(HttpServer.builder().handler(handler));
    }

    private static HttpServer started(HttpServer.Builder builder) {
      HttpServer server =
          builder.bind(new InetSocketAddress("127.0.0.1", 0)).eventLoopThreads(1).build();
      server.start().toCompletableFuture().join();
      return server;
    }

    /** Returns what is in use after a collection, and begins to watch. */
    private static long used() {
      System.gc();
      pools().forEach(MemoryPoolMXBean::resetPeakUsage);
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Returns the most that survived a collection, and what is young now. */
    private static long peak() {
      long old =
          pools().stream()
              .filter(pool -> pool.getName().contains("Tenured"))
              .mapToLong(pool -> pool.getPeakUsage().getUsed())
              .sum();
      long survivors =
          pools().stream()
              .filter(pool -> pool.getName().contains("Survivor"))
              .mapToLong(pool -> pool.getPeakUsage().getUsed())
              .sum();
      System.gc();
      return Math.max(
          old + survivors, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    private static List<MemoryPoolMXBean> pools() {
      return ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();
    }
  }
}
