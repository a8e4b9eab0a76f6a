// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Real datagrams over loopback. */
class SyslogServerIT {
  /** Far more than any step takes, even on a busy machine. */
  private static final int BOUND_SECONDS = 20;

  private final BlockingQueue<SyslogMessage> messages = new LinkedBlockingQueue<>();
  private final Counts counts = new Counts();
  private SyslogServer server;

  private static final class Counts implements SyslogObserver {
    final AtomicInteger received = new AtomicInteger();
    final AtomicInteger queueFull = new AtomicInteger();
    final AtomicInteger sourceRate = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger malformed = new AtomicInteger();
    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    final Semaphore arrivals = new Semaphore(0);

    @Override
    public void received(InetSocketAddress source, int bytes) {
      received.incrementAndGet();
      arrivals.release();
    }

    @Override
    public void dropped(InetSocketAddress source, SyslogDropReason reason) {
      switch (reason) {
        case QUEUE_FULL -> queueFull.incrementAndGet();
        case SOURCE_RATE -> sourceRate.incrementAndGet();
        case CLOSED -> closed.incrementAndGet();
      }
    }

    @Override
    public void malformed(SyslogMessage message) {
      malformed.incrementAndGet();
    }

    @Override
    public void handlerFailed(SyslogMessage message, Throwable failure) {
      failures.add(failure);
    }

    /** Waits until so many more datagrams were received. */
    void await(int count) throws InterruptedException {
      assertThat(arrivals.tryAcquire(count, BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    assertThat(threads()).isEmpty();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("smee-syslog"))
        .toList();
  }

  private SyslogServer.Builder builder() {
    return SyslogServer.builder()
        .udp(new InetSocketAddress("127.0.0.1", 0))
        .handler(messages::add)
        .observer(counts);
  }

  private InetSocketAddress start(SyslogServer.Builder builder) {
    server = builder.build();
    server.start().toCompletableFuture().orTimeout(BOUND_SECONDS, TimeUnit.SECONDS).join();
    return server.boundAddresses().get(0);
  }

  private SyslogMessage next() throws InterruptedException {
    SyslogMessage message = messages.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    assertThat(message).as("a message within %d s", BOUND_SECONDS).isNotNull();
    return message;
  }

  private static void send(InetSocketAddress to, String... datagrams) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (String datagram : datagrams) {
        byte[] bytes = datagram.getBytes(ISO_8859_1);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
      }
    }
  }

