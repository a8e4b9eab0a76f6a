// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of a stream in both framings of RFC 6587, which may change from one message to
 * the next. How the stream is cut into pieces does not matter.
 *
 * <pre>
 * MSG-LEN SP SYSLOG-MSG        octet counting (§3.4.1): digits, the first not 0
 * SYSLOG-MSG (LF / NUL)        non-transparent framing (§3.4.2)
 * </pre>
 *
 * <p>Digits and a blank are a count if {@code <} follows, as it must; once a stream has had a
 * count, whatever follows. Else they are text up to the next LF or NUL. LF, NUL and CR between
 * messages are nothing. What is longer than allowed is cut, and the rest passed over. Memory grows
 * by what has arrived, not by what a count announces.
 *
 * <p>Belongs to one connection.
 */
final class FrameSplitter {
  /** More digits than these are text: nobody sends a message of a gigabyte. */
  private static final int MAX_DIGITS = 9;

  private static final byte[] NOTHING = {};

  private enum State {
    /** Between messages. */
    START,
    /** Digits that may be a count. */
    DIGITS,
    /** Behind the blank that follows the digits. */
    BLANK,
    /** In a message of known length. */
    COUNTED,
    /** In a message that ends with LF or NUL. */
    LINE
  }

  private final int maxBytes;
  private State state = State.START;
  private boolean hasCounted;

  /** How many octets of a counted message are still to come. */
  private int left;

  private byte[] part = NOTHING;
  private int length;
  private boolean cut;
  private boolean lastWasCut;

  /**
   * Begins a stream.
   *
   * @param maxBytes where longer messages are cut
   */
  FrameSplitter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Tells whether the message returned last was longer than allowed. */
  boolean lastWasCut() {
    return lastWasCut;
  }

  /** Takes the next message out of a buffer. Returns null if all is read and none is complete. */
  byte @Nullable [] next(ByteBuf in) {
    while (in.isReadable()) {
      switch (state) {
        case START -> start(in);
        case DIGITS -> digits(in);
        case BLANK -> blank(in);
        case COUNTED -> {
          int taken = Math.min(left, in.readableBytes());
          append(in, taken);
          left -= taken;
          if (left == 0) {
            return take();
          }
        }
        default -> {
          // LINE
          int end = endOfLine(in);
          append(in, end < 0 ? in.readableBytes() : end - in.readerIndex());
          if (end >= 0) {
            in.skipBytes(1);
            return take();
          }
        }
      }
    }
    return null;
  }

  /**
   * Ends the stream.
   *
   * @return what has come of a message that is not complete; null if there is nothing
   */
  byte @Nullable [] end() {
    if (state == State.START) {
      return null;
    }
    byte[] rest = take();
    return rest.length == 0 ? null : rest;
  }

  /** Tells whether the stream, if it ended now, would end within a message of known length. */
  boolean isWithinCounted() {
    return state == State.COUNTED;
  }

  private void start(ByteBuf in) {
    byte first = in.getByte(in.readerIndex());
    if (isTrailer(first)) {
      in.skipBytes(1);
    } else {
      state = first >= '1' && first <= '9' ? State.DIGITS : State.LINE;
    }
  }

  private void digits(ByteBuf in) {
    byte next = in.getByte(in.readerIndex());
    if (next >= '0' && next <= '9' && length < MAX_DIGITS) {
      left = left * 10 + (next - '0');
      append(in, 1);
    } else if (next == ' ') {
      append(in, 1);
      state = State.BLANK;
    } else {
      state = State.LINE;
    }
  }

  private void blank(ByteBuf in) {
    if (hasCounted || in.getByte(in.readerIndex()) == '<') {
      hasCounted = true;
      length = 0;
      state = State.COUNTED;
    } else {
      state = State.LINE;
    }
  }

  private static int endOfLine(ByteBuf in) {
    return in.forEachByte(value -> value != '\n' && value != 0);
  }

  private static boolean isTrailer(byte value) {
    return value == '\n' || value == 0 || value == '\r';
  }

  private void append(ByteBuf in, int count) {
    int kept = Math.min(count, maxBytes - length);
    if (kept < count) {
      cut = true;
    }
    if (length + kept > part.length) {
      int room = Math.max(length + kept, Math.min(maxBytes, 2 * part.length));
      part = Arrays.copyOf(part, room);
    }
    in.readBytes(part, length, kept);
    in.skipBytes(count - kept);
    length += kept;
  }

  private byte[] take() {
    byte[] message = part.length == length ? part : Arrays.copyOf(part, length);
    // Not kept for the next message, which may be a short one of a connection that then idles.
    part = NOTHING;
    length = 0;
    left = 0;
    lastWasCut = cut;
    cut = false;
    state = State.START;
    return message;
  }
}
