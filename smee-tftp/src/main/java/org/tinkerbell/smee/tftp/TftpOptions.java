// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The options of a request or of its acknowledgement (RFC 2347): names with values, in order.
 *
 * <p>Names are compared without regard to case, and each occurs once; of a repeated one the first
 * counts. Options that nobody knows are kept. The typed accessors ({@link #blksize()} and so on)
 * return a value only if its text is a decimal number within the range of its RFC.
 *
 * <pre>{@code
 * TftpOptions asked = TftpOptions.none().withBlksize(1468).withWindowsize(16).withTsize(0);
 * }</pre>
 */
public final class TftpOptions {

  /** The block size option (RFC 2348). */
  public static final String BLKSIZE = "blksize";

  /** The transfer size option (RFC 2349). */
  public static final String TSIZE = "tsize";

  /** The timeout interval option, in seconds (RFC 2349). */
  public static final String TIMEOUT = "timeout";

  /** The window size option, in blocks (RFC 7440). */
  public static final String WINDOWSIZE = "windowsize";

  /** The smallest block size that can be negotiated. */
  static final int MIN_BLKSIZE = 8;

  /** The largest block size that can be negotiated. */
  static final int MAX_BLKSIZE = 65464;

  /** The block size without the option. */
  static final int DEFAULT_BLKSIZE = 512;

  private static final TftpOptions NONE = new TftpOptions(Map.of());

  private record Entry(String name, String value) {}

  private final Map<String, Entry> entries;

  private TftpOptions(Map<String, Entry> entries) {
    this.entries = entries;
  }

  /**
   * Returns no options.
   *
   * @return the empty list
   */
  public static TftpOptions none() {
    return NONE;
  }

  /**
   * Returns what a client on a local network should ask for: {@code tsize}, blocks of 1468 octets,
   * the most that an Ethernet frame holds, and windows of 16 of them.
   *
   * @return the options
   */
  public static TftpOptions fast() {
    return NONE.withTsize(0).withBlksize(1468).withWindowsize(16);
  }

  /**
   * Returns these options and one more, at the end; one with the same name is replaced in place.
   *
   * @param name not empty, no NUL
   * @param value no NUL
   * @return the new list
   * @throws IllegalArgumentException if a text cannot be sent
   */
  public TftpOptions with(String name, String value) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("name: " + name + " (expected: a text without NUL)");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("value: " + value + " (expected: a text without NUL)");
    }
    Map<String, Entry> copy = new LinkedHashMap<>(entries);
    copy.put(key(name), new Entry(name, value));
    return new TftpOptions(copy);
  }

  /**
   * Returns these options with a block size (RFC 2348).
   *
   * @param octets 8 to 65464
   * @return the new list
   * @throws IllegalArgumentException if the size is outside the range
   */
  public TftpOptions withBlksize(int octets) {
    return withNumber(BLKSIZE, octets, MIN_BLKSIZE, MAX_BLKSIZE);
  }

  /**
   * Returns these options with a transfer size (RFC 2349); 0 in a read request asks for it.
   *
   * @param octets the size, not negative
   * @return the new list
   * @throws IllegalArgumentException if the size is negative
   */
  public TftpOptions withTsize(long octets) {
    return withNumber(TSIZE, octets, 0, Long.MAX_VALUE);
  }

  /**
   * Returns these options with a timeout interval (RFC 2349).
   *
   * @param timeout whole seconds, 1 to 255
   * @return the new list
   * @throws IllegalArgumentException if the time is outside the range
   */
  public TftpOptions withTimeout(Duration timeout) {
    return withNumber(TIMEOUT, timeout.toSeconds(), 1, 255);
  }

  /**
   * Returns these options with a window size (RFC 7440).
   *
   * @param blocks 1 to 65535
   * @return the new list
   * @throws IllegalArgumentException if the size is outside the range
   */
  public TftpOptions withWindowsize(int blocks) {
    return withNumber(WINDOWSIZE, blocks, 1, 65535);
  }

  private TftpOptions withNumber(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
    return with(name, Long.toString(value));
  }

  /**
   * Returns these options and one more, unless there is one of that name already.
   *
   * @param name from the wire
   * @param value from the wire
   * @return the new list, or this one
   */
  TftpOptions withIfAbsent(String name, String value) {
    return entries.containsKey(key(name)) ? this : with(name, value);
  }

  /**
   * Returns the text of an option.
   *
   * @param name the name, in any case
   * @return the text as it came, or empty if there is no such option
   */
  public Optional<String> get(String name) {
    return Optional.ofNullable(entries.get(key(name))).map(Entry::value);
  }

  /**
   * Returns the names in order, spelled as they came.
   *
   * @return the names
   */
  public List<String> names() {
    List<String> names = new ArrayList<>(entries.size());
    entries.values().forEach(entry -> names.add(entry.name()));
    return List.copyOf(names);
  }

  /**
   * Tells whether there are no options at all.
   *
   * @return whether the list is empty
   */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /**
   * Returns the block size.
   *
   * @return 8 to 65464 octets, or empty if there is none or no valid one
   */
  public OptionalInt blksize() {
    return intOf(BLKSIZE, MIN_BLKSIZE, MAX_BLKSIZE);
  }

  /**
   * Returns the transfer size.
   *
   * @return the octets, not negative, or empty if there is none or no valid one
   */
  public OptionalLong tsize() {
    return number(TSIZE, 0, Long.MAX_VALUE);
  }

  /**
   * Returns the timeout interval.
   *
   * @return 1 to 255 seconds, or empty if there is none or no valid one
   */
  public Optional<Duration> timeout() {
    OptionalInt seconds = intOf(TIMEOUT, 1, 255);
    return seconds.isPresent()
        ? Optional.of(Duration.ofSeconds(seconds.getAsInt()))
        : Optional.empty();
  }

  /**
   * Returns the window size.
   *
   * @return 1 to 65535 blocks, or empty if there is none or no valid one
   */
  public OptionalInt windowsize() {
    return intOf(WINDOWSIZE, 1, 65535);
  }

  private OptionalInt intOf(String name, int min, int max) {
    OptionalLong value = number(name, min, max);
    return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
  }

  private OptionalLong number(String name, long min, long max) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return OptionalLong.empty();
    }
    String text = entry.value();
    // Digits only: Long.parseLong would also take a sign and the digits of other scripts.
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    long value = Long.parseLong(text);
    return value < min || value > max ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Compares names (without regard to case), values and order. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TftpOptions that && asList().equals(that.asList());
  }

  @Override
  public int hashCode() {
    return Objects.hash(asList());
  }

  private List<Entry> asList() {
    List<Entry> list = new ArrayList<>(entries.size());
    entries.forEach((key, entry) -> list.add(new Entry(key, entry.value())));
    return list;
  }

  /** Returns the options as {@code name=value}, separated by blanks. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    entries
        .values()
        .forEach(
            entry ->
                text.append(text.isEmpty() ? "" : " ")
                    .append(entry.name())
                    .append('=')
                    .append(entry.value()));
    return text.toString();
  }
}
