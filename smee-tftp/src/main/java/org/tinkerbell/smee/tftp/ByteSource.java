// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.OptionalLong;

/** The octets of one transfer, read once from start to end. Used by one thread at a time. */
interface ByteSource {

  /** Returns how many octets there are, if that is known. */
  OptionalLong length();

  /**
   * Returns the next octets.
   *
   * @param max how many, more than zero
   * @return exactly that many, or fewer if the end is reached; the caller releases them
   */
  ByteBuf read(int max) throws IOException;

  /** Lets go of what is behind the source. */
  default void close() throws IOException {}
}
