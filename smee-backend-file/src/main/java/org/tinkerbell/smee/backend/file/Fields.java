// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of one mapping by name, in any case, read as the type that is wanted.
 *
 * <p>A value of the wrong kind makes the record unusable; a missing one, or one that is null, is
 * absent. Names that nobody asks for are ignored.
 */
final class Fields {
  private final YamlNode.Mapping mapping;
  private final Map<String, YamlNode.Entry> entries = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final String owner;
  private final SharedValues shared;
  private final Problems problems;

  /**
   * Makes the view of a mapping.
   *
   * @param owner begins each problem, so that it can be found in a log: the MAC address
   */
  Fields(YamlNode.Mapping mapping, String owner, SharedValues shared, Problems problems) {
    this.mapping = mapping;
    this.owner = owner;
    this.shared = shared;
    this.problems = problems;
    // Merged entries come first.
    for (YamlNode.Entry entry : mapping.entries()) {
      YamlNode.Entry earlier = entries.put(entry.key().text(), entry);
      if (earlier != null && !earlier.merged() && !entry.merged()) {
        warn(
            entry.key(),
            YamlReader.shorten(entry.key().text())
                + " is given twice, first in line "
                + earlier.key().line()
                + "; this one is used");
      }
    }
  }

  /** Returns where the mapping begins. */
  YamlNode place() {
    return mapping;
  }

  /** Tells of something that is left out or replaced. */
  void warn(YamlNode place, String text) {
    problems.add(place, owner + ": " + text);
  }

  /** Returns a value of any kind, or null if it is absent. */
  @Nullable YamlNode node(String name) {
    YamlNode.Entry entry = entries.get(name);
    return entry == null || entry.value().isNull() ? null : entry.value();
  }

  /** Returns a single value, or null if it is absent. */
  YamlNode.@Nullable Scalar scalar(String name) throws BadRecordException {
    YamlNode node = node(name);
    if (node == null) {
      return null;
    }
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar;
    }
    throw new BadRecordException(node, name + " takes a single value, not " + node.kind());
  }

  /** Hands the source text of a value over, if there is one. */
  void text(String name, Consumer<String> target) throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    if (scalar != null) {
      target.accept(scalar.text());
    }
  }

  /** Returns the source text of a value, if there is one that is not empty. */
  Optional<String> text(String name) throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    return scalar == null || scalar.text().isEmpty()
        ? Optional.empty()
        : Optional.of(scalar.text());
  }

  /** Returns a truth value; false if it is absent. */
  boolean bool(String name) throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    if (scalar == null) {
      return false;
    }
    return ScalarText.bool(scalar.text())
        .orElseThrow(() -> bad(scalar, name, scalar, "neither true nor false"));
  }

  /** Returns a whole number, if there is one. */
  OptionalLong integer(String name) throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    if (scalar == null) {
      return OptionalLong.empty();
    }
    OptionalLong value = ScalarText.integer(scalar.text());
    if (value.isEmpty()) {
      throw bad(scalar, name, scalar, "not a whole number");
    }
    return value;
  }

  /** Hands an address over; tells of one that is none and goes on without it. */
  void addressOrWarn(String name, Consumer<InetAddress> target) throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    if (scalar == null || scalar.text().isEmpty()) {
      return;
    }
    shared
        .ipAddress(scalar.text())
        .ifPresentOrElse(
            target,
            () -> warn(scalar, quote(name, scalar) + " is not an IP address; it is left out"));
  }

  /** Returns the texts of a list, or of a single value in its place. */
  List<String> texts(String name) throws BadRecordException {
    List<String> texts = new ArrayList<>();
    for (YamlNode.Scalar item : items(name)) {
      texts.add(item.text());
    }
    return texts;
  }

  /** Returns the addresses of a list; tells of those that are none and goes on without them. */
  List<InetAddress> addresses(String name) throws BadRecordException {
    List<InetAddress> addresses = new ArrayList<>();
    for (YamlNode.Scalar item : items(name)) {
      shared
          .ipAddress(item.text())
          .ifPresentOrElse(
              addresses::add,
              () -> warn(item, quote(name, item) + " is not an IP address; it is left out"));
    }
    return addresses;
  }

  private List<YamlNode.Scalar> items(String name) throws BadRecordException {
    YamlNode node = node(name);
    if (node == null) {
      return List.of();
    }
    if (node instanceof YamlNode.Scalar scalar) {
      return scalar.text().isEmpty() ? List.of() : List.of(scalar);
    }
    if (!(node instanceof YamlNode.Sequence sequence)) {
      throw new BadRecordException(node, name + " takes a list, not " + node.kind());
    }
    List<YamlNode.Scalar> items = new ArrayList<>(sequence.items().size());
    for (YamlNode item : sequence.items()) {
      if (!(item instanceof YamlNode.Scalar scalar)) {
        throw new BadRecordException(item, name + " takes single values, not " + item.kind());
      }
      if (!item.isNull()) {
        items.add(scalar);
      }
    }
    return items;
  }

  /** Returns a URL or a relative reference, if there is one that is not empty. */
  Optional<URI> uri(String name) throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    if (scalar == null || scalar.text().isEmpty()) {
      return Optional.empty();
    }
    // Not quoted: a URL may hold a password.
    return Optional.of(
        shared
            .url(scalar.text())
            .orElseThrow(() -> new BadRecordException(scalar, name + " is not a URL")));
  }

  /** Returns the view of a mapping within this one, if there is one. */
  Optional<Fields> fields(String name) throws BadRecordException {
    YamlNode node = node(name);
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof YamlNode.Mapping inner) {
      return Optional.of(new Fields(inner, owner, shared, problems));
    }
    throw new BadRecordException(node, name + " takes a mapping, not " + node.kind());
  }

  /** Returns one value per mapping of a list. */
  <T> List<T> eachOf(String name, Reader<T> reader) throws BadRecordException {
    YamlNode node = node(name);
    if (node == null) {
      return List.of();
    }
    if (!(node instanceof YamlNode.Sequence sequence)) {
      throw new BadRecordException(node, name + " takes a list, not " + node.kind());
    }
    List<T> values = new ArrayList<>();
    for (YamlNode item : sequence.items()) {
      if (!(item instanceof YamlNode.Mapping inner)) {
        throw new BadRecordException(item, name + " takes mappings, not " + item.kind());
      }
      values.add(reader.read(new Fields(inner, owner, shared, problems)));
    }
    return values;
  }

  /** Reads a required value. */
  <T> T required(String name, Function<String, Optional<T>> parser, String expected)
      throws BadRecordException {
    YamlNode.Scalar scalar = scalar(name);
    if (scalar == null) {
      throw new BadRecordException(mapping, name + " is missing");
    }
    return parser
        .apply(scalar.text())
        .orElseThrow(() -> bad(scalar, name, scalar, "not " + expected));
  }

  private static BadRecordException bad(
      YamlNode place, String name, YamlNode.Scalar value, String what) {
    return new BadRecordException(place, quote(name, value) + " is " + what);
  }

  private static String quote(String name, YamlNode.Scalar value) {
    String text = value.text().length() > 40 ? value.text().substring(0, 40) : value.text();
    return name + " \"" + YamlReader.shorten(text) + "\"";
  }

  /** Makes a value of a mapping. */
  interface Reader<T> {
    T read(Fields fields) throws BadRecordException;
  }
}
