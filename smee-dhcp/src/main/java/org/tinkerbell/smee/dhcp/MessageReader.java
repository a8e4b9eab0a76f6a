// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.util.Arrays;

/** Reads one datagram. */
final class MessageReader {

  static final int CHADDR = 28;
  static final int SNAME = 44;
  static final int FILE = 108;
  static final int COOKIE = 236;
  static final int OPTIONS = 240;
  static final int COOKIE_VALUE = 0x63825363;

  private static final int MAX_LENGTH = 65_507;
  private static final int PAD = 0;
  private static final int END = 255;
  private static final byte[] EMPTY = {};

  private final byte[] bytes;
  private final int start;
  private final int length;

  /** Where the payload of each option found lies, in the order found. */
  private int[] codes = new int[32];

  private int[] offsets = new int[32];
  private int[] lengths = new int[32];
  private int count;

  /** The codes found so far, one bit each, and whether one came twice. */
  private final long[] seen = new long[4];

  private boolean split;

  MessageReader(byte[] bytes, int start, int length) {
    this.bytes = bytes;
    this.start = start;
    this.length = length;
  }

  DhcpMessage read(DecodeOptions options) throws DhcpDecodeException {
    if (length < OPTIONS) {
      throw new DhcpDecodeException(length, "shorter than header and cookie, 240 bytes");
    }
    if (length > MAX_LENGTH) {
      throw new DhcpDecodeException(MAX_LENGTH, "longer than a UDP datagram");
    }
    if (int32(COOKIE) != COOKIE_VALUE) {
      throw new DhcpDecodeException(COOKIE, "wrong magic cookie");
    }
    boolean ended = scan(OPTIONS, length);
    if (!ended && length > OPTIONS && !options.acceptMissingEnd()) {
      throw new DhcpDecodeException(length, "no End option");
    }
    int overload = overload();
    if ((overload & 1) != 0) {
      scan(FILE, COOKIE);
    }
    if ((overload & 2) != 0) {
      scan(SNAME, FILE);
    }

    DhcpMessage.Builder message =
        DhcpMessage.builder()
            .op(uint8(0))
            .htype(uint8(1))
            .hops(uint8(3))
            .xid(int32(4))
            .secs(uint16(8))
            .flags(uint16(10))
            .ciaddr(address(12))
            .yiaddr(address(16))
            .siaddr(address(20))
            .giaddr(address(24))
            .chaddrField(
                copy(CHADDR, DhcpMessage.CHADDR_LENGTH),
                Math.min(uint8(2), DhcpMessage.CHADDR_LENGTH))
            .snameBytes((overload & 2) != 0 ? EMPTY : text(SNAME, FILE))
            .fileBytes((overload & 1) != 0 ? EMPTY : text(FILE, COOKIE));
    addOptions(message, overload != 0);
    return message.build();
  }

  /** Notes the options in a region and tells whether End was found. */
  private boolean scan(int from, int to) throws DhcpDecodeException {
    int at = from;
    while (at < to) {
      int code = uint8(at);
      if (code == PAD) {
        at++;
        continue;
      }
      if (code == END) {
        return true;
      }
      if (at + 1 >= to) {
        throw new DhcpDecodeException(at, code, "length octet missing");
      }
      int size = uint8(at + 1);
      if (size > to - at - 2) {
        throw new DhcpDecodeException(at, code, "payload longer than what is left");
      }
      note(code, at + 2, size);
      at += 2 + size;
    }
    return false;
  }

  private void note(int code, int offset, int size) {
    if (count == codes.length) {
      codes = Arrays.copyOf(codes, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    long bit = 1L << code;
    split |= (seen[code >> 6] & bit) != 0;
    seen[code >> 6] |= bit;
    codes[count] = code;
    offsets[count] = offset;
    lengths[count++] = size;
  }

  /** Returns 1, 2 or 3 for a valid option 52, else 0. */
  private int overload() {
    int value = 0;
    int size = 0;
    for (int i = 0; i < count; i++) {
      if (codes[i] == DhcpOptions.OVERLOAD.code()) {
        size += lengths[i];
        value = lengths[i] == 1 ? uint8(offsets[i]) : value;
      }
    }
    return size == 1 && value >= 1 && value <= 3 ? value : 0;
  }

  private void addOptions(DhcpMessage.Builder message, boolean overloaded) {
    if (split) {
      addJoined(message, overloaded);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!overloaded || codes[i] != DhcpOptions.OVERLOAD.code()) {
        message.put(codes[i], lengths[i] == 0 ? EMPTY : copy(offsets[i], lengths[i]));
      }
    }
  }

  /** Joins the parts of each option; the sum of all sizes is bounded by the datagram's. */
  private void addJoined(DhcpMessage.Builder message, boolean overloaded) {
    int[] totals = new int[256];
    for (int i = 0; i < count; i++) {
      totals[codes[i]] += lengths[i];
    }
    byte[][] joined = new byte[256][];
    int[] filled = new int[256];
    for (int i = 0; i < count; i++) {
      int code = codes[i];
      if (overloaded && code == DhcpOptions.OVERLOAD.code()) {
        continue;
      }
      byte[] value = joined[code];
      if (value == null) {
        value = totals[code] == 0 ? EMPTY : new byte[totals[code]];
        joined[code] = value;
        message.put(code, value);
      }
      System.arraycopy(bytes, start + offsets[i], value, filled[code], lengths[i]);
      filled[code] += lengths[i];
    }
  }

  private byte[] text(int from, int to) {
    int end = from;
    while (end < to && bytes[start + end] != 0) {
      end++;
    }
    return end == from ? EMPTY : copy(from, end - from);
  }

  private byte[] copy(int offset, int size) {
    return Arrays.copyOfRange(bytes, start + offset, start + offset + size);
  }

  private Inet4Address address(int offset) {
    return Ip4.read(bytes, start + offset);
  }

  private int uint8(int offset) {
    return bytes[start + offset] & 0xff;
  }

  private int uint16(int offset) {
    return uint8(offset) << 8 | uint8(offset + 1);
  }

  private int int32(int offset) {
    return uint16(offset) << 16 | uint16(offset + 2);
  }
}
