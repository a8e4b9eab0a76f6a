// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What follows the head of a response. Immutable, and may be served many times at once. */
public sealed interface HttpBody {

  /**
   * Returns the number of bytes.
   *
   * @return the length of the whole body; -1 if it is a stream whose end is not known
   */
  long length();

  /**
   * Returns the body of no bytes.
   *
   * @return a body of length zero
   */
  static HttpBody none() {
    return None.INSTANCE;
  }

  /**
   * Returns a body of these bytes.
   *
   * <p>The bytes are copied here, once, and not again for each request: 16 KiB and more go to
   * memory outside the heap, from where the kernel takes them. For what is served often, keep the
   * response and return it again.
   *
   * @param bytes the bytes
   * @return the body
   */
  static HttpBody bytes(byte[] bytes) {
    return bytes.length == 0 ? none() : new Bytes(bytes);
  }

  /**
   * Returns a body of these bytes that is made once and served often.
   *
   * <p>Like {@link #bytes}, but 64 KiB and more are written to a temporary file without a name as
   * well, from where the kernel sends them without a copy for each client. The file goes away with
   * the body, or with the process; where none can be made, memory serves. Not for bytes that are
   * made for one request.
   *
   * @param bytes the bytes
   * @return the body
   */
  static HttpBody resident(byte[] bytes) {
    if (bytes.length < Bytes.FILE_FROM) {
      return bytes(bytes);
    }
    return new Bytes(
        bytes, UnnamedFile.of(bytes, Path.of(System.getProperty("java.io.tmpdir"))).orElse(null));
  }

  /**
   * Returns a body that is a file, sent by the kernel without passing through this process where
   * the transport can do that.
   *
   * <p>The file is opened anew for each request. If its length is another one by then, the request
   * is answered 500, or, if it happens while the file is sent, the connection is closed: the client
   * must not take a part for the whole.
   *
   * @param path the file
   * @param length its length in bytes
   * @return the body
   */
  static HttpBody file(Path path, long length) {
    return new File(path, length);
  }

  /**
   * Returns a body that is read while it is sent.
   *
   * @param length its length in bytes; -1 if it is not known before the end. Such a body is sent in
   *     chunks (RFC 9112 §7.1), to an HTTP/1.0 client until the connection ends, and never in
   *     ranges: give the length where there is one
   * @param source gives the bytes
   * @return the body
   */
  static HttpBody stream(long length, HttpStream source) {
    return new Stream(length, source);
  }

  /** A body of no bytes. */
  final class None implements HttpBody {
    private static final None INSTANCE = new None();

    private None() {}

    @Override
    public long length() {
      return 0;
    }

    @Override
    public String toString() {
      return "none";
    }
  }

  /** A body in memory. */
  final class Bytes implements HttpBody {
    /** Below this, copying into the buffer of the head is cheaper than a second buffer. */
    static final int DIRECT_FROM = 16 * 1024;

    /** From here on, a file is worth its system calls. */
    static final int FILE_FROM = 64 * 1024;

    private final ByteBuffer content;
    private final @Nullable FileChannel file;

    private Bytes(byte[] bytes) {
      this(bytes, null);
    }

    private Bytes(byte[] bytes, @Nullable FileChannel file) {
      this.file = file;
      ByteBuffer copy =
          bytes.length < DIRECT_FROM
              ? ByteBuffer.allocate(bytes.length)
              : ByteBuffer.allocateDirect(bytes.length);
      content = copy.put(bytes).flip();
    }

    @Override
    public long length() {
      return content.remaining();
    }

    /**
     * Returns the bytes.
     *
     * @return a read-only view with a position of its own
     */
    public ByteBuffer content() {
      return content.asReadOnlyBuffer();
    }

    /** Returns a file with the same bytes, which is not to be closed; null if there is none. */
    @Nullable FileChannel file() {
      return file;
    }

    /** Returns a range as Netty can send it without a copy, which a read-only view cannot. */
    ByteBuffer slice(long offset, long length) {
      return content.slice((int) offset, (int) length);
    }

    @Override
    public String toString() {
      return length() + " bytes";
    }
  }

  /** A body in a file. */
  final class File implements HttpBody {
    private final Path path;
    private final long length;

    private File(Path path, long length) {
      this.path = Objects.requireNonNull(path, "path");
      if (length < 0) {
        throw new IllegalArgumentException("length: " + length + " (expected: 0 or more)");
      }
      this.length = length;
    }

    /**
     * Returns the file.
     *
     * @return the path as given
     */
    public Path path() {
      return path;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public String toString() {
      return path + ", " + length + " bytes";
    }
  }

  /** A body that is read while it is sent. */
  final class Stream implements HttpBody {
    private final long length;
    private final HttpStream source;

    private Stream(long length, HttpStream source) {
      if (length < -1) {
        throw new IllegalArgumentException("length: " + length + " (expected: -1 or more)");
      }
      this.length = length;
      this.source = Objects.requireNonNull(source, "source");
    }

    @Override
    public long length() {
      return length;
    }

    /**
     * Returns where the bytes come from.
     *
     * @return the stream as given
     */
    public HttpStream source() {
      return source;
    }

    @Override
    public String toString() {
      return length < 0 ? "stream" : "stream, " + length + " bytes";
    }
  }
}
