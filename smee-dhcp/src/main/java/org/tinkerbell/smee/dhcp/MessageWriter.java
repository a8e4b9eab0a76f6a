// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.util.Arrays;

/** Writes one datagram. */
final class MessageWriter {

  private static final int MAX_SNAME = 63;
  private static final int MAX_FILE = 127;
  private static final int MAX_PART = 255;
  private static final int MAX_LENGTH = 65_507;
  private static final byte END = (byte) 255;

  private MessageWriter() {}

  static byte[] write(DhcpMessage message) {
    checkLength("sname", message.snameBytes(), MAX_SNAME);
    checkLength("file", message.fileBytes(), MAX_FILE);
    int[] order = order(message);
    long size = MessageReader.OPTIONS + 1L;
    for (int index : order) {
      int length = message.valueAt(index).length;
      size += length + 2L * parts(length);
    }
    if (size > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "message: " + size + " bytes (expected: at most " + MAX_LENGTH + ")");
    }

    byte[] bytes = new byte[Math.max(DhcpCodec.MIN_LENGTH, (int) size)];
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
    field(bytes, MessageReader.CHADDR, message.chaddrField());
    field(bytes, MessageReader.SNAME, message.snameBytes());
    field(bytes, MessageReader.FILE, message.fileBytes());
    int32(bytes, MessageReader.COOKIE, MessageReader.COOKIE_VALUE);
    int at = MessageReader.OPTIONS;
    for (int index : order) {
      at = option(bytes, at, message.codeAt(index), message.valueAt(index));
    }
    bytes[at] = END;
    return bytes;
  }

  /** Returns the indexes of the options in the order they are written in. */
  private static int[] order(DhcpMessage message) {
    int count = message.optionCount();
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      int code = message.codeAt(i);
      long rank = code == DhcpOptions.RELAY_AGENT_INFORMATION.code() ? END & 0xff : code;
      keys[i] = rank << 32 | i;
    }
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  private static int parts(int length) {
    return length == 0 ? 1 : (length + MAX_PART - 1) / MAX_PART;
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

  private static void field(byte[] bytes, int offset, byte[] value) {
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
