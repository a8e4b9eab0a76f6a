// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a part of a file. */
final class FilePublisher extends PullPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(FilePublisher.class);
  private static final int PIECE_BYTES = 64 * 1024;

  private final Path path;
  private final long end;
  private long position;
  private @Nullable FileChannel channel;

  FilePublisher(Path path, long offset, long length, Executor executor) {
    super(executor);
    this.path = path;
    this.position = offset;
    this.end = offset + length;
  }

  @Override
  ByteBuffer next() throws IOException {
    FileChannel file = channel;
    if (file == null) {
      file = FileChannel.open(path, StandardOpenOption.READ);
      channel = file;
    }
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, end - position));
    if (piece.hasRemaining()) {
      int read = file.read(piece, position);
      if (read < 0) {
        throw new EOFException(path + " ended at " + position + ", before " + end);
      }
      position += read;
    }
    return piece.flip();
  }

  @Override
  void close() {
    FileChannel file = channel;
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.atDebug().setCause(e).addKeyValue("path", path).log("close-failed");
      }
    }
  }
}
