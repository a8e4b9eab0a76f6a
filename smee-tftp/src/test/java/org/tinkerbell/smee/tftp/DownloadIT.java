// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadIT {

  private static final int[] SIZES = {0, 1, 511, 512, 513, 1 << 20};

  @TempDir private static Path folder;

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static Stream<Arguments> ways() {
    List<Arguments> ways = new ArrayList<>();
    List<TftpPortMode> modes =
        List.of(
            TftpPortMode.SINGLE_PORT,
            TftpPortMode.PORT_PER_TRANSFER,
            TftpPortMode.portRange(40_000, 40_400));
    List<TftpOptions> options =
        List.of(
            TftpOptions.none(),
            TftpOptions.none().withTsize(0).withBlksize(1468),
            TftpOptions.none().withBlksize(512).withWindowsize(4),
            TftpOptions.none().withBlksize(1428).withWindowsize(64),
            TftpOptions.none().withBlksize(65464).withWindowsize(2).withTsize(0));
    for (TftpPortMode mode : modes) {
      for (TftpOptions asked : options) {
        for (Transport transport : Transport.values()) {
          ways.add(Arguments.of(mode, asked, transport));
        }
      }
    }
    return ways.stream();
  }

  private static IoEventLoopGroup loops(Transport transport) {
    return transport == Transport.NIO
        ? new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())
        : Transport.preferred().newLoop("test");
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("ways")
  void allSizesAndKindsOfContentArriveWhole(
      TftpPortMode mode, TftpOptions options, Transport transport) throws Exception {
    TftpHandler handler =
        request -> {
          String[] words = request.fileName().split("-");
          byte[] bytes = TestFiles.random(Integer.parseInt(words[1]), 3);
          return CompletableFuture.supplyAsync(() -> TftpResult.content(content(words, bytes)));
        };
    IoEventLoopGroup loops = loops(transport);
    try (TftpServer server =
            TftpServer.builder()
                .bind(loopback())
                .mode(mode)
                .handler(handler)
                .eventLoops(loops)
                .build();
        TftpClient client = TftpClient.builder().eventLoops(loops).build()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      List<CompletableFuture<byte[]>> downloads = new ArrayList<>();
      List<byte[]> expected = new ArrayList<>();
      for (String kind : List.of("bytes", "file", "channel", "stream", "endless")) {
        for (int size : SIZES) {
          expected.add(TestFiles.random(size, 3));
          downloads.add(
              client
                  .get(server.boundAddresses().get(0), kind + "-" + size, options)
                  .toCompletableFuture());
        }
      }
      for (int i = 0; i < downloads.size(); i++) {
        assertThat(downloads.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(expected.get(i));
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  private static TftpContent content(String[] words, byte[] bytes) {
    try {
      return switch (words[0]) {
        case "bytes" -> TftpContent.ofBytes(bytes);
        case "stream" -> TftpContent.ofStream(new ByteArrayInputStream(bytes), bytes.length);
        case "endless" -> TftpContent.ofStream(new ByteArrayInputStream(bytes));
        case "channel" ->
            TftpContent.ofChannel(Channels.newChannel(new ByteArrayInputStream(bytes)));
        default -> {
          Path file = Files.createTempFile(folder, "file", "");
          Files.write(file, bytes);
          yield TftpContent.ofFile(file);
        }
      };
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "window {0}")
  @ValueSource(ints = {1, 64})
  void blockNumbersWrap(int window) throws Exception {
    // 40 MiB are 81920 blocks of 512 octets.
    byte[] file = TestFiles.random(40 << 20, 4);
    CRC32 sum = new CRC32();
    AtomicLong told = new AtomicLong();
    WritableByteChannel sink =
        Channels.newChannel(
            new OutputStream() {
              @Override
              public void write(int octet) {
                sum.update(octet);
              }

              @Override
              public void write(byte[] bytes, int offset, int length) {
                sum.update(bytes, offset, length);
              }
            });
    CRC32 expected = new CRC32();
    expected.update(ByteBuffer.wrap(file));
    try (TftpServer server =
            TftpServer.builder()
                .bind(loopback())
                .handler(TestFiles.handler(Map.of("large", file)))
                .build();
        TftpClient client = TftpClient.create()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      long count =
          client
              .get(
                  server.boundAddresses().get(0),
                  "large",
                  TftpOptions.none().withBlksize(512).withWindowsize(window),
                  sink,
                  (received, total) -> told.set(received))
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS);
      assertThat(count).isEqualTo(file.length);
      assertThat(told).hasValue(file.length);
      assertThat(sum.getValue()).isEqualTo(expected.getValue());
    }
  }

  @Test
  void aFileIsWrittenToAPath() throws Exception {
    byte[] file = TestFiles.random(50_000, 5);
    Path target = folder.resolve("target");
    try (TftpServer server =
            TftpServer.builder()
                .bind(loopback())
                .handler(TestFiles.handler(Map.of("file", file)))
                .build();
        TftpClient client = TftpClient.create()) {
      server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
      InetSocketAddress address = server.boundAddresses().get(0);
      assertThat(
              client
                  .get(address, "file", TftpOptions.fast(), target)
                  .toCompletableFuture()
                  .get(10, TimeUnit.SECONDS))
          .isEqualTo(50_000);
      assertThat(target).hasBinaryContent(file);
      assertThat(client.get(address, "missing").toCompletableFuture())
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .havingCause()
          .isInstanceOfSatisfying(
              TftpException.class,
              e -> assertThat(e.errorCode()).contains(TftpErrorCode.FILE_NOT_FOUND))
          .withMessageContaining("file [missing] unknown");
    }
  }
}
