// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * A DHCPv4 message (RFC 2131 §2): the BOOTP header and the options, in the order they came or were
 * set.
 *
 * <p>Immutable and lossless: options that nothing here knows survive reading and writing, and so do
 * values that do not fit their type. {@link #get} gives a typed value, {@link #raw} the bytes.
 *
 * <pre>{@code
 * DhcpMessage discover =
 *     DhcpMessage.builder()
 *         .xid(0x12345678)
 *         .hardwareAddress(MacAddress.parse("02:00:00:00:00:ff"))
 *         .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.DISCOVER)
 *         .build();
 * }</pre>
 */
public final class DhcpMessage {

  /** {@link #op} of messages from clients. */
  public static final int BOOTREQUEST = 1;

  /** {@link #op} of messages from servers. */
  public static final int BOOTREPLY = 2;

  static final int CHADDR_LENGTH = 16;

  private static final int BROADCAST_FLAG = 0x8000;
  private static final byte[] EMPTY = {};

  private final int op;
  private final int htype;
  private final int hlen;
  private final int hops;
  private final int xid;
  private final int secs;
  private final int flags;
  private final Inet4Address ciaddr;
  private final Inet4Address yiaddr;
  private final Inet4Address siaddr;
  private final Inet4Address giaddr;
  private final byte[] chaddr;
  private final byte[] sname;
  private final byte[] file;
  private final int[] codes;
  private final byte[][] values;

  private DhcpMessage(Builder from) {
    this.op = from.op;
    this.htype = from.htype;
    this.hlen = from.hlen;
    this.hops = from.hops;
    this.xid = from.xid;
    this.secs = from.secs;
    this.flags = from.flags;
    this.ciaddr = from.ciaddr;
    this.yiaddr = from.yiaddr;
    this.siaddr = from.siaddr;
    this.giaddr = from.giaddr;
    this.chaddr = from.chaddr;
    this.sname = from.sname;
    this.file = from.file;
    this.codes = Arrays.copyOf(from.codes, from.count);
    this.values = Arrays.copyOf(from.values, from.count);
  }

  /**
   * Starts an empty message: a request ({@code op} 1) for Ethernet ({@code htype} 1), all else zero
   * or empty.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts a message that has everything this one has.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Returns the direction of the message.
   *
   * @return 0 to 255; {@link #BOOTREQUEST} or {@link #BOOTREPLY} in any sensible message
   */
  public int op() {
    return op;
  }

  /**
   * Returns the type of hardware address.
   *
   * @return 0 to 255; 1 is Ethernet
   */
  public int htype() {
    return htype;
  }

  /**
   * Returns the length of the hardware address.
   *
   * @return 0 to 16 octets
   */
  public int hlen() {
    return hlen;
  }

  /**
   * Returns how many relays the message passed.
   *
   * @return 0 to 255
   */
  public int hops() {
    return hops;
  }

  /**
   * Returns the transaction id, an opaque 32-bit number.
   *
   * @return any value
   */
  public int xid() {
    return xid;
  }

  /**
   * Returns for how long the client has been trying.
   *
   * @return 0 to 65535 seconds; some clients send them in the wrong byte order
   */
  public int secs() {
    return secs;
  }

  /**
   * Returns the flags; only bit {@code 0x8000} has a meaning.
   *
   * @return 0 to 65535
   */
  public int flags() {
    return flags;
  }

  /**
   * Tells whether the client asks for broadcast replies (RFC 2131 §2, the BROADCAST flag).
   *
   * @return whether bit {@code 0x8000} is set
   */
  public boolean isBroadcast() {
    return (flags & BROADCAST_FLAG) != 0;
  }

  /**
   * Returns the address the client already uses.
   *
   * @return an address; 0.0.0.0 if it has none
   */
  public Inet4Address ciaddr() {
    return ciaddr;
  }

