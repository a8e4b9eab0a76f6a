// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.Arrays;
import java.util.Objects;

/**
 * One TFTP packet (RFC 1350 §5, RFC 2347), as a value.
 *
 * <pre>
 *  opcode   layout
 *  1 RRQ    | 01 | file name | 0 | mode | 0 | option | 0 | value | 0 | ...
 *  2 WRQ    | 02 | like RRQ
 *  3 DATA   | 03 | block (2) | up to blksize octets |
 *  4 ACK    | 04 | block (2) |
 *  5 ERROR  | 05 | code (2)  | message | 0 |
 *  6 OACK   | 06 | option | 0 | value | 0 | ...
 * </pre>
 *
 * <p>Texts hold no NUL; block numbers are 0 to 65535.
 */
public sealed interface TftpPacket {

  /**
   * RRQ: a client asks for a file.
   *
   * @param fileName as it came, any separators, may be empty
   * @param mode as it came; see {@link TftpMode#of}
   * @param options what the client would like
   */
  record ReadRequest(String fileName, String mode, TftpOptions options) implements TftpPacket {
    /** Checks the texts. */
    public ReadRequest {
      requireText("fileName", fileName);
      requireText("mode", mode);
      Objects.requireNonNull(options, "options");
    }
  }

  /**
   * WRQ: a client wants to store a file.
   *
   * @param fileName as it came
   * @param mode as it came
   * @param options what the client would like
   */
  record WriteRequest(String fileName, String mode, TftpOptions options) implements TftpPacket {
    /** Checks the texts. */
    public WriteRequest {
      requireText("fileName", fileName);
      requireText("mode", mode);
      Objects.requireNonNull(options, "options");
    }
  }

  /**
   * DATA: one block of the file. A payload shorter than the block size is the last one.
   *
   * @param block 0 to 65535; the first is 1, and 0 follows 65535
   * @param payload the octets; copied in and out
   */
  @SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
  record Data(int block, byte[] payload) implements TftpPacket {
    /** Checks the number and copies the payload. */
    public Data {
      requireBlock(block);
      payload = payload.clone();
    }

    /**
     * Returns the octets.
     *
     * @return a copy
     */
    @Override
    public byte[] payload() {
      return payload.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Data that
          && block == that.block
          && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
      return 31 * block + Arrays.hashCode(payload);
    }

    /** Returns the number of the block and of its octets. */
    @Override
    public String toString() {
      return "Data[block=" + block + ", " + payload.length + " bytes]";
    }
  }

  /**
   * ACK: everything up to this block has arrived; 0 accepts an OACK.
   *
   * @param block 0 to 65535
   */
  record Ack(int block) implements TftpPacket {
    /** Checks the number. */
    public Ack {
      requireBlock(block);
    }
  }

  /**
   * ERROR: ends a transfer, or refuses a request. It is never answered.
   *
   * @param code what is wrong
   * @param message for people, may be empty
   */
  @SuppressWarnings("JavaLangClash") // the RFC's word
  record Error(TftpErrorCode code, String message) implements TftpPacket {
    /** Checks the text. */
    public Error {
      Objects.requireNonNull(code, "code");
      requireText("message", message);
    }
  }

  /**
   * OACK: the options that the server grants (RFC 2347).
   *
   * @param options granted ones only
   */
  record OptionAck(TftpOptions options) implements TftpPacket {
    /** Checks that there is a list. */
    public OptionAck {
      Objects.requireNonNull(options, "options");
    }
  }

  private static void requireText(String name, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(name + ": " + text + " (expected: no NUL)");
    }
  }

  private static void requireBlock(int block) {
    if (block < 0 || block > 0xffff) {
      throw new IllegalArgumentException("block: " + block + " (expected: 0 to 65535)");
    }
  }
}
