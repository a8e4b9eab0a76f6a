// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpDecodeException;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpResult;

/** Mutated requests: a handler always decides, at once, and what it replies can be sent. */
class HandlerFuzzTest {
  private static final int ROUNDS = 30_000;

  /** Codes that the handlers look at. */
  private static final int[] CODES = {50, 53, 54, 55, 57, 60, 61, 77, 82, 93, 94, 97, 175};

  @Test
  void everyMutatedRequestIsDecided() {
    long seed = Long.getLong("smee.fuzz.seed", System.nanoTime());
    System.err.println("seed of HandlerFuzzTest: " + seed);
    Random random = new Random(seed);
    List<DhcpMessage> corpus =
        Stream.concat(
                GoldenCase.all().stream().map(GoldenCase::request),
                Stream.of(
                        "bios-ipxe-rom-discover",
                        "edk2-x64-http-request",
                        "dhclient-relayed-option82-request",
                        "tinkerbell-shipped-ipxe-efi-discover")
                    .map(Fixtures::captured))
            .toList();
    List<DhcpHandler> handlers = handlers();
    Set<String> outcomes = new HashSet<>();
    for (int i = 0; i < ROUNDS; i++) {
      Optional<DhcpMessage> request = mutate(corpus.get(random.nextInt(corpus.size())), random);
      if (request.isEmpty()) {
        continue;
      }
      DhcpHandler handler = handlers.get(random.nextInt(handlers.size()));
      CompletableFuture<DhcpResult> result =
          handler.handle(Fixtures.exchange(request.get())).toCompletableFuture();
      assertThat(result).as("seed %d, round %d", seed, i).isCompleted();
      outcomes.add(check(request.get(), result.join()));
    }
    assertThat(outcomes).contains("OFFER", "ACK", "NAK", "not-a-request", "other-server-selected");
  }

  private static String check(DhcpMessage request, DhcpResult result) {
    if (result instanceof DhcpResult.Reply reply) {
      DhcpMessage message = reply.message();
      byte[] octets = DhcpCodec.encode(message);
      assertThat(octets.length).isGreaterThanOrEqualTo(300);
      assertThat(message.op()).isEqualTo(DhcpMessage.BOOTREPLY);
      assertThat(message.xid()).isEqualTo(request.xid());
      assertThat(message.chaddr()).isEqualTo(request.chaddr());
      assertThat(message.has(54)).isTrue();
      return message.messageType().orElseThrow().toString();
    }
    return Fixtures.ignore(result).reason().token();
  }

  private static List<DhcpHandler> handlers() {
    Stream<DhcpHandler> reservations =
        Stream.of("R04", "R12", "R16", "R38", "R46", "R47", "M01", "M05", "M19", "M21", "M26")
            .map(GoldenCase::of)
            .map(HandlerFuzzTest::handler);
    Stream<DhcpHandler> proxies =
        Stream.of("P02", "P17", "N05", "N07", "N13")
            .map(GoldenCase::of)
            .map(HandlerFuzzTest::proxy);
    return Stream.concat(reservations, proxies).toList();
  }

  private static DhcpHandler handler(GoldenCase golden) {
    LookupResult lookup = golden.lookup();
    return ReservationHandler.builder(
            Fixtures.backend(lookup),
            golden.netbootSettings().strictPxe(true).vlanOption(true).build())
        .trace(exchange -> golden.trace())
        .build();
  }

  private static DhcpHandler proxy(GoldenCase golden) {
    return ProxyHandler.builder(
            Fixtures.backend(golden.lookup()), golden.netbootSettings().vlanOption(true).build())
        .policy(ProxyPolicy.EVERYONE)
        .sayNotAllowed(true)
        .build();
  }

  private static Optional<DhcpMessage> mutate(DhcpMessage from, Random random) {
    DhcpMessage.Builder builder = from.toBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int code = CODES[random.nextInt(CODES.length)];
      switch (random.nextInt(4)) {
        case 0 -> builder.remove(code);
        case 1 -> {
          byte[] payload = new byte[random.nextInt(random.nextInt(20) == 0 ? 600 : 20)];
          random.nextBytes(payload);
          builder.setRaw(code, payload);
        }
        case 2 -> builder.setRaw(code, flip(from.raw(code).orElse(new byte[1]), random));
        default -> builder.setRaw(code, new byte[random.nextInt(3)]);
      }
    }
    byte[] datagram = DhcpCodec.encode(builder.build());
    if (random.nextInt(4) == 0) {
      int at = random.nextInt(44);
      datagram[at] = (byte) random.nextInt(256);
    }
    try {
      return Optional.of(DhcpCodec.decode(datagram));
    } catch (DhcpDecodeException e) {
      return Optional.empty();
    }
  }

  private static byte[] flip(byte[] payload, Random random) {
    if (payload.length > 0) {
      payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return payload;
  }
}
