// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tinkerbell.smee.backend.ClasslessRoute;

/** The {@linkplain OptionCodec codecs} of the value types that occur in options. */
public final class OptionCodecs {

  private static final OptionCodec<byte[]> BYTES =
      of(bytes -> Optional.of(bytes), byte[]::clone, HexFormat.of()::formatHex);

  private static final OptionCodec<String> TEXT =
      of(OptionCodecs::readText, OptionCodecs::writeText, Function.identity());

  private static final OptionCodec<Inet4Address> ADDRESS =
      of(
          bytes -> bytes.length == 4 ? Optional.of(Ip4.read(bytes, 0)) : Optional.empty(),
          Inet4Address::getAddress,
          Inet4Address::getHostAddress);

  private static final OptionCodec<List<Inet4Address>> ADDRESSES =
      of(
          OptionCodecs::readAddresses,
          OptionCodecs::writeAddresses,
          list -> list.stream().map(Inet4Address::getHostAddress).collect(Collectors.joining(",")));

  private static final OptionCodec<Integer> UINT8 =
      of(
          bytes -> bytes.length == 1 ? Optional.of(bytes[0] & 0xff) : Optional.empty(),
          value -> new byte[] {(byte) inRange(value, 0xff)},
          String::valueOf);

  private static final OptionCodec<Integer> UINT16 =
      of(
          bytes -> bytes.length == 2 ? Optional.of(uint16(bytes, 0)) : Optional.empty(),
          value -> new byte[] {(byte) (inRange(value, 0xffff) >> 8), (byte) (int) value},
          String::valueOf);

  private static final OptionCodec<Long> UINT32 =
      of(
          bytes ->
              bytes.length == 4
                  ? Optional.of((long) uint16(bytes, 0) << 16 | uint16(bytes, 2))
                  : Optional.empty(),
          OptionCodecs::writeUint32,
          String::valueOf);

  private static final OptionCodec<List<Integer>> UINT8_LIST =
      of(OptionCodecs::readUint8List, OptionCodecs::writeUint8List, OptionCodecs::joined);

  private static final OptionCodec<List<Integer>> UINT16_LIST =
      of(OptionCodecs::readUint16List, OptionCodecs::writeUint16List, OptionCodecs::joined);

  private static final OptionCodec<DhcpMessageType> MESSAGE_TYPE =
      of(
          bytes ->
              bytes.length == 1
                  ? Optional.of(DhcpMessageType.of(bytes[0] & 0xff))
                  : Optional.empty(),
          type -> new byte[] {(byte) type.code()},
          DhcpMessageType::toString);

  private static final OptionCodec<List<String>> DOMAIN_NAMES =
      of(DomainNames::read, DomainNames::write, names -> String.join(",", names));

  private static final OptionCodec<List<ClasslessRoute>> ROUTES =
      of(
          ClasslessRoutes::read,
          ClasslessRoutes::write,
          routes -> routes.stream().map(ClasslessRoute::toString).collect(Collectors.joining(",")));

  private static final OptionCodec<UserClass> USER_CLASS =
      of(bytes -> Optional.of(UserClass.read(bytes)), UserClass::encode, UserClass::toString);

  private static final OptionCodec<SubOptions> SUB_OPTIONS = subOptions(SubOptions::read);

  private static final OptionCodec<SubOptions> RELAY_SUB_OPTIONS =
      subOptions(SubOptions::readRelay);

  private OptionCodecs() {}

  /**
   * Makes a codec of three functions.
   *
   * @param <T> the type of the value
   * @param decode reads a value, see {@link OptionCodec#decode}
   * @param encode writes a value, see {@link OptionCodec#encode}
   * @param format renders a value, see {@link OptionCodec#format}
   * @return the codec
   */
  public static <T> OptionCodec<T> of(
      Function<byte[], Optional<T>> decode,
      Function<T, byte[]> encode,
      Function<T, String> format) {
    return new OptionCodec<>() {
      @Override
      public Optional<T> decode(byte[] bytes) {
        return decode.apply(bytes);
      }

      @Override
      public byte[] encode(T value) {
        return encode.apply(value);
      }

      @Override
      public String format(T value) {
        return format.apply(value);
      }
    };
  }

  /**
   * Returns the codec of bytes without a meaning of their own.
   *
   * @return the codec; it copies on the way in and out
   */
  public static OptionCodec<byte[]> bytes() {
    return BYTES;
  }

  /**
   * Returns the codec of text.
   *
   * <p>Written as UTF-8 without NUL; trailing NULs of received text are taken off (RFC 2132 §2).
   * Bytes that are not UTF-8 read as replacement characters; {@link DhcpMessage#raw} has them
   * unchanged.
   *
   * @return the codec
   */
  public static OptionCodec<String> text() {
    return TEXT;
  }

  /**
   * Returns the codec of one IPv4 address.
   *
   * @return the codec; 4 bytes
   */
  public static OptionCodec<Inet4Address> address() {
    return ADDRESS;
  }

  /**
   * Returns the codec of a list of IPv4 addresses, at least one.
   *
   * @return the codec; a multiple of 4 bytes
   */
  public static OptionCodec<List<Inet4Address>> addresses() {
    return ADDRESSES;
  }

  /**
   * Returns the codec of a number from 0 to 255.
   *
   * @return the codec; 1 byte
   */
  public static OptionCodec<Integer> uint8() {
    return UINT8;
  }

  /**
   * Returns the codec of a number from 0 to 65535.
   *
   * @return the codec; 2 bytes
   */
  public static OptionCodec<Integer> uint16() {
    return UINT16;
  }

