// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Temporary files that have no name any more, so that nobody else can change them. */
final class UnnamedFile {
  private static final Logger LOG = LoggerFactory.getLogger(UnnamedFile.class);

  private UnnamedFile() {}

  /**
   * Writes bytes to a new file.
   *
   * @param folder where
   * @return the open file, which the garbage collector closes; empty if none can be made, as on a
   *     read-only file system
   */
  static Optional<FileChannel> of(byte[] bytes, Path folder) {
    try {
      Path path = Files.createTempFile(folder, "smee-", ".tmp");
      FileChannel file = null;
      try {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          file.write(rest);
        }
        Files.delete(path);
        return Optional.of(file);
      } catch (IOException e) {
        if (file != null) {
          file.close();
        }
        Files.deleteIfExists(path);
        throw e;
      }
    } catch (IOException | SecurityException e) {
      LOG.atDebug().addKeyValue("reason", String.valueOf(e)).log("no-temporary-file");
      return Optional.empty();
    }
  }
}
