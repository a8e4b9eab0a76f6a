// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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

  /** Returns what tells one content from another. */
  static byte[] hash(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
