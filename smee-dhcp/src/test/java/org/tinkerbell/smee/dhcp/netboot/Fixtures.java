// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpDecodeException;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;

/** Requests, addresses and a backend for the tests of this package. */
final class Fixtures {
  static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:ff");
  static final Inet4Address PACKET_IP = ip("10.0.0.5");

  private Fixtures() {}

  static Inet4Address ip(String literal) {
    return Ipv4.literal(literal).orElseThrow();
  }

  static InetAddress ipv6(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  static String resource(String name) {
    try (InputStream in = Fixtures.class.getResourceAsStream("/netboot/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  static DhcpMessage decode(byte... datagram) {
    try {
      return DhcpCodec.decode(datagram);
    } catch (DhcpDecodeException e) {
      throw new AssertionError(e);
    }
  }

  /** Reads a request of a real client, see captured/README.txt. */
  static DhcpMessage captured(String name) {
    return decode(hex(resource("captured/" + name + ".hex")));
  }

  static DhcpMessage.Builder request(DhcpMessageType type) {
    return DhcpMessage.builder()
        .xid(0x12345678)
        .secs(4)
        .flags(0x8000)
        .hardwareAddress(MAC)
        .set(DhcpOptions.MESSAGE_TYPE, type);
  }

  static DhcpMessage.Builder discover() {
    return request(DhcpMessageType.DISCOVER);
  }

  /** A PXE client of this architecture, as the golden cases have it. */
  static DhcpMessage.Builder pxe(DhcpMessage.Builder request, int architecture) {
    return client(request, "PXEClient", architecture);
  }

  static DhcpMessage.Builder http(DhcpMessage.Builder request, int architecture) {
    return client(request, "HTTPClient", architecture);
  }

  private static DhcpMessage.Builder client(
      DhcpMessage.Builder request, String kind, int architecture) {
    return request
        .set(
            DhcpOptions.VENDOR_CLASS, String.format("%s:Arch:%05d:UNDI:003001", kind, architecture))
        .setRaw(93, new byte[] {(byte) (architecture >> 8), (byte) architecture})
        .setRaw(94, hex("010301"))
        .setRaw(97, hex("004a525bd43517df7f8b4799c18d010203"));
  }

  static DhcpExchange exchange(DhcpMessage request) {
    return DhcpExchange.of(
        request,
        new Arrival(
            "test",
            Optional.empty(),
            Optional.empty(),
            new InetSocketAddress(PACKET_IP, 67),
            new InetSocketAddress(Ipv4.ANY, 68),
            Instant.EPOCH));
  }

  /** Runs a handler, which must have decided at once. */
  static DhcpResult handle(DhcpHandler handler, DhcpMessage request) {
    CompletableFuture<DhcpResult> done = handler.handle(exchange(request)).toCompletableFuture();
    return done.orTimeout(10, TimeUnit.SECONDS).join();
  }

  static DhcpMessage reply(DhcpResult result) {
    if (result instanceof DhcpResult.Reply reply) {
      return reply.message();
    }
    throw new AssertionError("expected a reply, but: " + result);
  }

  static DhcpResult.Ignore ignore(DhcpResult result) {
    if (result instanceof DhcpResult.Ignore ignore) {
      return ignore;
    }
    throw new AssertionError("expected silence, but: " + result);
  }

  /** Makes a backend that has the same to say of every machine. */
  static Backend backend(LookupResult result) {
    return backend(CompletableFuture.completedFuture(result));
  }

  static Backend backend(CompletionStage<LookupResult> stage) {
    return new Backend() {
      @Override
      public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
        return stage;
      }

      @Override
      public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
        return stage;
      }

      @Override
      public BackendStatus status() {
        return BackendStatus.ready("test");
      }

      @Override
      public void close() {}
    };
  }
}
