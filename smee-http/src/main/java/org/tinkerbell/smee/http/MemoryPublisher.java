// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.nio.ByteBuffer;

/** Gives out a body in memory piece by piece, where each piece will be copied on its way. */
final class MemoryPublisher extends PullPublisher {
  private static final int PIECE_BYTES = 64 * 1024;

  private final ByteBuffer rest;

  MemoryPublisher(ByteBuffer content) {
    super(Runnable::run);
    rest = content;
  }

  @Override
  ByteBuffer next() {
    ByteBuffer piece = rest.slice(rest.position(), Math.min(PIECE_BYTES, rest.remaining()));
    rest.position(rest.position() + piece.remaining());
    return piece;
  }

  @Override
  void close() {}
}
