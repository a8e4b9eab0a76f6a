// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Options within an option: relay agent information (82), vendor-specific information (43), iPXE's
 * options (175). A code, a length and a value each, without End.
 *
 * <p>{@link Relay}, {@link Pxe} and {@link Ipxe} have the usual ones. Immutable. Unknown ones and
 * repetitions are kept; the first of a code counts.
 */
public final class SubOptions {

  private static final int MAX_VALUE = 255;
  private static final int PAD = 0;
  private static final int END = 255;

  private final int[] codes;
  private final byte[][] values;
  private final boolean whole;

  private SubOptions(List<Integer> codes, List<byte[]> values, boolean whole) {
    this.codes = codes.stream().mapToInt(Integer::intValue).toArray();
    this.values = values.toArray(byte[][]::new);
    this.whole = whole;
  }

  /** Sub-options of relay agents, within {@link DhcpOptions#RELAY_AGENT_INFORMATION}. */
  public static final class Relay {

    /** The port or line the client is at; opaque (RFC 3046 §3.1). */
    public static final DhcpOption<byte[]> CIRCUIT_ID =
        DhcpOption.define(1, "Agent Circuit ID", OptionCodecs.bytes());

    /** The relay, or the far end of the line; opaque (RFC 3046 §3.2). */
    public static final DhcpOption<byte[]> REMOTE_ID =
        DhcpOption.define(2, "Agent Remote ID", OptionCodecs.bytes());

    /** The client's network where {@code giaddr} is not in it (RFC 3527 §3). */
    public static final DhcpOption<Inet4Address> LINK_SELECTION =
        DhcpOption.define(5, "Link Selection", OptionCodecs.address());

    /** The customer, as text (RFC 3993 §3). */
    public static final DhcpOption<String> SUBSCRIBER_ID =
        DhcpOption.define(6, "Subscriber-ID", OptionCodecs.text());

    /** What clients are to take for the server's address (RFC 5107 §4). */
    public static final DhcpOption<Inet4Address> SERVER_IDENTIFIER_OVERRIDE =
        DhcpOption.define(11, "Server Identifier Override", OptionCodecs.address());

    /** Of length 0: the relay listens at the port that it sent from (RFC 8357 §5.1). */
    public static final DhcpOption<byte[]> SOURCE_PORT =
        DhcpOption.define(19, "DHCPv4 Relay Source Port", OptionCodecs.bytes());

    private Relay() {}
  }

  /** Sub-options of PXE (PXE 2.1 §2.2.5), within {@link DhcpOptions#VENDOR_SPECIFIC}. */
  public static final class Pxe {

    /** Bits: 0 no broadcasts, 1 no multicasts, 2 listed servers only, 3 boot the named file. */
    public static final DhcpOption<Integer> DISCOVERY_CONTROL =
        DhcpOption.define(6, "PXE Discovery Control", OptionCodecs.uint8());

    /** For each server type: type (2 octets), number of addresses (1), addresses. */
    public static final DhcpOption<byte[]> BOOT_SERVERS =
        DhcpOption.define(8, "PXE Boot Servers", OptionCodecs.bytes());

    /** For each entry: server type (2 octets), length of the text (1), text. */
    public static final DhcpOption<byte[]> BOOT_MENU =
        DhcpOption.define(9, "PXE Boot Menu", OptionCodecs.bytes());

    /** Seconds until the first entry is taken (1 octet), text. */
    public static final DhcpOption<byte[]> MENU_PROMPT =
        DhcpOption.define(10, "PXE Menu Prompt", OptionCodecs.bytes());

    /** Server type and layer, 2 octets each. */
    public static final DhcpOption<byte[]> BOOT_ITEM =
        DhcpOption.define(71, "PXE Boot Item", OptionCodecs.bytes());

    private Pxe() {}
  }

  /** Sub-options of iPXE, within {@link DhcpOptions#IPXE_ENCAPSULATED}. */
  public static final class Ipxe {

    /** From a client, 1: it can fetch {@code http} URLs. */
    public static final DhcpOption<Integer> HTTP =
        DhcpOption.define(19, "iPXE HTTP", OptionCodecs.uint8());

    /** From a client, 1: it can fetch {@code https} URLs. */
    public static final DhcpOption<Integer> HTTPS =
        DhcpOption.define(20, "iPXE HTTPS", OptionCodecs.uint8());

    /** From a client, 1: it can fetch {@code tftp} URLs. */
    public static final DhcpOption<Integer> TFTP =
        DhcpOption.define(21, "iPXE TFTP", OptionCodecs.uint8());

    /** To a client, 1: it need not wait for a proxyDHCP server. */
    public static final DhcpOption<Integer> NO_PROXY =
        DhcpOption.define(176, "iPXE no-pxedhcp", OptionCodecs.uint8());

    /** From a client: its version, 3 octets. */
    public static final DhcpOption<byte[]> VERSION =
        DhcpOption.define(235, "iPXE Version", OptionCodecs.bytes());

    private Ipxe() {}
  }

