// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Octets of known number that can be read at any position, any number of times. */
abstract class PositionalSource implements ByteSource {

  private long position;

  /** Returns how many octets there are. */
  abstract long size();

  /**
   * Returns what tells these octets apart from all others, so that what was made of them can be
   * used for other transfers: an array (by its identity), or a value; null if nothing does.
   */
  abstract @Nullable Object identity();

  /**
   * Returns octets. From any thread.
   *
   * @param position no further than the end
   * @param max how many, more than zero
   * @return exactly that many, or fewer if the end is reached; the caller releases them
   */
  abstract ByteBuf readAt(long position, int max) throws IOException;

  @Override
  public final OptionalLong length() {
    return OptionalLong.of(size());
  }

  @Override
  public final ByteBuf read(int max) throws IOException {
    ByteBuf part = readAt(position, max);
    position += part.readableBytes();
    return part;
  }
}
