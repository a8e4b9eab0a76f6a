// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Turns datagrams into {@link TftpPacket}s and back (RFC 1350 §5, RFC 2347).
 *
 * <p>Every bound is checked. Lenient where the field demands it: an ACK may be followed by padding,
 * the message of an ERROR may lack its NUL, and an option without a complete value is left out.
 * Texts are read as UTF-8, or as ISO 8859-1 if they are not valid UTF-8, and written as UTF-8.
 */
public final class TftpCodec {

  static final int RRQ = 1;
  static final int WRQ = 2;
  static final int DATA = 3;
  static final int ACK = 4;
  static final int ERROR = 5;
  static final int OACK = 6;

  private TftpCodec() {}

  /**
   * Reads one datagram.
   *
   * @param in its octets, from the reader to the writer index; neither moves, nothing is released
   *     and nothing of it is kept
   * @return the packet
   * @throws TftpDecodeException if it is not a TFTP packet
   */
  public static TftpPacket decode(ByteBuf in) throws TftpDecodeException {
    int start = in.readerIndex();
    int length = in.readableBytes();
    if (length < 2) {
      throw new TftpDecodeException(0, "shorter than an opcode");
    }
    int opcode = in.getUnsignedShort(start);
    switch (opcode) {
      case RRQ, WRQ -> {
        return request(new Texts(in, 2), opcode);
      }
      case OACK -> {
        return new TftpPacket.OptionAck(options(new Texts(in, 2)));
      }
      case DATA, ACK, ERROR -> {
        if (length < 4) {
          throw new TftpDecodeException(2, "shorter than its header");
        }
        int number = in.getUnsignedShort(start + 2);
        if (opcode == ACK) {
          return new TftpPacket.Ack(number);
        }
        if (opcode == DATA) {
          return new TftpPacket.Data(number, ByteBufUtil.getBytes(in, start + 4, length - 4));
        }
        return new TftpPacket.Error(TftpErrorCode.of(number), new Texts(in, 4).upToNulOrEnd());
      }
      default -> throw new TftpDecodeException(0, "unknown opcode");
    }
  }

  /**
   * Reads one datagram.
   *
   * @param datagram its octets
   * @return the packet
   * @throws TftpDecodeException if it is not a TFTP packet
   */
  public static TftpPacket decode(byte[] datagram) throws TftpDecodeException {
    return decode(Unpooled.wrappedBuffer(datagram));
  }

  private static TftpPacket request(Texts texts, int opcode) throws TftpDecodeException {
    String fileName = texts.next();
    if (fileName == null) {
      throw new TftpDecodeException(texts.offset(), "file name without NUL");
    }
    String mode = texts.next();
    if (mode == null) {
      throw new TftpDecodeException(texts.offset(), "mode without NUL");
    }
    TftpOptions options = options(texts);
    return opcode == RRQ
        ? new TftpPacket.ReadRequest(fileName, mode, options)
        : new TftpPacket.WriteRequest(fileName, mode, options);
  }

  private static TftpOptions options(Texts texts) {
    TftpOptions options = TftpOptions.none();
    for (String name = texts.next(); name != null; name = texts.next()) {
      String value = texts.next();
      if (value == null) {
        break;
      }
      if (!name.isEmpty()) {
        options = options.withIfAbsent(name, value);
      }
    }
    return options;
  }

  /**
   * Writes one packet.
   *
   * @param packet the packet
   * @param out receives its octets at the writer index
   */
  public static void encode(TftpPacket packet, ByteBuf out) {
    if (packet instanceof TftpPacket.ReadRequest rrq) {
      out.writeShort(RRQ);
      text(rrq.fileName(), out);
      text(rrq.mode(), out);
      options(rrq.options(), out);
    } else if (packet instanceof TftpPacket.WriteRequest wrq) {
      out.writeShort(WRQ);
      text(wrq.fileName(), out);
      text(wrq.mode(), out);
      options(wrq.options(), out);
    } else if (packet instanceof TftpPacket.Data data) {
      out.writeShort(DATA).writeShort(data.block()).writeBytes(data.payload());
    } else if (packet instanceof TftpPacket.Ack ack) {
      out.writeShort(ACK).writeShort(ack.block());
    } else if (packet instanceof TftpPacket.Error error) {
      out.writeShort(ERROR).writeShort(error.code().value());
      text(error.message(), out);
    } else if (packet instanceof TftpPacket.OptionAck oack) {
      out.writeShort(OACK);
      options(oack.options(), out);
    }
  }

  /**
   * Writes one packet.
   *
   * @param packet the packet
   * @return the datagram
   */
  public static byte[] encode(TftpPacket packet) {
    ByteBuf out = Unpooled.buffer(64);
    encode(packet, out);
    return ByteBufUtil.getBytes(out);
  }

  private static void text(String text, ByteBuf out) {
    out.writeCharSequence(text, StandardCharsets.UTF_8);
    out.writeByte(0);
  }

  private static void options(TftpOptions options, ByteBuf out) {
    for (String name : options.names()) {
      text(name, out);
      text(options.get(name).orElse(""), out);
    }
  }

  /** Walks over NUL-terminated texts. */
  private static final class Texts {

    private final ByteBuf in;
    private final int start;
    private int index;

    Texts(ByteBuf in, int offset) {
      this.in = in;
      this.start = in.readerIndex();
      this.index = start + offset;
    }

    int offset() {
      return index - start;
    }

    /** Returns the next text, or null if no NUL follows. */
    @Nullable String next() {
      int end = in.indexOf(index, in.writerIndex(), (byte) 0);
      if (end < 0) {
        return null;
      }
      String text = text(end);
      index = end + 1;
      return text;
    }

    String upToNulOrEnd() {
      int end = in.indexOf(index, in.writerIndex(), (byte) 0);
      return text(end < 0 ? in.writerIndex() : end);
    }

    private String text(int end) {
      byte[] octets = ByteBufUtil.getBytes(in, index, end - index);
      for (byte octet : octets) {
        if (octet < 0) {
          return unusual(octets);
        }
      }
      return new String(octets, StandardCharsets.US_ASCII);
    }

    private static String unusual(byte[] octets) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
      } catch (CharacterCodingException e) {
        return new String(octets, StandardCharsets.ISO_8859_1);
      }
    }
  }
}
