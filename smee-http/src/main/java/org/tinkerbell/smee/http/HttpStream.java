// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/**
 * Where the bytes of a body come from when they are neither in memory nor in a file that the kernel
 * can send.
 *
 * <p>The server asks for a few lists of buffers ahead of the client and for no more until the
 * client has taken them, so a body of any length needs little memory. It hands the buffers to the
 * network as they are: who published a buffer must not write to it again. When the client leaves,
 * the subscription is cancelled. A stream that fails, ends early, or gives nothing for {@link
 * HttpServer.Builder#writeTimeout} has its connection closed, so that the client does not take a
 * part for the whole.
 *
 * @see HttpBody#stream
 */
@FunctionalInterface
public interface HttpStream {

  /**
   * Begins to read. Called on an event loop: must not block.
   *
   * @param offset where to begin, in bytes of the whole body
   * @param length how many bytes; -1 means to an end that is not known (see {@link
   *     HttpBody#stream})
   * @return gives exactly these bytes to the one subscriber the server subscribes, on any thread
   */
  Flow.Publisher<List<ByteBuffer>> open(long offset, long length);

  /**
   * Tells that nothing will be read after all: only the head was asked for, a condition made the
   * body needless, or the client left before. Called instead of {@link #open}.
   */
  default void discard() {}

  /**
   * Returns a stream that reads a file in pieces, for what cannot be left to {@link HttpBody#file}
   * because the bytes are changed on their way.
   *
   * @param path the file; opened anew for each reading
   * @param executor does the reading, which blocks as long as the file system does
   * @return the stream
   */
  static HttpStream ofFile(Path path, Executor executor) {
    return (offset, length) -> new FilePublisher(path, offset, length, executor);
  }
}
