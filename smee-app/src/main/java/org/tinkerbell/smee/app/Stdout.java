// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Standard output, for those who write whole lines: what is written in one call is not mixed with
 * what others write.
 */
final class Stdout extends OutputStream {
  static final Stdout INSTANCE = new Stdout();

  private final ReentrantLock lock = new ReentrantLock();
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  private Stdout() {}

  @Override
  public void write(int octet) {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) {
    try {
      writeLines(octets, length, offset);
    } catch (IOException e) {
      // A full disk, or nobody reads any more. The log goes on when there is room again.
    }
  }

  /** Writes the first bytes of a block of lines. */
  void writeLines(byte[] lines, int length) throws IOException {
    writeLines(lines, length, 0);
  }

  private void writeLines(byte[] octets, int length, int offset) throws IOException {
    lock.lock();
    try {
      out.write(octets, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /** Does nothing: others still write. */
  @Override
  public void close() {}
}
