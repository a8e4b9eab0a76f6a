// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is sent to a client.
 *
 * <p>Bytes and texts are sent from memory. Files, channels and streams are opened, read ahead of
 * the client in parts of some KiB, and closed on the server's worker threads, never on the event
 * loop; a file is never held in memory whole. Content whose length is known lets the server answer
 * the {@code tsize} option.
 */
public abstract class TftpContent {

  private static final Logger log = LoggerFactory.getLogger(TftpContent.class);

  TftpContent() {}

  /** Tells whether opening, reading and closing may block. */
  abstract boolean isBlocking();

  /**
   * Opens the content for one transfer.
   *
   * @throws NoSuchFileException if there is none: the client gets ERROR 1
   * @throws AccessDeniedException if it must not be read: the client gets ERROR 2
   */
  abstract ByteSource open() throws IOException;

  /** Lets go of content that nobody gets any more. */
  void discard(Executor worker) {}

  /** Closes something that may block while it closes. */
  static void closeOn(Executor worker, Closeable closeable) {
    try {
      worker.execute(() -> closeQuietly(closeable));
    } catch (RejectedExecutionException e) {
      closeQuietly(closeable);
    }
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException | RuntimeException e) {
      log.debug("content close failed", e);
    }
  }

  /**
   * Returns content that is in memory.
   *
   * @param bytes the octets; not copied and not to be changed from now on, so that many transfers
   *     can share one large array
   * @return content for any number of transfers
   */
  public static TftpContent ofBytes(byte[] bytes) {
    Objects.requireNonNull(bytes, "bytes");
    return new TftpContent() {
      @Override
      boolean isBlocking() {
        return false;
      }

      @Override
      ByteSource open() {
        return new ByteSources.OfBytes(bytes);
      }
    };
  }

  /**
   * Returns a text, in UTF-8.
   *
   * @param text the text, sent as it is
   * @return content for any number of transfers
   */
  public static TftpContent ofText(String text) {
    return ofBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns a file. It is looked for when the transfer begins; if it is missing then or is not a
   * regular file, the client gets ERROR 1, and if it cannot be read, ERROR 2.
   *
   * @param file any path; symbolic links are followed
   * @return content for any number of transfers
   */
  public static TftpContent ofFile(Path file) {
    Objects.requireNonNull(file, "file");
    return new Blocking() {
      @Override
      ByteSource open() throws IOException {
        return openFile(file, Set.of(StandardOpenOption.READ));
      }
    };
  }

  /**
   * Returns what can be read from a channel. Its length is known if it is a {@link FileChannel}:
   * what follows its position.
   *
   * @param channel in blocking mode; closed after the transfer
   * @return content for one transfer
   */
  public static TftpContent ofChannel(ReadableByteChannel channel) {
    Objects.requireNonNull(channel, "channel");
    return new Once(channel) {
      @Override
      ByteSource openOnce() throws IOException {
        return new ByteSources.OfChannel(
            channel,
            channel instanceof FileChannel file
                ? OptionalLong.of(file.size() - file.position())
                : OptionalLong.empty());
      }
    };
  }

  /**
   * Returns what can be read from a stream of unknown length.
   *
   * @param stream closed after the transfer
   * @return content for one transfer
   */
  public static TftpContent ofStream(InputStream stream) {
    Objects.requireNonNull(stream, "stream");
    return ofStream(stream, OptionalLong.empty());
  }

  /**
   * Returns what can be read from a stream of known length.
   *
   * @param stream closed after the transfer; if it ends early, the transfer fails
   * @param length the octets to send, not negative
   * @return content for one transfer
   * @throws IllegalArgumentException if the length is negative
   */
  public static TftpContent ofStream(InputStream stream, long length) {
    Objects.requireNonNull(stream, "stream");
    if (length < 0) {
      throw new IllegalArgumentException("length: " + length + " (expected: 0 or more)");
    }
    return ofStream(stream, OptionalLong.of(length));
  }

  private static TftpContent ofStream(InputStream stream, OptionalLong length) {
    return new Once(stream) {
      @Override
      ByteSource openOnce() {
        return new ByteSources.OfChannel(Channels.newChannel(stream), length);
      }
    };
  }

  /**
   * Returns a handler for the regular files below a directory. No name leads out of it: neither
   * {@code ..}, nor an absolute path, nor backslashes, nor a symbolic link. Links that stay inside
   * are followed. There is no listing. The tree must not be writable for those whom it guards
   * against.
   *
   * @param root the directory; may appear later
   * @return the handler; a missing file is answered with ERROR 1
   */
  public static TftpHandler directory(Path root) {
    Objects.requireNonNull(root, "root");
    return request ->
        CompletableFuture.completedFuture(
            request
                .path()
                .map(path -> TftpResult.content(below(root, path)))
                .orElseGet(() -> TftpResult.notFound(request)));
  }

  private static TftpContent below(Path root, String path) {
    return new Blocking() {
      @Override
      ByteSource open() throws IOException {
        Path target;
        try {
          Path base = root.toRealPath();
          // The real path has no links left, so what is compared is what is opened.
          target = base.resolve(path).toRealPath();
          if (!target.startsWith(base)) {
            throw new NoSuchFileException(path);
          }
        } catch (AccessDeniedException e) {
          throw e;
        } catch (FileSystemException | InvalidPathException e) {
          throw missing(path, e);
        }
        return openFile(target, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
      }
    };
  }

  private static ByteSource openFile(Path file, Set<OpenOption> how) throws IOException {
    BasicFileAttributes before;
    try {
      before = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException e) {
      throw missing(file.toString(), e);
    }
    // Opening a named pipe would block for ever, reading a directory fails late.
    if (!before.isRegularFile()) {
      throw new NoSuchFileException(file.toString());
    }
    FileChannel channel = FileChannel.open(file, how);
    try {
      BasicFileAttributes after = Files.readAttributes(file, BasicFileAttributes.class);
      return new ByteSources.OfFile(
          channel, FileIdentity.of(before, after, System.currentTimeMillis()));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Also "not a directory", "too many links", "name too long": all of them are not there. */
  private static NoSuchFileException missing(String name, Throwable cause) {
    NoSuchFileException missing = new NoSuchFileException(name);
    missing.initCause(cause);
    return missing;
  }

  private abstract static class Blocking extends TftpContent {
    @Override
    final boolean isBlocking() {
      return true;
    }
  }

  private abstract static class Once extends Blocking {

    private final Closeable closeable;
    private final AtomicBoolean used = new AtomicBoolean();

    Once(Closeable closeable) {
      this.closeable = closeable;
    }

    @Override
    final void discard(Executor worker) {
      if (used.compareAndSet(false, true)) {
        closeOn(worker, closeable);
      }
    }

    abstract ByteSource openOnce() throws IOException;

    @Override
    final ByteSource open() throws IOException {
      if (!used.compareAndSet(false, true)) {
        throw new IOException("the content was sent already; a stream serves one transfer");
      }
      return openOnce();
    }
  }
}
