// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What was read of a file for one client serves others, but only as long as the file is the same.
 */
class SharedFilesIT {

  private static final int MIB = 1 << 20;

  @TempDir private Path folder;

  private Path write(String name, byte[] content, long modifiedSeconds) throws Exception {
    Path file = Files.write(folder.resolve(name), content);
    Files.setLastModifiedTime(file, FileTime.from(modifiedSeconds, TimeUnit.SECONDS));
    return file;
  }

  private TftpServer start(long maxCachedBytes) throws Exception {
    TftpServer server =
        TftpServer.builder()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .handler(TftpContent.directory(folder))
            .maxCachedBytes(maxCachedBytes)
            .build();
    server.start().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return server;
  }

  private static byte[] get(TftpClient client, TftpServer server, TftpOptions options)
      throws Exception {
    return client
        .get(server.boundAddresses().get(0), "file", options)
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  @Test
  void aChangedFileIsReadAnew() throws Exception {
    TftpOptions options = TftpOptions.none().withBlksize(1428).withWindowsize(8);
    byte[] first = TestFiles.random(MIB, 1);
    byte[] second = TestFiles.random(MIB, 2);
    byte[] third = TestFiles.random(MIB, 3);
    write("file", first, 1000);
    try (TftpServer server = start(32L * MIB);
        TftpClient client = TftpClient.create()) {
      assertThat(get(client, server, options)).isEqualTo(first);
      assertThat(get(client, server, options)).isEqualTo(first);
      write("file", second, 1001);
      assertThat(get(client, server, options)).as("written in place").isEqualTo(second);
      Path other = write("new", third, 1001);
      Files.move(other, folder.resolve("file"), StandardCopyOption.ATOMIC_MOVE);
      assertThat(get(client, server, options))
          .as("another file of the same length and time")
          .isEqualTo(third);
    }
  }

  @ParameterizedTest(name = "{0} octets, blocks of {1}, windows of {2}, room for {3}")
  @CsvSource({
    "16384, 512, 1, 33554432",
    "1000000, 8192, 64, 33554432",
    "3000000, 65464, 64, 33554432",
    "1048576, 1024, 16, 33554432",
    "1048576, 1428, 64, 0",
    "1048576, 1428, 64, 300000",
    "3000000, 65464, 16, 0"
  })
  void filesArriveWholeHoweverTheyAreCutUp(int size, int blockSize, int window, long room)
      throws Exception {
    byte[] content = TestFiles.random(size, 4);
    write("file", content, 1000);
    try (TftpServer server = start(room);
        TftpClient client = TftpClient.create()) {
      TftpOptions options = TftpOptions.none().withBlksize(blockSize).withWindowsize(window);
      assertThat(get(client, server, options)).isEqualTo(content);
      assertThat(get(client, server, options)).isEqualTo(content);
    }
  }
}