  /**
   * Returns the address given to the client.
   *
   * @return an address; 0.0.0.0 if none is given
   */
  public Inet4Address yiaddr() {
    return yiaddr;
  }

  /**
   * Returns the server to boot from.
   *
   * @return an address; 0.0.0.0 if there is none
   */
  public Inet4Address siaddr() {
    return siaddr;
  }

  /**
   * Returns the address of the relay.
   *
   * @return an address; 0.0.0.0 if the message was not relayed
   */
  public Inet4Address giaddr() {
    return giaddr;
  }

  /**
   * Tells whether a relay passed the message on.
   *
   * @return whether {@link #giaddr} is set
   */
  public boolean isRelayed() {
    return !giaddr.isAnyLocalAddress();
  }

  /**
   * Returns the hardware address of the client.
   *
   * @return {@link #hlen} octets, a copy
   */
  public byte[] chaddr() {
    return Arrays.copyOf(chaddr, hlen);
  }

  /**
   * Returns the hardware address of the client.
   *
   * @return the address, or empty if its length is 0, as with InfiniBand (RFC 4390)
   */
  public Optional<MacAddress> hardwareAddress() {
    return hlen == 0 ? Optional.empty() : Optional.of(MacAddress.of(chaddr()));
  }

  /**
   * Returns the name of the boot server.
   *
   * @return the text up to the first NUL, read as UTF-8; often empty
   */
  public String sname() {
    return sname.length == 0 ? "" : new String(sname, StandardCharsets.UTF_8);
  }

  /**
   * Returns the name of the boot file.
   *
   * @return the text up to the first NUL, read as UTF-8; often empty
   */
  public String file() {
    return file.length == 0 ? "" : new String(file, StandardCharsets.UTF_8);
  }

  /**
   * Returns the message type (option 53).
   *
   * @return the type, or empty if the option is missing or not one octet long
   */
  public Optional<DhcpMessageType> messageType() {
    return get(DhcpOptions.MESSAGE_TYPE);
  }

  /**
   * Returns the value of an option.
   *
   * @param <T> the type of the value
   * @param option which one
   * @return the value, or empty if the option is missing, has length 0 or does not fit its type
   */
  public <T> Optional<T> get(DhcpOption<T> option) {
    int index = indexOf(option.code());
    if (index < 0 || values[index].length == 0) {
      return Optional.empty();
    }
    return option.codec().decode(values[index].clone());
  }

  /**
   * Returns the bytes of an option.
   *
   * @param code which one
   * @return its payload, a copy, joined if the option came in parts (RFC 3396); empty if missing
   */
  public Optional<byte[]> raw(int code) {
    int index = indexOf(code);
    return index < 0 ? Optional.empty() : Optional.of(values[index].clone());
  }

  /**
   * Tells whether an option is there, even with length 0.
   *
   * @param code which one
   * @return whether it is
   */
  public boolean has(int code) {
    return indexOf(code) >= 0;
  }

  /**
   * Returns the codes of all options.
   *
   * @return in the order they came or were set
   */
  public List<Integer> optionCodes() {
    return Arrays.stream(codes).boxed().toList();
  }

  int optionCount() {
    return codes.length;
  }

  int codeAt(int index) {
    return codes[index];
  }

  /** Returns a payload without copying it. */
  byte[] valueAt(int index) {
    return values[index];
  }

  /** Returns the whole chaddr field, padding included, without copying it. */
  byte[] chaddrField() {
    return chaddr;
  }

  byte[] snameBytes() {
    return sname;
  }

  byte[] fileBytes() {
    return file;
  }

