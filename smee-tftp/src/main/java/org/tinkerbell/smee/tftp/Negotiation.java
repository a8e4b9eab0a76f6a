// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What comes out of a client's options. What cannot be granted is left out of the OACK, whose
 * options are in the order of the request (RFC 2347).
 *
 * @param granted the options of the OACK; none means that no OACK is sent
 * @param blockSize octets in a block
 * @param windowSize blocks in a window
 * @param timeout the client's retransmission interval, if it asked for one
 */
record Negotiation(TftpOptions granted, int blockSize, int windowSize, Optional<Duration> timeout) {

  /**
   * Bounds of what is granted.
   *
   * @param blockSize the largest block
   * @param windowSize the longest window
   * @param windowBytes the most octets in a window of more than one block
   */
  record Caps(int blockSize, int windowSize, long windowBytes) {}

  static Negotiation of(TftpOptions asked, OptionalLong length, Caps caps) {
    TftpOptions granted = TftpOptions.none();
    OptionalInt askedBlocks = asked.blksize();
    int blockSize =
        askedBlocks.isPresent()
            ? Math.min(askedBlocks.getAsInt(), caps.blockSize())
            : TftpOptions.DEFAULT_BLKSIZE;
    int windowSize = 1;
    Optional<Duration> timeout = Optional.empty();
    for (String name : asked.names()) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case TftpOptions.BLKSIZE -> {
          if (askedBlocks.isPresent()) {
            granted = granted.with(name, Integer.toString(blockSize));
          }
        }
        case TftpOptions.WINDOWSIZE -> {
          OptionalInt blocks = asked.windowsize();
          if (blocks.isPresent()) {
            long fitting = Math.max(1, caps.windowBytes() / blockSize);
            windowSize = (int) Math.min(fitting, Math.min(blocks.getAsInt(), caps.windowSize()));
            granted = granted.with(name, Integer.toString(windowSize));
          }
        }
        case TftpOptions.TIMEOUT -> {
          timeout = asked.timeout();
          if (timeout.isPresent()) {
            granted = granted.with(name, Long.toString(timeout.get().toSeconds()));
          }
        }
        case TftpOptions.TSIZE -> {
          // The value in an OACK is the size, whatever the client wrote (RFC 2349).
          if (asked.tsize().isPresent() && length.isPresent()) {
            granted = granted.with(name, Long.toString(length.getAsLong()));
          }
        }
        default -> {
          // Unknown options, and RFC 2090's multicast, are not granted.
        }
      }
    }
    return new Negotiation(granted, blockSize, windowSize, timeout);
  }
}
