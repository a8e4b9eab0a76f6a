// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.util.Arrays;

/** Writes one datagram. */
final class MessageWriter {

  private static final int SNAME_SIZE = MessageReader.FILE - MessageReader.SNAME;
  private static final int FILE_SIZE = MessageReader.COOKIE - MessageReader.FILE;
  private static final int MAX_PART = 255;
  private static final int OVERLOAD_SIZE = 3;
  private static final byte END = (byte) 255;

  /** Where an option goes; also the bits of option 52. */
  private static final byte OPTIONS_FIELD = 0;

  private static final byte FILE_FIELD = 1;
  private static final byte SNAME_FIELD = 2;

  private final DhcpMessage message;

  /** The indexes of the options in the order they are written in. */
  private final int[] order;

  /** By position in the order: the field that the option goes into. */
  private final byte[] fields;

  /** Payload and option headers in the options field, without End. */
  private final int optionsSize;

  /** The value of option 52, 0 for none. */
  private int overload;

  private MessageWriter(DhcpMessage message, EncodeOptions options) {
    this.message = message;
    this.order = OptionOrder.of(message, options.order());
    this.fields = new byte[order.length];
    long size = 0;
    for (int index : order) {
      size += wireSize(index);
    }
    if (MessageReader.OPTIONS + 1 + size > options.maxBytes()) {
      size -= overload(MessageReader.OPTIONS + 1 + size - options.maxBytes());
    }
    if (MessageReader.OPTIONS + 1 + size > EncodeOptions.MAX_UDP_PAYLOAD) {
      throw new IllegalArgumentException(
          "message: "
              + (MessageReader.OPTIONS + 1 + size)
              + " bytes (expected: at most "
              + EncodeOptions.MAX_UDP_PAYLOAD
              + ")");
    }
    optionsSize = (int) size;
  }

  static byte[] write(DhcpMessage message, EncodeOptions options) {
    checkLength("sname", message.snameBytes(), SNAME_SIZE - 1);
    checkLength("file", message.fileBytes(), FILE_SIZE - 1);
    return new MessageWriter(message, options).write();
  }

  private int wireSize(int index) {
    int length = message.valueAt(index).length;
    int parts = length == 0 ? 1 : (length + MAX_PART - 1) / MAX_PART;
    return length + 2 * parts;
  }

  /**
   * Finds options to move into the fields that are free, the least wanted first, and returns by how
   * much the options field becomes shorter.
   */
  private long overload(long excess) {
    if (message.has(DhcpOptions.OVERLOAD.code())) {
      return 0;
    }
    // Each field needs an End of its own.
    int fileRoom = message.fileBytes().length == 0 ? FILE_SIZE - 1 : 0;
    int snameRoom = message.snameBytes().length == 0 ? SNAME_SIZE - 1 : 0;
    long saved = -OVERLOAD_SIZE;
    for (int at = order.length - 1; at >= 0 && saved < excess; at--) {
      int size = wireSize(order[at]);
      if (!isMovable(message.codeAt(order[at]))) {
        continue;
      }
      if (size <= fileRoom) {
        fields[at] = FILE_FIELD;
        fileRoom -= size;
      } else if (size <= snameRoom) {
        fields[at] = SNAME_FIELD;
        snameRoom -= size;
      } else {
        continue;
      }
      overload |= fields[at];
      saved += size;
    }
    if (saved <= 0) {
      Arrays.fill(fields, OPTIONS_FIELD);
      overload = 0;
      return 0;
    }
    return saved;
  }

  /** What tells the kind of message stays in its place, and a relay looks for 82 there. */
  private static boolean isMovable(int code) {
    return code != DhcpOptions.MESSAGE_TYPE.code()
        && code != DhcpOptions.SERVER_IDENTIFIER.code()
        && code != DhcpOptions.RELAY_AGENT_INFORMATION.code();
  }

  private byte[] write() {
    byte[] bytes =
        new byte[Math.max(DhcpCodec.MIN_LENGTH, MessageReader.OPTIONS + 1 + optionsSize)];
    header(bytes);
    int at = MessageReader.OPTIONS;
    if (overload != 0) {
      at = option(bytes, at, DhcpOptions.OVERLOAD.code(), new byte[] {(byte) overload});
      field(bytes, MessageReader.FILE, FILE_FIELD);
      field(bytes, MessageReader.SNAME, SNAME_FIELD);
    }
    bytes[options(bytes, at, OPTIONS_FIELD)] = END;
    return bytes;
  }

  private void header(byte[] bytes) {
    bytes[0] = (byte) message.op();
    bytes[1] = (byte) message.htype();
    bytes[2] = (byte) message.hlen();
    bytes[3] = (byte) message.hops();
    int32(bytes, 4, message.xid());
    int16(bytes, 8, message.secs());
    int16(bytes, 10, message.flags());
    address(bytes, 12, message.ciaddr());
    address(bytes, 16, message.yiaddr());
    address(bytes, 20, message.siaddr());
    address(bytes, 24, message.giaddr());
    copy(bytes, MessageReader.CHADDR, message.chaddrField());
    copy(bytes, MessageReader.SNAME, message.snameBytes());
    copy(bytes, MessageReader.FILE, message.fileBytes());
    int32(bytes, MessageReader.COOKIE, MessageReader.COOKIE_VALUE);
  }

  private void field(byte[] bytes, int start, byte field) {
    if ((overload & field) != 0) {
      bytes[options(bytes, start, field)] = END;
    }
  }

  private int options(byte[] bytes, int start, byte field) {
    int at = start;
    for (int i = 0; i < order.length; i++) {
      if (fields[i] == field) {
        at = option(bytes, at, message.codeAt(order[i]), message.valueAt(order[i]));
      }
    }
    return at;
  }

  private static int option(byte[] bytes, int start, int code, byte[] value) {
    int at = start;
    int from = 0;
    do {
      int part = Math.min(MAX_PART, value.length - from);
      bytes[at] = (byte) code;
      bytes[at + 1] = (byte) part;
      System.arraycopy(value, from, bytes, at + 2, part);
      at += 2 + part;
      from += part;
    } while (from < value.length);
    return at;
  }

  private static void checkLength(String name, byte[] text, int max) {
    if (text.length > max) {
      throw new IllegalArgumentException(
          name + ": " + text.length + " bytes (expected: at most " + max + ")");
    }
  }

  private static void copy(byte[] bytes, int offset, byte[] value) {
    System.arraycopy(value, 0, bytes, offset, value.length);
  }

  private static void address(byte[] bytes, int offset, Inet4Address address) {
    int32(bytes, offset, Ip4.bits(address));
  }

  private static void int16(byte[] bytes, int offset, int value) {
    bytes[offset] = (byte) (value >>> 8);
    bytes[offset + 1] = (byte) value;
  }

  private static void int32(byte[] bytes, int offset, int value) {
    int16(bytes, offset, value >>> 16);
    int16(bytes, offset + 2, value);
  }
}
