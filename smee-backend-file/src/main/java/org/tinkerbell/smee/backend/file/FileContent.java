// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/** Reads a file whole, up to a size. */
final class FileContent {

  private FileContent() {}

  /**
   * Reads the file.
   *
   * @param maxBytes the size up to which it is read
   * @throws BadFileException if it cannot be read, with the reason for a person
   */
  static byte[] read(Path path, int maxBytes) throws BadFileException {
    try {
      if (Files.isDirectory(path)) {
        throw new BadFileException("this is a directory, a file is expected");
      }
      if (!Files.exists(path)) {
        throw new NoSuchFileException(path.toString());
      }
      if (!Files.isRegularFile(path)) {
        throw new BadFileException("this is not a regular file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] bytes = in.readNBytes(maxBytes);
        if (bytes.length == maxBytes && in.read() >= 0) {
          throw new BadFileException("the file is larger than the limit of " + maxBytes + " bytes");
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new BadFileException("no such file");
    } catch (AccessDeniedException e) {
      throw new BadFileException("permission denied");
    } catch (FileSystemException e) {
      throw new BadFileException("cannot be read: " + e.getReason());
    } catch (IOException | SecurityException e) {
      throw new BadFileException("cannot be read: " + e.getMessage());
    }
  }

  /**
   * Returns what tells one content from another: two checksums of different polynomials. Changes
   * are not made to deceive, and a digest of a large file would hold a start up for half a second,
   * since the JVM has not compiled it yet.
   */
  static long checksum(byte[] content) {
    return (checksum(new CRC32(), content) << 32) | checksum(new CRC32C(), content);
  }

  private static long checksum(Checksum sum, byte[] content) {
    sum.update(content, 0, content.length);
    return sum.getValue();
  }
}
