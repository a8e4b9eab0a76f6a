// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Turns datagrams into messages and back.
 *
 * <pre>
 * offset  width  field
 *      0      1  op
 *      1      1  htype
 *      2      1  hlen
 *      3      1  hops
 *      4      4  xid
 *      8      2  secs
 *     10      2  flags
 *     12      4  ciaddr
 *     16      4  yiaddr
 *     20      4  siaddr
 *     24      4  giaddr
 *     28     16  chaddr
 *     44     64  sname
 *    108    128  file
 *    236      4  99.130.83.99
 *    240         options
 * </pre>
 *
 * <p>Reading: {@code hlen} above 16 counts as 16; {@code sname} and {@code file} end at the first
 * NUL; pads are skipped, what follows End is ignored; an option that came in parts is joined (RFC
 * 3396 §7); option 52 is followed into {@code file} and then {@code sname} (RFC 2131 §4.1) and
 * taken out, an invalid one is left alone. Options may stop without End only if there are none at
 * all, or if {@link DecodeOptions#acceptMissingEnd} says so. Anything else that is wrong is a
 * {@link DhcpDecodeException}; no bytes cause another exception.
 *
 * <p>Writing: options in ascending order but 82 last (RFC 3046 §2.2), in parts of at most 255 bytes
 * (RFC 3396 §5), then End, then zeros up to 300 bytes in all (RFC 1542 §2.1). A message is never
 * cut short. {@link EncodeOptions} says so for another order, and for options in {@code file} and
 * {@code sname}.
 */
public final class DhcpCodec {

  /** The shortest datagram that is written, in bytes. */
  static final int MIN_LENGTH = 300;

  private DhcpCodec() {}

  /**
   * Reads a message, strictly.
   *
   * @param datagram the whole payload of a UDP datagram
   * @return the message
   * @throws DhcpDecodeException if the bytes are not a DHCP message
   */
  public static DhcpMessage decode(byte[] datagram) throws DhcpDecodeException {
    return decode(datagram, DecodeOptions.strict());
  }

  /**
   * Reads a message.
   *
   * @param datagram the whole payload of a UDP datagram
   * @param options how strictly
   * @return the message
   * @throws DhcpDecodeException if the bytes are not a DHCP message
   */
  public static DhcpMessage decode(byte[] datagram, DecodeOptions options)
      throws DhcpDecodeException {
    Objects.requireNonNull(options, "options");
    return new MessageReader(datagram, 0, datagram.length).read(options);
  }

  /**
   * Reads a message, strictly.
   *
   * @param datagram the payload of a UDP datagram, from the buffer's position to its limit; neither
   *     is changed
   * @return the message
   * @throws DhcpDecodeException if the bytes are not a DHCP message
   */
  public static DhcpMessage decode(ByteBuffer datagram) throws DhcpDecodeException {
    byte[] bytes = new byte[datagram.remaining()];
    datagram.duplicate().get(bytes);
    return decode(bytes, DecodeOptions.strict());
  }

  /**
   * Reads a message, strictly.
   *
   * @param datagram the readable bytes are the payload of a UDP datagram; its indexes are not
   *     changed, it is not released, and nothing of it is kept
   * @return the message
   * @throws DhcpDecodeException if the bytes are not a DHCP message
   */
  public static DhcpMessage decode(ByteBuf datagram) throws DhcpDecodeException {
    return decode(datagram, DecodeOptions.strict());
  }

  /**
   * Reads a message.
   *
   * @param datagram the readable bytes are the payload of a UDP datagram; its indexes are not
   *     changed, it is not released, and nothing of it is kept
   * @param options how strictly
   * @return the message
   * @throws DhcpDecodeException if the bytes are not a DHCP message
   */
  public static DhcpMessage decode(ByteBuf datagram, DecodeOptions options)
      throws DhcpDecodeException {
    Objects.requireNonNull(options, "options");
    int length = datagram.readableBytes();
    if (datagram.hasArray()) {
      return new MessageReader(
              datagram.array(), datagram.arrayOffset() + datagram.readerIndex(), length)
          .read(options);
    }
    byte[] bytes = new byte[length];
    datagram.getBytes(datagram.readerIndex(), bytes);
    return new MessageReader(bytes, 0, length).read(options);
  }

  /**
   * Writes a message.
   *
   * @param message the message
   * @return the payload of a UDP datagram, 300 bytes or more
   * @throws IllegalArgumentException if {@code sname} is longer than 63 bytes, {@code file} longer
   *     than 127, or the whole longer than a UDP datagram
   */
  public static byte[] encode(DhcpMessage message) {
    return encode(message, EncodeOptions.standard());
  }

  /**
   * Writes a message.
   *
   * @param message the message
   * @param options its layout
   * @return the payload of a UDP datagram, 300 bytes or more
   * @throws IllegalArgumentException if {@code sname} is longer than 63 bytes, {@code file} longer
   *     than 127, or the whole longer than a UDP datagram
   */
  public static byte[] encode(DhcpMessage message, EncodeOptions options) {
    return MessageWriter.write(message, Objects.requireNonNull(options, "options"));
  }

  /**
   * Writes a message.
   *
   * @param message the message
   * @param out where to; written to at its writer index
   * @throws IllegalArgumentException if {@code sname} is longer than 63 bytes, {@code file} longer
   *     than 127, or the whole longer than a UDP datagram
   */
  public static void encode(DhcpMessage message, ByteBuf out) {
    out.writeBytes(encode(message));
  }
}