  private int indexOf(int code) {
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] == code) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Renders the message for people: the header, then one option a line, with names and values as
   * far as they are known. Unprintable characters are escaped.
   *
   * @return several lines, without a final line break
   */
  public String toText() {
    StringBuilder text = new StringBuilder(512);
    text.append(op == BOOTREQUEST ? "BOOTREQUEST" : op == BOOTREPLY ? "BOOTREPLY" : "op " + op)
        .append(" htype=")
        .append(htype)
        .append(" hlen=")
        .append(hlen)
        .append(" hops=")
        .append(hops)
        .append(" xid=")
        .append(hex(xid))
        .append(" secs=")
        .append(secs)
        .append(" flags=0x")
        .append(HexFormat.of().toHexDigits((short) flags));
    line(text, "ciaddr", ciaddr.getHostAddress());
    line(text, "yiaddr", yiaddr.getHostAddress());
    line(text, "siaddr", siaddr.getHostAddress());
    line(text, "giaddr", giaddr.getHostAddress());
    line(text, "chaddr", HexFormat.ofDelimiter(":").formatHex(chaddr, 0, hlen));
    line(text, "sname", Printable.text(sname()));
    line(text, "file", Printable.text(file()));
    for (int i = 0; i < codes.length; i++) {
      byte[] value = values[i];
      Optional<DhcpOption<?>> known = DhcpOptions.byCode(codes[i]);
      line(
          text,
          "option " + codes[i] + known.map(option -> " " + option.name()).orElse(""),
          known
              .flatMap(option -> option.format(value))
              .map(Printable::text)
              .orElseGet(() -> "0x" + HexFormat.of().formatHex(value)));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append('\n').append(name).append(": ").append(value);
  }

  private static String hex(int number) {
    return "0x" + HexFormat.of().toHexDigits(number);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DhcpMessage that
        && op == that.op
        && htype == that.htype
        && hlen == that.hlen
        && hops == that.hops
        && xid == that.xid
        && secs == that.secs
        && flags == that.flags
        && ciaddr.equals(that.ciaddr)
        && yiaddr.equals(that.yiaddr)
        && siaddr.equals(that.siaddr)
        && giaddr.equals(that.giaddr)
        && Arrays.equals(chaddr, that.chaddr)
        && Arrays.equals(sname, that.sname)
        && Arrays.equals(file, that.file)
        && Arrays.equals(codes, that.codes)
        && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        op, xid, yiaddr, giaddr, Arrays.hashCode(chaddr), Arrays.deepHashCode(values));
  }

  /** Returns one line: type, transaction, hardware address and the addresses that are set. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(120);
    text.append(messageType().map(DhcpMessageType::toString).orElse("BOOTP"))
        .append(" op=")
        .append(op)
        .append(" xid=")
        .append(hex(xid))
        .append(" chaddr=")
        .append(HexFormat.ofDelimiter(":").formatHex(chaddr, 0, hlen));
    unlessZero(text, " ciaddr=", ciaddr);
    unlessZero(text, " yiaddr=", yiaddr);
    unlessZero(text, " siaddr=", siaddr);
    unlessZero(text, " giaddr=", giaddr);
    return text.append(" options=").append(Arrays.toString(codes)).toString();
  }

  private static void unlessZero(StringBuilder text, String name, Inet4Address address) {
    if (!address.isAnyLocalAddress()) {
      text.append(name).append(address.getHostAddress());
    }
  }

  /** Builds a {@link DhcpMessage}. Not safe for use by several threads. */
  public static final class Builder {

    private int op = BOOTREQUEST;
    private int htype = 1;
    private int hlen;
    private int hops;
    private int xid;
    private int secs;
    private int flags;
    private Inet4Address ciaddr = Ip4.ANY;
    private Inet4Address yiaddr = Ip4.ANY;
    private Inet4Address siaddr = Ip4.ANY;
    private Inet4Address giaddr = Ip4.ANY;
    private byte[] chaddr = new byte[CHADDR_LENGTH];
    private byte[] sname = EMPTY;
    private byte[] file = EMPTY;
    private int[] codes;
    private byte[][] values;
    private int count;

    private Builder() {
      this.codes = new int[16];
      this.values = new byte[16][];
    }

    private Builder(DhcpMessage from) {
      this.op = from.op;
      this.htype = from.htype;
      this.hlen = from.hlen;
      this.hops = from.hops;
      this.xid = from.xid;
      this.secs = from.secs;
      this.flags = from.flags;
      this.ciaddr = from.ciaddr;
      this.yiaddr = from.yiaddr;
      this.siaddr = from.siaddr;
      this.giaddr = from.giaddr;
      this.chaddr = from.chaddr;
      this.sname = from.sname;
      this.file = from.file;
      this.count = from.codes.length;
      this.codes = Arrays.copyOf(from.codes, count + 8);
      this.values = Arrays.copyOf(from.values, count + 8);
    }

    /**
     * Sets the direction.
     *
     * @param op 0 to 255; default {@link #BOOTREQUEST}
     * @return this builder
     * @throws IllegalArgumentException if {@code op} is outside the range
     */
    public Builder op(int op) {
      this.op = check("op", op, 0xff);
      return this;
    }

    /**
     * Sets the type of hardware address.
     *
     * @param htype 0 to 255; default 1, Ethernet
     * @return this builder
     * @throws IllegalArgumentException if {@code htype} is outside the range
     */
    public Builder htype(int htype) {
      this.htype = check("htype", htype, 0xff);
      return this;
    }

    /**
     * Sets how many relays the message passed.
     *
     * @param hops 0 to 255; default 0
     * @return this builder
     * @throws IllegalArgumentException if {@code hops} is outside the range
     */
    public Builder hops(int hops) {
      this.hops = check("hops", hops, 0xff);
      return this;
    }

    /**
     * Sets the transaction id.
     *
     * @param xid any value; default 0
     * @return this builder
     */
    public Builder xid(int xid) {
      this.xid = xid;
      return this;
    }

    /**
     * Sets for how long the client has been trying.
     *
     * @param secs 0 to 65535 seconds; default 0
     * @return this builder
     * @throws IllegalArgumentException if {@code secs} is outside the range
     */
    public Builder secs(int secs) {
      this.secs = check("secs", secs, 0xffff);
      return this;
    }

    /**
     * Sets the flags.
     *
     * @param flags 0 to 65535; default 0
     * @return this builder
     * @throws IllegalArgumentException if {@code flags} is outside the range
     */
    public Builder flags(int flags) {
      this.flags = check("flags", flags, 0xffff);
      return this;
    }

    /**
     * Sets or clears the BROADCAST flag and leaves the other flags alone.
     *
     * @param broadcast whether replies are to be broadcast
     * @return this builder
     */
    public Builder broadcast(boolean broadcast) {
      this.flags = broadcast ? (flags | BROADCAST_FLAG) : (flags & ~BROADCAST_FLAG);
      return this;
    }

    /**
     * Sets the address the client already uses.
     *
     * @param ciaddr the address; default 0.0.0.0
     * @return this builder
     */
    public Builder ciaddr(Inet4Address ciaddr) {
      this.ciaddr = Objects.requireNonNull(ciaddr, "ciaddr");
      return this;
    }

    /**
     * Sets the address given to the client.
     *
     * @param yiaddr the address; default 0.0.0.0
     * @return this builder
     */
    public Builder yiaddr(Inet4Address yiaddr) {
      this.yiaddr = Objects.requireNonNull(yiaddr, "yiaddr");
      return this;
    }

    /**
     * Sets the server to boot from.
     *
     * @param siaddr the address; default 0.0.0.0
     * @return this builder
     */
    public Builder siaddr(Inet4Address siaddr) {
      this.siaddr = Objects.requireNonNull(siaddr, "siaddr");
      return this;
    }

    /**
     * Sets the address of the relay.
     *
     * @param giaddr the address; default 0.0.0.0
     * @return this builder
     */
    public Builder giaddr(Inet4Address giaddr) {
      this.giaddr = Objects.requireNonNull(giaddr, "giaddr");
      return this;
    }

    /**
     * Sets the hardware address and its length.
     *
     * @param chaddr 0 to 16 octets; copied; default none
     * @return this builder
     * @throws IllegalArgumentException if there are more
     */
    public Builder chaddr(byte[] chaddr) {
      this.hlen = check("chaddr.length", chaddr.length, CHADDR_LENGTH);
      this.chaddr = Arrays.copyOf(chaddr, CHADDR_LENGTH);
      return this;
    }

    /**
     * Sets the hardware address and its length.
     *
     * @param address up to 16 octets
     * @return this builder
     * @throws IllegalArgumentException if the address is longer
     */
    public Builder hardwareAddress(MacAddress address) {
      return chaddr(address.octets());
    }

    /**
     * Sets the name of the boot server.
     *
     * @param sname the text, written as UTF-8; at most 63 bytes can be sent; default empty
     * @return this builder
     * @throws IllegalArgumentException if the text contains a NUL
     */
    public Builder sname(String sname) {
      this.sname = fieldText("sname", sname);
      return this;
    }

    /**
     * Sets the name of the boot file.
     *
     * @param file the text, written as UTF-8; at most 127 bytes can be sent, a longer name belongs
     *     into {@link DhcpOptions#BOOT_FILE_NAME}; default empty
     * @return this builder
     * @throws IllegalArgumentException if the text contains a NUL
     */
    public Builder file(String file) {
      this.file = fieldText("file", file);
      return this;
    }

    /**
     * Sets an option, in place of the value it had.
     *
     * @param <T> the type of the value
     * @param option which one
     * @param value its value
     * @return this builder
     * @throws IllegalArgumentException if the value cannot be written, as an empty list cannot
     */
    public <T> Builder set(DhcpOption<T> option, T value) {
      put(option.code(), option.codec().encode(Objects.requireNonNull(value, "value")));
      return this;
    }

    /**
     * Sets the bytes of an option, in place of the value it had.
     *
     * @param code 1 to 254
     * @param payload any number of bytes; copied; more than 255 are sent in parts (RFC 3396)
     * @return this builder
     * @throws IllegalArgumentException if {@code code} is outside the range
     */
    public Builder setRaw(int code, byte[] payload) {
      put(DhcpOption.checkCode(code), payload.clone());
      return this;
    }

    /**
     * Takes an option out, if it is there.
     *
     * @param code which one
     * @return this builder
     */
    public Builder remove(int code) {
      for (int i = 0; i < count; i++) {
        if (codes[i] == code) {
          count--;
          System.arraycopy(codes, i + 1, codes, i, count - i);
          System.arraycopy(values, i + 1, values, i, count - i);
          break;
        }
      }
      return this;
    }

    /**
     * Makes the message. The builder can be used further.
     *
     * @return the message
     */
    public DhcpMessage build() {
      return new DhcpMessage(this);
    }

    /** Sets the whole chaddr field, padding included, without copying it. */
    Builder chaddrField(byte[] field, int length) {
      this.hlen = length;
      this.chaddr = field;
      return this;
    }

    /** Sets the field without copying it. */
    Builder snameBytes(byte[] bytes) {
      this.sname = bytes;
      return this;
    }

    /** Sets the field without copying it. */
    Builder fileBytes(byte[] bytes) {
      this.file = bytes;
      return this;
    }

    /** Sets an option without copying its payload. */
    void put(int code, byte[] payload) {
      for (int i = 0; i < count; i++) {
        if (codes[i] == code) {
          values[i] = payload;
          return;
        }
      }
      if (count == codes.length) {
        codes = Arrays.copyOf(codes, count * 2);
        values = Arrays.copyOf(values, count * 2);
      }
      codes[count] = code;
      values[count++] = payload;
    }

    private static int check(String name, int value, int max) {
      if (value < 0 || value > max) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + max + ")");
      }
      return value;
    }

    private static byte[] fieldText(String name, String text) {
      if (text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            name + ": " + Printable.text(text) + " (expected: text without NUL)");
      }
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