  /**
   * Reads sub-options as far as they go. Pads (0) are skipped and End (255) ends them, as vendors
   * write them (RFC 2132 §8.4).
   *
   * @param payload the payload of an option; may be empty or malformed
   * @return those before the first that is malformed
   */
  public static SubOptions read(byte[] payload) {
    return read(payload, true);
  }

  /**
   * Reads the sub-options of a relay agent as far as they go: without pads and End (RFC 3046 §2.0).
   *
   * @param payload the payload of option 82; may be empty or malformed
   * @return those before the first that is malformed
   */
  public static SubOptions readRelay(byte[] payload) {
    return read(payload, false);
  }

  private static SubOptions read(byte[] payload, boolean padded) {
    List<Integer> codes = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    int at = 0;
    while (at < payload.length) {
      int code = payload[at] & 0xff;
      if (padded && code == PAD) {
        at++;
        continue;
      }
      if (padded && code == END) {
        break;
      }
      int length = at + 1 < payload.length ? payload[at + 1] & 0xff : MAX_VALUE + 1;
      if (length > payload.length - at - 2) {
        return new SubOptions(codes, values, false);
      }
      codes.add(code);
      values.add(Arrays.copyOfRange(payload, at + 2, at + 2 + length));
      at += 2 + length;
    }
    return new SubOptions(codes, values, true);
  }

  /**
   * Starts an empty list.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Tells whether all that was read was well-formed.
   *
   * @return false if something at the end was left out
   */
  public boolean isWhole() {
    return whole;
  }

  /**
   * Returns the codes.
   *
   * @return in the order they came or were set
   */
  public List<Integer> codes() {
    return Arrays.stream(codes).boxed().toList();
  }

  /**
   * Tells whether a sub-option is there, even with length 0.
   *
   * @param code which one
   * @return whether it is
   */
  public boolean has(int code) {
    return indexOf(code) >= 0;
  }

  /**
   * Returns the value of a sub-option.
   *
   * @param <T> the type of the value
   * @param option which one
   * @return the value, or empty if it is missing, has length 0 or does not fit its type
   */
  public <T> Optional<T> get(DhcpOption<T> option) {
    return raw(option.code()).filter(value -> value.length > 0).flatMap(option.codec()::decode);
  }

  /**
   * Returns the bytes of a sub-option.
   *
   * @param code which one
   * @return a copy; empty if it is missing
   */
  public Optional<byte[]> raw(int code) {
    int index = indexOf(code);
    return index < 0 ? Optional.empty() : Optional.of(values[index].clone());
  }

  private int indexOf(int code) {
    for (int i = 0; i < codes.length; i++) {
      if (codes[i] == code) {
        return i;
      }
    }
    return -1;
  }

  byte[] encode() {
    if (codes.length == 0) {
      throw new IllegalArgumentException("sub-options: none (expected: at least one)");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    for (int i = 0; i < codes.length; i++) {
      out.write(codes[i]);
      out.write(values[i].length);
      out.writeBytes(values[i]);
    }
    return out.toByteArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubOptions that
        && Arrays.equals(codes, that.codes)
        && Arrays.deepEquals(values, that.values)
        && whole == that.whole;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(codes) + Arrays.deepHashCode(values);
  }

  /** Returns the codes and values, for example {@code 1=65746830,2=aabb}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < codes.length; i++) {
      text.append(i == 0 ? "" : ",")
          .append(codes[i])
          .append('=')
          .append(HexFormat.of().formatHex(values[i]));
    }
    return text.toString();
  }

  /** Collects sub-options. Not safe for use by several threads. */
  public static final class Builder {

    private final List<Integer> codes = new ArrayList<>();
    private final List<byte[]> values = new ArrayList<>();

    private Builder() {}

    /**
     * Sets a sub-option, in its old place if it is there already.
     *
     * @param <T> the type of the value
     * @param option which one
     * @param value its value
     * @return this builder
     * @throws IllegalArgumentException if the value cannot be written, or not in 255 bytes
     */
    public <T> Builder set(DhcpOption<T> option, T value) {
      return put(option.code(), option.codec().encode(Objects.requireNonNull(value, "value")));
    }

    /**
     * Sets a sub-option, in its old place if it is there already.
     *
     * @param code which one, 1 to 254
     * @param value its bytes, at most 255
     * @return this builder
     * @throws IllegalArgumentException if the code is outside the range or the value too long
     */
    public Builder setRaw(int code, byte[] value) {
      return put(DhcpOption.checkCode(code), value.clone());
    }

    private Builder put(int code, byte[] value) {
      if (value.length > MAX_VALUE) {
        throw new IllegalArgumentException(
            "sub-option " + code + ": " + value.length + " bytes (expected: at most 255)");
      }
      int index = codes.indexOf(code);
      if (index < 0) {
        codes.add(code);
        values.add(value);
      } else {
        values.set(index, value);
      }
      return this;
    }

    /**
     * Makes the list. The builder can go on.
     *
     * @return the sub-options; an empty list cannot be written
     */
    public SubOptions build() {
      return new SubOptions(codes, values, true);
    }
  }
}