  @Test
  void messageArrivesWithItsSourceAndTime() throws Exception {
    Instant arrival = Instant.parse("2025-07-04T10:20:30Z");
    InetSocketAddress address = start(builder().clock(Clock.fixed(arrival, ZoneOffset.UTC)));
    assertThat(address.getPort()).isPositive();
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      byte[] bytes = "<30>Jul  4 10:20:29 myhost dockerd[123]: hello\n".getBytes(ISO_8859_1);
      socket.send(new DatagramPacket(bytes, bytes.length, address));
      SyslogMessage message = next();
      assertThat(SyslogParserGoldenTest.text(message))
          .isEqualTo("daemon/INFO hostname=myhost app-name=dockerd procid=123 msg=hello");
      assertThat(message.source()).isEqualTo(socket.getLocalSocketAddress());
      assertThat(message.receivedAt()).isEqualTo(arrival);
    }
  }

  @Test
  void shortDatagramAfterALongerOneIsUnparsedAndTheReceiverLivesY55() throws Exception {
    InetSocketAddress address = start(builder());
    send(address, "<30>hello there", "<30", "<", "", "<30>again");
    assertThat(next().message()).isEqualTo(" there");
    for (String raw : List.of("<30", "<", "")) {
      SyslogMessage message = next();
      assertThat(message.isParsed()).isFalse();
      assertThat(message.rawText()).isEqualTo(raw);
    }
    assertThat(next().message()).isEqualTo("again");
    assertThat(counts.malformed).hasValue(3);
    assertThat(counts.received).hasValue(5);
  }

  @Test
  void datagramsOfAllSizesAreTakenWhole() throws Exception {
    InetSocketAddress address = start(builder());
    for (int size : new int[] {480, 1024, 2048, 8192, 65_000, 65_507}) {
      send(address, "<30>app: " + "x".repeat(size - 9));
      assertThat(next().message()).hasSize(size - 9);
    }
  }

  @Test
  void longerDatagramIsCutWhereToldTo() throws Exception {
    InetSocketAddress address = start(builder().maxDatagramBytes(480));
    send(address, "<30>app: " + "x".repeat(1000), "<30>app: y");
    assertThat(next().message()).hasSize(471);
    assertThat(next().message()).isEqualTo("y");
  }

  @Test
  void burstIsTakenInOrder() throws Exception {
    InetSocketAddress address = start(builder());
    int count = 500;
    String[] burst = new String[count];
    for (int i = 0; i < count; i++) {
      burst[i] = "<30>app: " + i;
    }
    send(address, burst);
    for (int i = 0; i < count; i++) {
      assertThat(next().message()).isEqualTo(Integer.toString(i));
    }
  }

  @Test
  void slowHandlerMakesDropsThatAreCounted() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger handled = new AtomicInteger();
    InetSocketAddress address =
        start(
            builder()
                .queueLimit(10)
                .handler(
                    message -> {
                      entered.countDown();
                      assertThat(release.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
                      handled.incrementAndGet();
                    }));
    send(address, "<30>first");
    assertThat(entered.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    counts.await(1);
    int burst = 200;
    for (int i = 0; i < burst; i++) {
      send(address, "<30>app: " + i);
      // One by one, so that the system's buffer loses none and the sum is exact.
      counts.await(1);
    }
    release.countDown();
    server.close();
    assertThat(counts.received).hasValue(burst + 1);
    assertThat(counts.queueFull.get()).isEqualTo(burst + 1 - handled.get());
    // The last one may have found the queue already being emptied.
    assertThat(handled.get()).isBetween(11, 12);
    assertThat(counts.closed).hasValue(0);
    assertThat(counts.failures).isEmpty();
  }

  @Test
  void bytesInTheQueueAreBounded() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .queueBytes(1 << 16)
                .handler(
                    message -> {
                      entered.countDown();
                      assertThat(release.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
                    }));
    send(address, "<30>first");
    assertThat(entered.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    counts.await(1);
    for (int i = 0; i < 3; i++) {
      send(address, "x".repeat(40_000));
      counts.await(1);
    }
    // A drop is counted after the arrival, on the same thread: the next arrival shows it.
    send(address, "x");
    counts.await(1);
    assertThat(counts.queueFull).hasValue(2);
    release.countDown();
  }

  @Test
  void handlerThatThrowsIsToldOfAndTheNextMessageFollows() throws Exception {
    InetSocketAddress address =
        start(
            builder()
                .handler(
                    message -> {
                      switch (message.message()) {
                        case "exception" -> throw new IOException("a full disk");
                        case "error" -> throw new AssertionError("a mistake");
                        case "interrupt" -> Thread.currentThread().interrupt();
                        default -> messages.add(message);
                      }
                    }));
    send(address, "<30>exception", "<30>error", "<30>interrupt", "<30>ok");
    assertThat(next().message()).isEqualTo("ok");
    assertThat(counts.failures)
        .extracting(Throwable::getMessage)
        .containsExactly("a full disk", "a mistake");
  }

  @Test
  void observerThatThrowsDoesNotHarm() throws Exception {
    SyslogObserver rude =
        new SyslogObserver() {
          @Override
          public void received(InetSocketAddress source, int bytes) {
            throw new IllegalStateException("an observer's mistake");
          }

          @Override
          public void malformed(SyslogMessage message) {
            throw new IllegalStateException("an observer's mistake");
          }
        };
    InetSocketAddress address = start(builder().observer(rude));
    send(address, "bad", "<30>ok");
    assertThat(next().isParsed()).isFalse();
    assertThat(next().message()).isEqualTo("ok");
  }

  @Test
  void sourceBeyondItsShareIsDropped() throws Exception {
    InetSocketAddress address = start(builder().perSourceLimit(5));
    for (int i = 0; i < 6; i++) {
      send(address, "<30>app: " + i);
    }
    counts.await(6);
    for (int i = 0; i < 5; i++) {
      assertThat(next().message()).isEqualTo(Integer.toString(i));
    }
    server.close();
    // A slow machine may have refilled a token meanwhile.
    assertThat(counts.sourceRate.get() + messages.size()).isEqualTo(1);
  }

  @Test
  void closeLetsTheHandlerFinish() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .handler(
                    message -> {
                      entered.countDown();
                      assertThat(release.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
                      messages.add(message);
                    }));
    for (int i = 0; i < 20; i++) {
      send(address, "<30>app: " + i);
    }
    counts.await(20);
    assertThat(entered.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    release.countDown();
    server.close();
    assertThat(messages).hasSize(20);
    assertThat(counts.closed).hasValue(0);
  }

  @Test
  void closeInterruptsAHandlerThatHangsAndCountsTheRest() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .closeTimeout(Duration.ofMillis(100))
                .handler(
                    message -> {
                      entered.countDown();
                      new CountDownLatch(1).await();
                    }));
    for (int i = 0; i < 20; i++) {
      send(address, "<30>app: " + i);
    }
    counts.await(20);
    assertThat(entered.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    server.close();
    assertThat(threads()).isEmpty();
    assertThat(counts.closed).hasValue(19);
    assertThat(counts.failures).singleElement().isInstanceOf(InterruptedException.class);
  }

  @Test
  void handlerMayCloseItsServer() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .handler(
                    message -> {
                      server.close();
                      closed.countDown();
                    }));
    send(address, "<30>stop");
    assertThat(closed.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    awaitNoThreads();
  }

  private static void awaitNoThreads() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("smee-syslog")) {
        thread.join(TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
      }
    }
  }

  @Test
  void portInUseFailsTheStartInOneLine() throws Exception {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      server = builder().udp(new InetSocketAddress("127.0.0.1", taken.getLocalPort())).build();
      assertThatThrownBy(
              () ->
                  server
                      .start()
                      .toCompletableFuture()
                      .orTimeout(BOUND_SECONDS, TimeUnit.SECONDS)
                      .join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(IOException.class)
          .hasMessage(
              "syslog cannot listen on udp 127.0.0.1 port "
                  + taken.getLocalPort()
                  + ": address already in use; another server is running");
    }
    awaitNoThreads();
    assertThat(server.boundAddresses()).isEmpty();
    assertThat(server.start().toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void addressOfNoInterfaceFailsTheStart() throws Exception {
    server =
        SyslogServer.builder()
            .udp(new InetSocketAddress("192.0.2.77", 0))
            .handler(messages::add)
            .build();
    assertThatThrownBy(() -> server.start().toCompletableFuture().get(20, TimeUnit.SECONDS))
        .hasMessageContaining("192.0.2.77 port 0: no interface of this machine has the address");
    awaitNoThreads();
  }

  @Test
  void severalServersAndSeveralAddressesShareTheCallersLoops() throws Exception {
    IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      SyslogServer.Builder builder =
          builder().udp(new InetSocketAddress("127.0.0.1", 0)).eventLoops(loops);
      start(builder);
      try (SyslogServer other = builder.build()) {
        other.start().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(server.boundAddresses()).hasSize(2).doesNotHaveDuplicates();
        send(server.boundAddresses().get(0), "<30>a");
        assertThat(next().message()).isEqualTo("a");
        send(server.boundAddresses().get(1), "<30>b");
        assertThat(next().message()).isEqualTo("b");
        send(other.boundAddresses().get(1), "<30>c " + "x".repeat(60_000));
        assertThat(next().message()).hasSize(60_001);
      }
      send(server.boundAddresses().get(0), "<30>still");
      assertThat(next().message()).isEqualTo("still");
      server.close();
      assertThat(loops.isShuttingDown()).isFalse();
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  static boolean hasIpv6() {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("::1"))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  @EnabledIf(value = "hasIpv6", disabledReason = "this machine has no IPv6 loopback")
  void ipv6AddressTakesBothKindsOfSources() throws Exception {
    InetSocketAddress address =
        start(
            SyslogServer.builder()
                .udp(new InetSocketAddress("::", 0))
                .handler(messages::add)
                .observer(counts));
    send(new InetSocketAddress("::1", address.getPort()), "<30>six");
    assertThat(next().source().getAddress()).isEqualTo(InetAddress.getByName("::1"));
    send(new InetSocketAddress("127.0.0.1", address.getPort()), "<30>four");
    assertThat(next().source().getAddress()).isEqualTo(InetAddress.getByName("127.0.0.1"));
  }

  static boolean hasLogger() {
    return Files.isExecutable(Path.of("/usr/bin/logger"));
  }

  @Test
  @EnabledIf(value = "hasLogger", disabledReason = "logger(1) is not installed")
  void messagesOfLoggerAreRead() throws Exception {
    InetSocketAddress address = start(builder());
    logger(address, "--rfc3164");
    SyslogMessage old = next();
    assertThat(old.facility()).isEqualTo(Facility.LOCAL3);
    assertThat(old.severity()).isEqualTo(Severity.WARNING);
    assertThat(old.hostname()).isPresent();
    assertThat(old.appName()).contains("boot");
    assertThat(old.message()).isEqualTo("hello from logger");
    assertThat(old.timestamp()).isPresent();
    logger(address, "--rfc5424");
    SyslogMessage message = next();
    assertThat(message.facility()).isEqualTo(Facility.LOCAL3);
    assertThat(message.appName()).contains("boot");
    assertThat(message.message()).isEqualTo("hello from logger");
    assertThat(message.structuredData()).containsKey("timeQuality");
    assertThat(message.timestamp()).isPresent();
  }

  private static void logger(InetSocketAddress address, String format) throws Exception {
    Process process =
        new ProcessBuilder(
                "/usr/bin/logger",
                format,
                "-n",
                "127.0.0.1",
                "-P",
                Integer.toString(address.getPort()),
                "-d",
                "-p",
                "local3.warning",
                "-t",
                "boot",
                "hello from logger")
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(new String(process.getInputStream().readAllBytes(), ISO_8859_1))
        .isZero();
  }

  @Test
  void closeBeforeOrDuringStartIsFine() throws Exception {
    server = builder().build();
    server.close();
    assertThat(server.start().toCompletableFuture()).isCompletedExceptionally();
    try (SyslogServer other = builder().build()) {
      var started = other.start().toCompletableFuture();
      other.close();
      other.close();
      assertThatThrownBy(
              () -> {
                started.get(BOUND_SECONDS, TimeUnit.SECONDS);
                throw new IllegalStateException("was started in time");
              })
          .isNotInstanceOf(java.util.concurrent.TimeoutException.class);
    }
    awaitNoThreads();
  }
}