  /**
   * Returns the codec of a number from 0 to 4294967295.
   *
   * @return the codec; 4 bytes
   */
  public static OptionCodec<Long> uint32() {
    return UINT32;
  }

  /**
   * Returns the codec of a list of numbers from 0 to 255, at least one.
   *
   * @return the codec; 1 byte each
   */
  public static OptionCodec<List<Integer>> uint8List() {
    return UINT8_LIST;
  }

  /**
   * Returns the codec of a list of numbers from 0 to 65535, at least one.
   *
   * @return the codec; 2 bytes each, an odd length reads as absent
   */
  public static OptionCodec<List<Integer>> uint16List() {
    return UINT16_LIST;
  }

  /**
   * Returns the codec of the message type.
   *
   * @return the codec; 1 byte
   */
  public static OptionCodec<DhcpMessageType> messageType() {
    return MESSAGE_TYPE;
  }

  /**
   * Returns the codec of a list of domain names (RFC 3397 §2, RFC 1035 §4.1.4).
   *
   * <p>Reads compressed names, writes without compression. Names come without the final dot; one
   * given with it is written the same. A name with an empty label, a label over 63 octets or more
   * than 255 octets in all is refused.
   *
   * @return the codec
   */
  public static OptionCodec<List<String>> domainNames() {
    return DOMAIN_NAMES;
  }

  /**
   * Returns the codec of classless static routes (RFC 3442).
   *
   * @return the codec; bits of a destination beyond its prefix are read and written as zero
   */
  public static OptionCodec<List<ClasslessRoute>> routes() {
    return ROUTES;
  }

  /**
   * Returns the codec of the user class (RFC 3004 §4), in both of its forms.
   *
   * @return the codec
   */
  public static OptionCodec<UserClass> userClass() {
    return USER_CLASS;
  }

  /**
   * Returns the codec of encapsulated options (RFC 2132 §8.4).
   *
   * <p>A payload that is not one code, length and value after the other reads as absent; {@link
   * SubOptions#read} has what comes before the fault.
   *
   * @return the codec; at least one sub-option, written without End
   */
  public static OptionCodec<SubOptions> subOptions() {
    return SUB_OPTIONS;
  }

  /**
   * Returns the codec of the sub-options of a relay agent (RFC 3046 §2.0).
   *
   * @return the codec; at least one sub-option, neither pads nor End
   */
  public static OptionCodec<SubOptions> relaySubOptions() {
    return RELAY_SUB_OPTIONS;
  }

  private static OptionCodec<SubOptions> subOptions(Function<byte[], SubOptions> read) {
    return of(
        bytes ->
            Optional.of(read.apply(bytes))
                .filter(list -> list.isWhole() && !list.codes().isEmpty()),
        SubOptions::encode,
        SubOptions::toString);
  }

  private static Optional<String> readText(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    return length == 0
        ? Optional.empty()
        : Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8));
  }

  private static byte[] writeText(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<List<Inet4Address>> readAddresses(byte[] bytes) {
    if (bytes.length == 0 || bytes.length % 4 != 0) {
      return Optional.empty();
    }
    List<Inet4Address> addresses = new ArrayList<>(bytes.length / 4);
    for (int i = 0; i < bytes.length; i += 4) {
      addresses.add(Ip4.read(bytes, i));
    }
    return Optional.of(List.copyOf(addresses));
  }

  private static byte[] writeAddresses(List<Inet4Address> addresses) {
    notEmpty(addresses);
    byte[] bytes = new byte[addresses.size() * 4];
    for (int i = 0; i < addresses.size(); i++) {
      System.arraycopy(addresses.get(i).getAddress(), 0, bytes, i * 4, 4);
    }
    return bytes;
  }

  private static byte[] writeUint32(Long value) {
    if (value < 0 || value > 0xffffffffL) {
      throw new IllegalArgumentException("value: " + value + " (expected: 0 to 4294967295)");
    }
    int bits = value.intValue();
    return new byte[] {
      (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
    };
  }

  private static Optional<List<Integer>> readUint8List(byte[] bytes) {
    if (bytes.length == 0) {
      return Optional.empty();
    }
    List<Integer> values = new ArrayList<>(bytes.length);
    for (byte b : bytes) {
      values.add(b & 0xff);
    }
    return Optional.of(List.copyOf(values));
  }

  private static byte[] writeUint8List(List<Integer> values) {
    notEmpty(values);
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) inRange(values.get(i), 0xff);
    }
    return bytes;
  }

  private static Optional<List<Integer>> readUint16List(byte[] bytes) {
    if (bytes.length == 0 || bytes.length % 2 != 0) {
      return Optional.empty();
    }
    List<Integer> values = new ArrayList<>(bytes.length / 2);
    for (int i = 0; i < bytes.length; i += 2) {
      values.add(uint16(bytes, i));
    }
    return Optional.of(List.copyOf(values));
  }

  private static byte[] writeUint16List(List<Integer> values) {
    notEmpty(values);
    byte[] bytes = new byte[values.size() * 2];
    for (int i = 0; i < values.size(); i++) {
      int value = inRange(values.get(i), 0xffff);
      bytes[2 * i] = (byte) (value >> 8);
      bytes[2 * i + 1] = (byte) value;
    }
    return bytes;
  }

  private static String joined(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static void notEmpty(List<?> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("values: none (expected: at least one)");
    }
  }

  private static int inRange(int value, int max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException("value: " + value + " (expected: 0 to " + max + ")");
    }
    return value;
  }

  private static int uint16(byte[] bytes, int offset) {
    return (bytes[offset] & 0xff) << 8 | (bytes[offset + 1] & 0xff);
  }
}
