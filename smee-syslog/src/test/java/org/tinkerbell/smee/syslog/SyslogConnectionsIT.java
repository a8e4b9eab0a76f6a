// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real connections over loopback. */
class SyslogConnectionsIT {
  /** Far more than any step takes, even on a busy machine. */
  private static final int BOUND_SECONDS = 20;

  private static final Path CERTIFICATE = Path.of("src/test/resources/tls/certificate.pem");
  private static final Path KEY = Path.of("src/test/resources/tls/key.pem");

  private final BlockingQueue<SyslogMessage> messages = new LinkedBlockingQueue<>();
  private final BlockingQueue<SyslogConnectionFault> faults = new LinkedBlockingQueue<>();
  private final BlockingQueue<SyslogDropReason> drops = new LinkedBlockingQueue<>();
  private final AtomicInteger received = new AtomicInteger();
  private final AtomicInteger connected = new AtomicInteger();
  private final Semaphore disconnected = new Semaphore(0);
  private SyslogServer server;

  private final SyslogObserver observer =
      new SyslogObserver() {
        @Override
        public void received(InetSocketAddress source, int bytes) {
          received.incrementAndGet();
        }

        @Override
        public void dropped(InetSocketAddress source, SyslogDropReason reason) {
          drops.add(reason);
        }

        @Override
        public void connected(InetSocketAddress source) {
          connected.incrementAndGet();
        }

        @Override
        public void disconnected(InetSocketAddress source) {
          disconnected.release();
        }

        @Override
        public void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {
          faults.add(fault);
        }
      };

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("smee-syslog")))
        .isEmpty();
    assertThat(disconnected.availablePermits() + ended).isEqualTo(connected.get());
  }

  private int ended;

  private SyslogServer.Builder builder() {
    return SyslogServer.builder()
        .tcp(new InetSocketAddress("127.0.0.1", 0))
        .handler(messages::add)
        .observer(observer);
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

  private SyslogConnectionFault fault() throws InterruptedException {
    SyslogConnectionFault fault = faults.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    assertThat(fault).as("a fault within %d s", BOUND_SECONDS).isNotNull();
    return fault;
  }

  /** Waits until a connection has ended. */
  private void awaitEnd() throws InterruptedException {
    assertThat(disconnected.tryAcquire(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    ended++;
  }

  private static Socket connect(InetSocketAddress to) throws IOException {
    Socket socket = new Socket(to.getAddress(), to.getPort());
    socket.setSoTimeout(BOUND_SECONDS * 1000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  /** Sends a stream on a connection of its own. */
  private static void send(InetSocketAddress to, String text) throws IOException {
    try (Socket socket = connect(to)) {
      write(socket, text);
    }
  }

  @Test
  void bothFramingsAreReadOnOneConnection() throws Exception {
    InetSocketAddress address = start(builder());
    try (Socket socket = connect(address)) {
      write(socket, "<30>Jul  4 10:20:29 myhost dockerd[123]: hello\n12 <30>app: a\nb");
      assertThat(SyslogParserGoldenTest.text(next()))
          .isEqualTo("daemon/INFO hostname=myhost app-name=dockerd procid=123 msg=hello");
      assertThat(next().message()).isEqualTo("a\nb");
      write(socket, "<30>app: fi");
      write(socket, "rst\0<30>app: second");
      SyslogMessage message = next();
      assertThat(message.message()).isEqualTo("first");
      assertThat(message.source()).isEqualTo(socket.getLocalSocketAddress());
    }
    // The end of the connection ends the last message.
    assertThat(next().message()).isEqualTo("second");
    awaitEnd();
    assertThat(received).hasValue(4);
    assertThat(faults).isEmpty();
  }

  @Test
  void allWhoWaitAreLetInBeforeAnyoneIsReadFrom() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    List<Integer> connectedBefore = Collections.synchronizedList(new ArrayList<>());
    SyslogObserver busyAtFirst =
        new SyslogObserver() {
          @Override
          public void connected(InetSocketAddress source) {
            observer.connected(source);
            busy.countDown();
            try {
              waiting.await(BOUND_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void disconnected(InetSocketAddress source) {
            observer.disconnected(source);
          }

          @Override
          public void received(InetSocketAddress source, int bytes) {
            connectedBefore.add(connected.get());
          }
        };
    InetSocketAddress address = start(builder().observer(busyAtFirst));
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Socket socket = connect(address);
        sockets.add(socket);
        assertThat(busy.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
        write(socket, "<30>app: " + i + "\n");
      }
      waiting.countDown();
      for (int i = 0; i < 50; i++) {
        next();
      }
      assertThat(connectedBefore).hasSize(50).containsOnly(50);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void nothingIsLostToASlowHandlerSinceTheSenderWaits() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .queueLimit(10)
                .handler(
                    message -> {
                      assertThat(release.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
                      messages.add(message);
                    }));
    // More than the system's buffers hold, so that the sender has to stop.
    int count = 20_000;
    String filling = "x".repeat(1000);
    AtomicInteger sent = new AtomicInteger();
    Thread sender =
        new Thread(
            () -> {
              try (Socket socket = connect(address)) {
                for (int i = 0; i < count; i++) {
                  write(socket, "<30>app: " + i + " " + filling + "\n");
                  sent.incrementAndGet();
                }
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    sender.start();
    sender.join(500);
    int before = sent.get();
    sender.join(500);
    assertThat(sent.get()).as("the sender is made to wait").isEqualTo(before).isLessThan(count);
    release.countDown();
    for (int i = 0; i < count; i++) {
      assertThat(next().message()).isEqualTo(i + " " + filling);
    }
    sender.join(TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
    awaitEnd();
    assertThat(drops).isEmpty();
    assertThat(faults).isEmpty();
  }

  @Test
  void otherConnectionsAndUdpGoOnWhileAllWait() throws Exception {
    Semaphore turns = new Semaphore(0);
    InetSocketAddress address =
        start(
            builder()
                .queueLimit(1)
                .handler(
                    message -> {
                      assertThat(turns.tryAcquire(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
                      messages.add(message);
                    }));
    List<Socket> sockets = new ArrayList<>();
    int count = 20;
    try {
      for (int i = 0; i < count; i++) {
        Socket socket = connect(address);
        sockets.add(socket);
        write(socket, "<30>app: a" + i + "\n<30>app: b" + i + "\n");
      }
      turns.release(2 * count);
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < 2 * count; i++) {
        texts.add(next().message());
      }
      assertThat(texts).hasSize(2 * count).doesNotHaveDuplicates();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    for (int i = 0; i < count; i++) {
      awaitEnd();
    }
    assertThat(drops).isEmpty();
  }

  @Test
  void senderThatLeftWhileItWaitedIsHeardToTheEnd() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .queueLimit(2)
                .handler(
                    message -> {
                      assertThat(release.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
                      messages.add(message);
                    }));
    StringBuilder stream = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      stream.append("<30>app: ").append(i).append('\n');
    }
    send(address, stream.toString());
    release.countDown();
    for (int i = 0; i < 100; i++) {
      assertThat(next().message()).isEqualTo(Integer.toString(i));
    }
    awaitEnd();
    assertThat(drops).isEmpty();
  }

  @Test
  void closeCountsWhatWaitsAndLeavesNothingBehind() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    InetSocketAddress address =
        start(
            builder()
                .queueLimit(2)
                .closeTimeout(Duration.ofMillis(100))
                .handler(
                    message -> {
                      entered.countDown();
                      new CountDownLatch(1).await();
                    }));
    try (Socket socket = connect(address)) {
      write(socket, "<30>app: 1\n<30>app: 2\n<30>app: 3\n<30>app: 4\n<30>app: 5\n<30>app: 6\n");
      assertThat(entered.await(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
      // A second connection's message shows that the first one's were read.
      server.close();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    assertThat(received.get()).isEqualTo(1 + drops.size());
    assertThat(drops).isNotEmpty().containsOnly(SyslogDropReason.CLOSED);
  }

  @Test
  void longMessageCostsOneComplaintAndTheNextIsTaken() throws Exception {
    InetSocketAddress address = start(builder().maxMessageBytes(2048));
    send(
        address,
        "<30>app: "
            + "x".repeat(100_000)
            + "\n100009 <30>app: "
            + "y".repeat(100_000)
            + "<30>ok\n");
    assertThat(next().message()).isEqualTo("x".repeat(2039));
    assertThat(next().message()).isEqualTo("y".repeat(2039));
    assertThat(next().message()).isEqualTo("ok");
    awaitEnd();
    assertThat(faults)
        .containsExactly(
            SyslogConnectionFault.MESSAGE_TOO_LONG, SyslogConnectionFault.MESSAGE_TOO_LONG);
  }

  @Test
  void endWithinACountedMessageIsToldAndWhatThereIsIsTaken() throws Exception {
    InetSocketAddress address = start(builder());
    send(address, "999999999 <30>app: the rest never comes");
    assertThat(next().message()).isEqualTo("the rest never comes");
    assertThat(fault()).isEqualTo(SyslogConnectionFault.MESSAGE_INCOMPLETE);
    awaitEnd();
  }

  @Test
  void garbageIsTakenAsTextAndTheServerLives() throws Exception {
    InetSocketAddress address = start(builder());
    send(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n\u0016\u0003\u0001\0\0\u00ff");
    assertThat(next().rawText()).isEqualTo("GET / HTTP/1.1\r");
    assertThat(next().rawText()).isEqualTo("Host: a\r");
    assertThat(next().isParsed()).isFalse();
    assertThat(next().isParsed()).isFalse();
    awaitEnd();
    send(address, "<30>ok\n");
    assertThat(next().message()).isEqualTo("ok");
    awaitEnd();
  }

  @Test
  void connectionsOfOneAddressAreBoundedAndPlacesComeFreeAgain() throws Exception {
    InetSocketAddress address = start(builder().maxConnectionsPerAddress(2));
    try (Socket one = connect(address);
        Socket two = connect(address)) {
      write(one, "<30>one\n");
      write(two, "<30>two\n");
      assertThat(List.of(next().message(), next().message()))
          .containsExactlyInAnyOrder("one", "two");
      try (Socket three = connect(address)) {
        assertThat(fault()).isEqualTo(SyslogConnectionFault.TOO_MANY_FROM_ADDRESS);
        assertThat(three.getInputStream().read()).isEqualTo(-1);
      }
    }
    awaitEnd();
    awaitEnd();
    send(address, "<30>four\n");
    assertThat(next().message()).isEqualTo("four");
    awaitEnd();
    assertThat(connected).hasValue(3);
  }

  @Test
  void allConnectionsAreBounded() throws Exception {
    InetSocketAddress address = start(builder().maxConnections(1));
    try (Socket one = connect(address)) {
      write(one, "<30>one\n");
      assertThat(next().message()).isEqualTo("one");
      try (Socket two = connect(address)) {
        assertThat(fault()).isEqualTo(SyslogConnectionFault.TOO_MANY);
        assertThat(two.getInputStream().read()).isEqualTo(-1);
      }
    }
    awaitEnd();
  }

  @Test
  void silentConnectionIsClosedAndATalkingOneIsNot() throws Exception {
    InetSocketAddress address = start(builder().idleTimeout(Duration.ofSeconds(1)));
    try (Socket silent = connect(address)) {
      write(silent, "<30>app: unfinished");
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(fault()).isEqualTo(SyslogConnectionFault.IDLE);
    assertThat(next().message()).isEqualTo("unfinished");
    awaitEnd();
  }

  @Test
  void onlyAllowedSourcesMayConnectOrSend() throws Exception {
    InetSocketAddress refused =
        start(builder().udp(new InetSocketAddress("127.0.0.1", 0)).allowedSources("192.0.2.0/24"));
    try (Socket socket = connect(refused)) {
      assertThat(fault()).isEqualTo(SyslogConnectionFault.NOT_ALLOWED);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    try (java.net.DatagramSocket socket = new java.net.DatagramSocket()) {
      byte[] bytes = "<30>a".getBytes(ISO_8859_1);
      socket.send(new java.net.DatagramPacket(bytes, bytes.length, server.boundAddresses().get(1)));
    }
    assertThat(drops.poll(BOUND_SECONDS, TimeUnit.SECONDS)).isEqualTo(SyslogDropReason.NOT_ALLOWED);
    server.close();
    send(start(builder().allowedSources("127.0.0.0/8")), "<30>b\n");
    assertThat(next().message()).isEqualTo("b");
    awaitEnd();
  }

  @Test
  void sourceBeyondItsShareIsDroppedOverTcpToo() throws Exception {
    InetSocketAddress address = start(builder().perSourceLimit(3));
    send(address, "<30>a\n<30>b\n<30>c\n<30>d\n<30>e\n");
    awaitEnd();
    server.close();
    // A slow machine may have refilled a token meanwhile.
    assertThat(messages).hasSizeBetween(3, 4);
    assertThat(drops).hasSize(5 - messages.size()).containsOnly(SyslogDropReason.SOURCE_RATE);
  }

  @Test
  void handlerIsToldWhenNothingWaits() throws Exception {
    Semaphore flushes = new Semaphore(0);
    SyslogHandler collecting =
        new SyslogHandler() {
          @Override
          public void handle(SyslogMessage message) {
            messages.add(message);
          }

          @Override
          public void flush() throws IOException {
            flushes.release();
            throw new IOException("a full disk");
          }
        };
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    InetSocketAddress address =
        start(
            builder()
                .handler(collecting)
                .observer(
                    new SyslogObserver() {
                      @Override
                      public void flushFailed(Throwable failure) {
                        failures.add(failure);
                      }
                    }));
    send(address, "<30>a\n<30>b\n");
    next();
    next();
    assertThat(flushes.tryAcquire(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(failures.poll(BOUND_SECONDS, TimeUnit.SECONDS)).hasMessage("a full disk");
    send(address, "<30>c\n");
    assertThat(next().message()).isEqualTo("c");
    assertThat(failures.poll(BOUND_SECONDS, TimeUnit.SECONDS)).hasMessage("a full disk");
  }

  @Test
  void handlerIsToldToWriteWhatItHasEvenIfItClosesItsServer() throws Exception {
    Semaphore flushes = new Semaphore(0);
    InetSocketAddress address =
        start(
            builder()
                .handler(
                    new SyslogHandler() {
                      @Override
                      public void handle(SyslogMessage message) {
                        server.close();
                      }

                      @Override
                      public void flush() {
                        flushes.release();
                      }
                    }));
    send(address, "<30>stop\n");
    assertThat(flushes.tryAcquire(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
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
  void callersLoopsServeConnectionsAndStay() throws Exception {
    IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try {
      InetSocketAddress address = start(builder().eventLoops(loops));
      try (Socket socket = connect(address)) {
        write(socket, "<30>a\n");
        assertThat(next().message()).isEqualTo("a");
        server.close();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(loops.isShuttingDown()).isFalse();
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void portInUseFailsTheStartInOneLine() throws Exception {
    try (ServerSocket taken =
        new ServerSocket(0, 1, new InetSocketAddress("127.0.0.1", 0).getAddress())) {
      server =
          SyslogServer.builder()
              .tcp(new InetSocketAddress("127.0.0.1", taken.getLocalPort()))
              .handler(messages::add)
              .build();
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
              "syslog cannot listen on tcp 127.0.0.1 port "
                  + taken.getLocalPort()
                  + ": address already in use; another server is running");
    }
    // The start failed on the event loop, which cannot wait for its own end.
    awaitNoThreads();
  }

  private SyslogServer.Builder tls() {
    return SyslogServer.builder()
        .tls(new InetSocketAddress("127.0.0.1", 0))
        .tlsIdentity(CERTIFICATE, KEY)
        .handler(messages::add)
        .observer(observer);
  }

  /** Returns what makes connections that trust the server's certificate. */
  private static SSLContext client() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream in = Files.newInputStream(CERTIFICATE)) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static Socket connectTls(InetSocketAddress to) throws Exception {
    Socket socket = client().getSocketFactory().createSocket(to.getAddress(), to.getPort());
    socket.setSoTimeout(BOUND_SECONDS * 1000);
    return socket;
  }

  @Test
  void messagesArriveOverTls() throws Exception {
    InetSocketAddress address = start(tls());
    try (Socket socket = connectTls(address)) {
      for (int i = 0; i < 1000; i++) {
        String message = "<30>1 - host app - - - " + i;
        write(socket, message.length() + " " + message);
      }
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(next().message()).isEqualTo(Integer.toString(i));
    }
    awaitEnd();
    assertThat(faults).isEmpty();
  }

  /** Its system would throw away what it has sent, if it closed with something unread. */
  @Test
  void senderThatOnlySendsHasNothingToRead() throws Exception {
    InetSocketAddress address = start(tls());
    try (Socket plain = new Socket(address.getAddress(), address.getPort());
        Socket secure =
            client()
                .getSocketFactory()
                .createSocket(plain, "localhost", address.getPort(), false)) {
      write(secure, "23 <30>1 - h a - - - hello");
      assertThat(next().hostname()).contains("h");
      assertThat(plain.getInputStream().available()).isZero();
    }
  }

  @Test
  void senderWithoutTlsCostsOneComplaint() throws Exception {
    InetSocketAddress address = start(tls());
    try (Socket socket = connect(address)) {
      write(socket, "<30>app: plain text\n".repeat(20));
      while (socket.getInputStream().read() >= 0) {
        // An alert, and then the end.
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    awaitEnd();
    assertThat(faults).containsExactly(SyslogConnectionFault.TLS_FAILED);
    assertThat(messages).isEmpty();
    try (Socket socket = connectTls(address)) {
      write(socket, "5 <30>a");
      assertThat(next().message()).isEqualTo("a");
    }
    awaitEnd();
  }

  @Test
  void clientWithoutTheDemandedCertificateIsRefused() throws Exception {
    InetSocketAddress address = start(tls().tlsClientAuthorities(CERTIFICATE));
    assertThatThrownBy(
            () -> {
              try (Socket socket = connectTls(address)) {
                write(socket, "5 <30>a");
                // TLS 1.3 tells the client only after its first bytes.
                socket.getInputStream().read();
              }
            })
        .isInstanceOfAny(SSLException.class, IOException.class);
    awaitEnd();
    assertThat(faults).containsExactly(SyslogConnectionFault.TLS_FAILED);
    assertThat(messages).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.pem", "pom.xml"})
  void filesThatCannotBeReadFailTheStartInOneLine(String name) {
    server = tls().tlsIdentity(Path.of(name), KEY).build();
    assertThatThrownBy(
            () -> server.start().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("syslog over TLS: ")
        .hasMessageContaining(name)
        .hasMessageNotContaining("\n");
  }

  @Test
  void tlsWithoutCertificateIsAMistake() {
    assertThatThrownBy(
            () ->
                SyslogServer.builder()
                    .tls(new InetSocketAddress("127.0.0.1", 0))
                    .handler(messages::add)
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tlsIdentity");
  }
}
