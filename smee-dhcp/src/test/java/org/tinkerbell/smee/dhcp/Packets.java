// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.tinkerbell.smee.backend.MacAddress;

/** Bytes and addresses for tests. */
final class Packets {

  static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:ff");

  private Packets() {}

  /** The base request of the golden cases with these options, not padded. */
  static byte[] base(String optionsHex) {
    byte[] header =
        Arrays.copyOf(hex("010106001234567800048000" + "00".repeat(16) + "0200000000ff"), 236);
    return concat(header, hex("63825363" + optionsHex));
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
  }

  static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  static Inet4Address ip(String text) {
    try {
      return (Inet4Address) InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(ip(address), port);
  }

  static Arrival arrival(Inet4Address server) {
    return new Arrival(
        "eth1:67",
        Optional.of("eth1"),
        Optional.of(server),
        at("255.255.255.255", 67),
        at("0.0.0.0", 68),
        Instant.EPOCH);
  }

  static DhcpMessage.Builder request(DhcpMessageType type) {
    return DhcpMessage.builder()
        .xid(0x12345678)
        .secs(4)
        .hardwareAddress(MAC)
        .set(DhcpOptions.MESSAGE_TYPE, type);
  }

  record Captured(String name, byte[] bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Captured> captured() {
    try {
      URI folder = Objects.requireNonNull(Packets.class.getResource("/captured")).toURI();
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        return files
            .filter(file -> file.toString().endsWith(".hex"))
            .sorted()
            .map(file -> new Captured(file.getFileName().toString(), hex(read(file))))
            .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Captured> goldenReplies() {
    try (InputStream in = Packets.class.getResourceAsStream("/golden/replies.tsv")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t"))
          .map(fields -> new Captured(fields[0], hex(fields[1])))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
