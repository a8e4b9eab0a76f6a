// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tinkerbell.smee.dhcp.Packets.at;
import static org.tinkerbell.smee.dhcp.Packets.ip;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class DhcpServerIT {

  private static final DhcpMessage DISCOVER = Packets.request(DhcpMessageType.DISCOVER).build();
  private static final DhcpListener LOOPBACK = DhcpListener.onAddress(at("127.0.0.1", 0));
  private static final DhcpHandler OFFER =
      DhcpHandlers.immediate(
          exchange -> DhcpResult.reply(exchange.replyTo(ip("10.0.0.43")).build()));

  private final Events events = new Events();
  private DhcpServer server;
  private UdpClient client;

  @AfterEach
  void close() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void theServerOfTheReadmeAnswers() throws Exception {
    server =
        ReadmeServer.start(
            LOOPBACK,
            Map.of(Packets.MAC, ip("192.168.99.43")),
            ip("255.255.255.0"),
            ip("192.168.99.1"));
    client = new UdpClient(bound(server));

    DhcpMessage offer = client.exchange(DISCOVER);
    DhcpMessage ack =
        client.exchange(
            Packets.request(DhcpMessageType.REQUEST)
                .xid(2)
                .set(
                    DhcpOptions.SERVER_IDENTIFIER,
                    offer.get(DhcpOptions.SERVER_IDENTIFIER).orElseThrow())
                .set(DhcpOptions.REQUESTED_ADDRESS, offer.yiaddr())
                .build());

    assertThat(offer.messageType()).contains(DhcpMessageType.OFFER);
    assertThat(offer.yiaddr()).isEqualTo(ip("192.168.99.43"));
    assertThat(offer.get(DhcpOptions.SERVER_IDENTIFIER)).contains(ip("127.0.0.1"));
    assertThat(offer.get(DhcpOptions.LEASE_TIME)).contains(86_400L);
    assertThat(ack.messageType()).contains(DhcpMessageType.ACK);
    assertThat(ack.get(DhcpOptions.ROUTERS)).contains(List.of(ip("192.168.99.1")));
  }

  @Test
  void handlersAndObserversSeeHowARequestCameIn() throws Exception {
    AtomicReference<Arrival> seen = new AtomicReference<>();
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    start(
        DhcpServer.builder()
            .listen(LOOPBACK)
            .clock(Clock.fixed(now, ZoneOffset.UTC))
            .handler(
                exchange -> {
                  seen.set(exchange.arrival());
                  return OFFER.handle(exchange);
                }));

    client.exchange(DISCOVER);

    assertThat(seen.get())
        .isEqualTo(
            new Arrival(
                "127.0.0.1:0",
                Optional.empty(),
                Optional.of(ip("127.0.0.1")),
                bound(server),
                client.address(),
                now));
    assertThat(events.await("received")).contains("DISCOVER").endsWith(" at 127.0.0.1:0");
    assertThat(events.await("replied")).contains(client.address() + " OFFER");
  }

  @Test
  void interfacesAreKnownWhereTheSocketIsBoundToOne() throws Exception {
    AtomicReference<Arrival> seen = new AtomicReference<>();
    server =
        DhcpServer.builder()
            .listen(DhcpListener.onInterface("lo", 0))
            .handler(
                exchange -> {
                  seen.set(exchange.arrival());
                  return OFFER.handle(exchange);
                })
            .build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    client = new UdpClient(at("127.0.0.1", bound(server).getPort()));

    DhcpMessage offer = client.exchange(DISCOVER);

    assertThat(offer.get(DhcpOptions.SERVER_IDENTIFIER)).contains(ip("127.0.0.1"));
    assertThat(seen.get().listener()).isEqualTo("lo:0");
    assertThat(seen.get().interfaceName()).contains("lo");
    assertThat(seen.get().local()).isEqualTo(client.server());
    assertThat(server.boundListeners())
        .containsExactly(
            new BoundListener("lo:0", Optional.of("lo"), at("0.0.0.0", bound(server).getPort())));
  }

  @Test
  void malformedDatagramsAreObservedAndHarmless() throws Exception {
    start(DhcpServer.builder().listen(LOOPBACK).handler(OFFER));
    byte[] longer = Packets.base("350101");

    for (int i = 0; i < 2000; i++) {
      client.send(i % 2 == 0 ? longer : new byte[i % 64]);
    }

    assertThat(client.exchange(DISCOVER).messageType()).contains(DhcpMessageType.OFFER);
    assertThat(events.await("malformed 64")).contains("no End option at offset 243");
  }

  @Test
  void optionsWithoutEndAreReadOnRequest() throws Exception {
    start(
        DhcpServer.builder()
            .listen(LOOPBACK)
            .decodeOptions(DecodeOptions.lenient())
            .handler(OFFER));

    client.send(Packets.base("350101"));

    assertThat(client.receive().messageType()).contains(DhcpMessageType.OFFER);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            "throws",
            (DhcpHandler)
                exchange -> {
                  throw new AssertionError("broken");
                },
            "ignored handler-failed: java.lang.AssertionError: broken"),
        Arguments.of(
            "fails its stage",
            (DhcpHandler)
                exchange -> CompletableFuture.failedFuture(new IllegalStateException("broken")),
            "ignored handler-failed: java.lang.IllegalStateException: broken"),
        Arguments.of(
            "has no stage",
            (DhcpHandler) exchange -> null,
            "ignored handler-failed: java.lang.NullPointerException"),
        Arguments.of(
            "has no result",
            (DhcpHandler) exchange -> CompletableFuture.completedFuture(null),
            "ignored handler-failed: no result"),
        Arguments.of(
            "answers with what cannot be sent",
            DhcpHandlers.immediate(
                exchange ->
                    DhcpResult.reply(
                        exchange.replyTo(ip("10.0.0.1")).file("f".repeat(128)).build())),
            "ignored handler-failed: file: 128 bytes"),
        Arguments.of(
            "never answers",
            (DhcpHandler) exchange -> new CompletableFuture<>(),
            "ignored handler-timed-out: no decision within 50 ms"),
        Arguments.of(
            "ignores",
            DhcpHandlers.immediate(
                exchange -> DhcpResult.ignore(IgnoreReason.UNKNOWN_HARDWARE, "02:ff")),
            "ignored unknown-hardware: 02:ff"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void handlerThatFailsIsAReasonAndTheServerGoesOn(String fault, DhcpHandler faulty, String reason)
      throws Exception {
    start(
        DhcpServer.builder()
            .listen(LOOPBACK)
            .maxInFlight(1)
            .exchangeTimeout(Duration.ofMillis(50))
            .handler(
                exchange -> (exchange.request().xid() == 7 ? faulty : OFFER).handle(exchange)));

    client.send(DISCOVER.toBuilder().xid(7).build());

    assertThat(events.await("ignored")).startsWith(reason);
    assertThat(client.exchange(DISCOVER).yiaddr()).isEqualTo(ip("10.0.0.43"));
  }

  @Test
  void requestsWithoutTheUsualReplyAreIgnoredForTheirReason() throws Exception {
    start(DhcpServer.builder().listen(LOOPBACK).handler(OFFER));

    client.send(Packets.request(DhcpMessageType.RELEASE).build());
    assertThat(events.await("ignored")).isEqualTo("ignored unsupported-message-type: RELEASE");
    client.send(DISCOVER.toBuilder().remove(53).build());
    assertThat(events.await("ignored")).isEqualTo("ignored no-message-type");
    client.send(
        Packets.request(DhcpMessageType.REQUEST)
            .set(DhcpOptions.SERVER_IDENTIFIER, ip("10.0.0.6"))
            .build());
    assertThat(events.await("ignored")).isEqualTo("ignored other-server-selected: 10.0.0.6");
  }

  @Test
  void repliesAndImpossibleRelaysNeverReachTheHandler() throws Exception {
    start(
        DhcpServer.builder()
            .listen(LOOPBACK)
            .handler(
                exchange -> {
                  throw new AssertionError("must not be asked");
                }));

    for (int op : new int[] {0, 2, 3, 255}) {
      client.send(DISCOVER.toBuilder().op(op).build());
      assertThat(events.await("ignored")).isEqualTo("ignored not-a-request: op " + op);
    }
    client.send(DISCOVER.toBuilder().giaddr(ip("255.255.255.255")).build());
    assertThat(events.await("ignored"))
        .isEqualTo("ignored invalid-relay-address: 255.255.255.255 is not the address of a relay");
    client.send(DISCOVER.toBuilder().giaddr(ip("127.0.0.1")).build());
    assertThat(events.await("ignored"))
        .isEqualTo("ignored invalid-relay-address: 127.0.0.1 is an address of the server");
  }

  @Test
  void handlersMayBlockOnThreadsOfTheirOwn() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      start(
          DhcpServer.builder()
              .listen(LOOPBACK)
              .handler(
                  DhcpHandlers.blocking(
                      exchange -> DhcpResult.reply(exchange.replyTo(ip("10.0.0.44")).build()),
                      executor)));

      assertThat(client.exchange(DISCOVER).yiaddr()).isEqualTo(ip("10.0.0.44"));
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void moreRequestsThanTheLimitAreDropped() throws Exception {
    CompletableFuture<DhcpResult> decision = new CompletableFuture<>();
    AtomicReference<DhcpExchange> first = new AtomicReference<>();
    start(
        DhcpServer.builder()
            .listen(LOOPBACK)
            .maxInFlight(1)
            .handler(
                exchange -> {
                  first.set(exchange);
                  return decision;
                }));

    client.send(DISCOVER);
    events.await("received");
    client.send(DISCOVER);
    assertThat(events.await("dropped")).isEqualTo("dropped too-many-in-flight");
    decision.complete(DhcpResult.reply(first.get().replyTo(ip("10.0.0.45")).build()));

    assertThat(client.receive().yiaddr()).isEqualTo(ip("10.0.0.45"));
  }

  @Test
  void repliesCanBeSentElsewhere() throws Exception {
    try (UdpClient other = new UdpClient(at("127.0.0.1", 1))) {
      start(
          DhcpServer.builder()
              .listen(LOOPBACK)
              .handler(
                  DhcpHandlers.immediate(
                      exchange ->
                          new DhcpResult.Reply(
                                  exchange.replyTo(ip("10.0.0.46")).build(), Optional.empty())
                              .to(other.address()))));
      client.send(DISCOVER);

      assertThat(other.receive().yiaddr()).isEqualTo(ip("10.0.0.46"));
    }
  }

  @Test
  void observersThatThrowChangeNothing() throws Exception {
    server =
        DhcpServer.builder()
            .listen(LOOPBACK)
            .handler(OFFER)
            .observer(
                new DhcpObserver() {
                  @Override
                  public void received(DhcpExchange exchange) {
                    throw new NoClassDefFoundError("observer");
                  }

                  @Override
                  public void listening(BoundListener listener) {
                    throw new IllegalStateException("observer");
                  }
                })
            .build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    client = new UdpClient(bound(server));

    assertThat(client.exchange(DISCOVER).messageType()).contains(DhcpMessageType.OFFER);
  }

  @Test
  void severalListenersAreIndependent() throws Exception {
    start(
        DhcpServer.builder()
            .listen(LOOPBACK)
            .listen(DhcpListener.onAddress(at("127.0.0.2", 0)))
            .handler(OFFER));

    assertThat(server.boundListeners()).hasSize(2);
    for (BoundListener listener : server.boundListeners()) {
      try (UdpClient one = new UdpClient(listener.address())) {
        assertThat(one.exchange(DISCOVER).get(DhcpOptions.SERVER_IDENTIFIER))
            .contains((Inet4Address) listener.address().getAddress());
      }
    }
  }

  @Test
  void aSecondServerIsRefused() throws Exception {
    start(DhcpServer.builder().listen(LOOPBACK).handler(OFFER));
    InetSocketAddress taken = bound(server);

    try (DhcpServer second =
        DhcpServer.builder().listen(DhcpListener.onAddress(taken)).handler(OFFER).build()) {
      assertThatThrownBy(() -> second.start().toCompletableFuture().join())
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(BindException.class)
          .hasMessage(
              "cannot listen for DHCP on 127.0.0.1:"
                  + taken.getPort()
                  + ": address already in use; another DHCP server is running, stop it or choose"
                  + " another interface or port");
      assertThat(second.boundListeners()).isEmpty();
    }
    assertThat(client.exchange(DISCOVER).messageType()).contains(DhcpMessageType.OFFER);
  }

  @Test
  void unknownAddressesAndInterfacesAreNamed() {
    assertThat(startFailure(DhcpListener.onAddress(at("192.0.2.1", 0))))
        .hasMessageStartingWith("cannot listen for DHCP on 192.0.2.1:0: no interface has");
    assertThat(startFailure(DhcpListener.onInterface("nosuchif0", 0)))
        .hasMessageStartingWith(
            "cannot listen for DHCP on interface nosuchif0 0.0.0.0:0: no such interface");
  }

  @Test
  void oneFailingListenerClosesTheOthers() throws Exception {
    server =
        DhcpServer.builder()
            .listen(LOOPBACK)
            .listen(DhcpListener.onAddress(at("192.0.2.1", 0)))
            .handler(OFFER)
            .observer(events)
            .build();

    assertThatThrownBy(() -> server.start().toCompletableFuture().join())
        .hasCauseInstanceOf(BindException.class);
    assertThat(events.await("stopped")).startsWith("stopped 127.0.0.1:");
    assertThat(server.boundListeners()).isEmpty();
  }

  @Test
  void closingEndsAllThreadsAndCanBeRepeated() throws Exception {
    start(DhcpServer.builder().listen(LOOPBACK).handler(OFFER));
    client.exchange(DISCOVER);
    List<Thread> own = threads();
    assertThat(own).isNotEmpty();

    server.close();
    server.close();

    assertThat(events.await("stopped")).startsWith("stopped 127.0.0.1:");
    assertThat(server.boundListeners()).isEmpty();
    for (Thread thread : own) {
      thread.join(5000);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
    try (DhcpServer second =
        DhcpServer.builder()
            .listen(DhcpListener.onAddress(client.server()))
            .handler(OFFER)
            .build()) {
      second.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aServerStartsOnce() throws Exception {
    start(DhcpServer.builder().listen(LOOPBACK).handler(OFFER));

    assertThatThrownBy(() -> server.start().toCompletableFuture().join())
        .hasCauseInstanceOf(IllegalStateException.class);
    server.close();
    assertThatThrownBy(() -> server.start().toCompletableFuture().join())
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  static Stream<Arguments> transports() {
    return Stream.of(
        Arguments.of("epoll", EpollIoHandler.newFactory()),
        Arguments.of("NIO", NioIoHandler.newFactory()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("transports")
  void eventLoopsCanBeShared(String name, IoHandlerFactory transport) throws Exception {
    IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, transport);
    try {
      start(DhcpServer.builder().listen(LOOPBACK).eventLoops(loops).handler(OFFER));
      assertThat(client.exchange(DISCOVER).messageType()).contains(DhcpMessageType.OFFER);

      server.close();

      assertThat(loops.isShuttingDown()).isFalse();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void otherEventLoopsAreRefused() throws Exception {
    IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    try {
      server = DhcpServer.builder().listen(LOOPBACK).eventLoops(loops).handler(OFFER).build();
      assertThatThrownBy(() -> server.start().toCompletableFuture().join())
          .hasCauseInstanceOf(IllegalArgumentException.class);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void withoutEpollOneSocketStandsInForAllInterfaces() throws Exception {
    IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      server =
          DhcpServer.builder()
              .listen(DhcpListener.onInterface("lo", 0))
              .listen(DhcpListener.everyInterface(0))
              .eventLoops(loops)
              .handler(OFFER)
              .build();
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);

      assertThat(server.boundListeners())
          .singleElement()
          .satisfies(
              listener -> {
                assertThat(listener.interfaceName()).isEmpty();
                assertThat(listener.address().getAddress()).isEqualTo(ip("0.0.0.0"));
              });
      client = new UdpClient(at("127.0.0.1", bound(server).getPort()));
      assertThat(client.exchange(DISCOVER).messageType()).contains(DhcpMessageType.OFFER);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void withoutEpollAnUnknownInterfaceIsNamedAllTheSame() throws Exception {
    IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      server =
          DhcpServer.builder()
              .listen(DhcpListener.onInterface("nosuchif0", 0))
              .eventLoops(loops)
              .handler(OFFER)
              .build();

      assertThat(server.start().toCompletableFuture())
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(BindException.class)
          .withMessageStartingWith("cannot listen for DHCP on interface nosuchif0: no such");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void listenersThatContendAreRefused() {
    DhcpServer.Builder builder = DhcpServer.builder().handler(OFFER);

    assertThatThrownBy(builder::build).hasMessage("listeners: none (expected: at least one)");
    assertThatThrownBy(() -> DhcpServer.builder().listen(LOOPBACK).build())
        .hasMessage("handler: none (expected: one)");
    builder.listen(DhcpListener.onInterface("eth1"));
    assertThat(builder.build())
        .hasToString(
            "DhcpServer[eth1:67] maxInFlight=1024 exchangeTimeout=PT10S interfaceScanInterval=PT5S");
    builder.listen(DhcpListener.onAddress(at("0.0.0.0", 67)));
    assertThatThrownBy(builder::build)
        .hasMessage("listeners: eth1:67 and 0.0.0.0:67 (expected: no two for the same)");
    assertThatThrownBy(() -> builder.maxInFlight(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.exchangeTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DhcpListener.onInterface("a-name-that-is-too-long"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DhcpListener.onAddress(new InetSocketAddress("::1", 67)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listenersHaveIdentitiesOfTheirOwn() throws Exception {
    start(
        DhcpServer.builder()
            .listen(LOOPBACK.withIdentity(ip("10.0.0.1")))
            .listen(DhcpListener.onAddress(at("127.0.0.2", 0)).withIdentity(ip("10.0.0.2")))
            .handler(OFFER));

    for (BoundListener listener : server.boundListeners()) {
      Inet4Address identity = ip("10.0.0." + listener.address().getAddress().getAddress()[3]);
      try (UdpClient one = new UdpClient(listener.address())) {
        assertThat(one.exchange(DISCOVER).get(DhcpOptions.SERVER_IDENTIFIER)).contains(identity);
        DhcpMessage request =
            Packets.request(DhcpMessageType.REQUEST)
                .set(DhcpOptions.SERVER_IDENTIFIER, identity)
                .build();
        assertThat(one.exchange(request).messageType()).contains(DhcpMessageType.ACK);
      }
    }
  }

  @Test
  void aListenerForRelaysAnswersThemAndTheClientsBehindThem() throws Exception {
    start(DhcpServer.builder().listen(DhcpListener.relayOnly(at("127.0.0.1", 0))).handler(OFFER));

    client.send(DISCOVER);
    assertThat(events.await("ignored")).isEqualTo("ignored not-relayed");
    DhcpMessage renewal = Packets.request(DhcpMessageType.REQUEST).ciaddr(ip("127.0.0.1")).build();
    assertThat(client.exchange(renewal).messageType()).contains(DhcpMessageType.ACK);
    client.send(
        DISCOVER.toBuilder().giaddr(ip("127.0.0.9")).setRaw(82, Packets.hex("1300")).build());
    assertThat(events.await("replied /127.0.0.9")).contains(":" + client.address().getPort());
  }

  private void start(DhcpServer.Builder builder) throws Exception {
    server = builder.observer(events).build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    client = new UdpClient(bound(server));
  }

  private static Throwable startFailure(DhcpListener listener) {
    try (DhcpServer failing = DhcpServer.builder().listen(listener).handler(OFFER).build()) {
      return failing.start().toCompletableFuture().handle((nothing, failure) -> failure).join();
    }
  }

  private static InetSocketAddress bound(DhcpServer server) {
    return server.boundListeners().get(0).address();
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("smee-dhcp"))
        .toList();
  }
}
