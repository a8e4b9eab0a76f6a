// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What must hold for any datagram, called by the fuzzer for each one that it makes up, see {@link
 * FuzzIT}. Plain checks instead of assertions of a library, which the fuzzer would explore, too.
 */
public final class CodecFuzzTarget {

  /** What reading may allocate: the message's parts and copies of its payloads. */
  private static final long BASE_BYTES = 64 * 1024;

  private static final long BYTES_PER_BYTE = 64;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private CodecFuzzTarget() {}

  /** Returns what the fuzzer starts from: messages of real clients, and golden replies. */
  static List<byte[]> seeds() {
    return Stream.concat(Packets.captured().stream(), Packets.goldenReplies().stream())
        .map(Packets.Captured::bytes)
        .toList();
  }

  /** The fuzzer's entry. */
  public static void fuzzerTestOneInput(byte[] datagram) {
    byte[] before = datagram.clone();
    DhcpMessage lenient = read(datagram, DecodeOptions.lenient());
    DhcpMessage strict = read(datagram, DecodeOptions.strict());
    check(Arrays.equals(before, datagram), "the datagram was changed", datagram);
    if (lenient == null) {
      check(strict == null, "what is refused leniently is accepted strictly", datagram);
      return;
    }
    check(strict == null || strict.equals(lenient), "two readings of one datagram", datagram);
    use(lenient);
    if (lenient.snameBytes().length <= 63 && lenient.fileBytes().length <= 127) {
      writeAndReadAgain(lenient, datagram);
    }
  }

  private static DhcpMessage read(byte[] datagram, DecodeOptions options) {
    DhcpMessage message = decode(datagram, options);
    long limit = BASE_BYTES + BYTES_PER_BYTE * datagram.length;
    long allocated = allocatedBy(datagram, options);
    if (allocated > limit) {
      // The first reading of its kind may load classes, on the account of this thread.
      allocated = allocatedBy(datagram, options);
    }
    check(allocated <= limit, allocated + " bytes allocated", datagram);
    return message;
  }

  private static long allocatedBy(byte[] datagram, DecodeOptions options) {
    long start = THREADS.getCurrentThreadAllocatedBytes();
    decode(datagram, options);
    return THREADS.getCurrentThreadAllocatedBytes() - start;
  }

  private static DhcpMessage decode(byte[] datagram, DecodeOptions options) {
    try {
      return DhcpCodec.decode(datagram, options);
    } catch (DhcpDecodeException e) {
      check(e.offset() >= 0 && e.offset() <= datagram.length, "offset " + e.offset(), datagram);
      check(!e.reason().isEmpty(), "no reason", datagram);
      return null;
    }
  }

  /** Calls everything that looks into a message; none of it may fail. */
  private static void use(DhcpMessage message) {
    String text = message.toText();
    long lines = text.chars().filter(c -> c == '\n').count();
    check(lines == 7L + message.optionCodes().size(), "lines of " + text, new byte[0]);
    check(text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c != 0x7f)), text, new byte[0]);
    check(!message.toString().isEmpty(), "toString", new byte[0]);
    check(message.equals(message.toBuilder().build()), "copy of " + message, new byte[0]);
    message.hardwareAddress();
    for (int code : message.optionCodes()) {
      DhcpOptions.byCode(code).ifPresent(option -> typed(message, option));
    }
  }

  /** What an option's type makes of a payload can be written, and is then read alike. */
  private static <T> void typed(DhcpMessage message, DhcpOption<T> option) {
    message
        .get(option)
        .ifPresent(
            value -> {
              DhcpMessage again;
              try {
                again = message.toBuilder().set(option, value).build();
              } catch (IllegalArgumentException e) {
                // Names that were not text before are longer with replacement characters.
                check(option.equals(DhcpOptions.DOMAIN_SEARCH), e.getMessage(), new byte[0]);
                return;
              }
              String text = option.format(message.raw(option.code()).orElseThrow()).orElseThrow();
              String textAgain =
                  option.format(again.raw(option.code()).orElseThrow()).orElse("unreadable");
              check(text.equals(textAgain), option + ": " + text + "|" + textAgain, new byte[0]);
            });
  }

  private static void writeAndReadAgain(DhcpMessage message, byte[] datagram) {
    byte[] written;
    try {
      written = DhcpCodec.encode(message);
    } catch (IllegalArgumentException e) {
      // Parts with few bytes become fewer, so this can only be a datagram at the limit.
      check(datagram.length > 60_000, String.valueOf(e.getMessage()), datagram);
      return;
    }
    DhcpMessage again = readBack(written, datagram);
    check(sorted(message).equals(sorted(again)), message.toText() + "|" + again.toText(), datagram);
    check(Arrays.equals(written, DhcpCodec.encode(again)), "written differently", datagram);
    List<Integer> order = message.get(DhcpOptions.PARAMETER_REQUEST_LIST).orElse(List.of(82, 255));
    for (int maxBytes : new int[] {300, EncodeOptions.forRequest(message).maxBytes()}) {
      byte[] small = DhcpCodec.encode(message, new EncodeOptions(maxBytes, order));
      check(small.length <= written.length, "longer than without overload", datagram);
      check(sorted(message).equals(sorted(readBack(small, datagram))), "overloaded", datagram);
    }
  }

  private static DhcpMessage readBack(byte[] written, byte[] datagram) {
    try {
      return DhcpCodec.decode(written);
    } catch (DhcpDecodeException e) {
      check(false, "what was written cannot be read: " + e.getMessage(), datagram);
      throw new AssertionError(e);
    }
  }

  /** Returns the message with its options in a fixed order: writing sorts them. */
  private static DhcpMessage sorted(DhcpMessage message) {
    DhcpMessage.Builder builder = message.toBuilder();
    message.optionCodes().forEach(builder::remove);
    message.optionCodes().stream()
        .sorted()
        .forEach(code -> builder.setRaw(code, message.raw(code).orElseThrow()));
    return builder.build();
  }

  private static void check(boolean holds, String what, byte[] datagram) {
    if (!holds) {
      throw new IllegalStateException(what + ": " + HexFormat.of().formatHex(datagram));
    }
  }
}
