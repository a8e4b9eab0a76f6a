// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.HardwareObjects;

/** Reads Kubernetes objects of kind {@code Hardware} and lists of them. */
final class HardwareObjectReader {
  static final String KIND = "kind";
  static final String ITEMS = "items";
  private static final Pattern STEP = Pattern.compile("([^.\\[]+)|\\[([0-9]{1,9})]");

  private final List<HardwareEntry> entries;
  private final Problems problems;

  HardwareObjectReader(List<HardwareEntry> entries, Problems problems) {
    this.entries = entries;
    this.problems = problems;
  }

  /** Adds the interfaces of an object, or of each object of a list. */
  void read(YamlNode node) {
    if (!(node instanceof YamlNode.Mapping object)) {
      problems.add(node, "a Hardware object is expected, not " + node.kind() + "; skipped");
      return;
    }
    String kind = text(find(object, KIND), "Hardware");
    if (kind.equals("List") || kind.equals("HardwareList")) {
      if (find(object, ITEMS) instanceof YamlNode.Sequence items) {
        items.items().forEach(this::read);
      }
    } else if (kind.equals("Hardware")) {
      convert(object);
    } else {
      problems.add(
          object, "an object of kind " + YamlReader.shorten(kind) + " is no Hardware; skipped");
    }
  }

  private void convert(YamlNode.Mapping object) {
    @Nullable Object tree = new Tree(object).of(object);
    if (!(tree instanceof Map<?, ?> map)) {
      throw new AssertionError("a mapping gives a map");
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    map.forEach((key, value) -> fields.put((String) key, value));
    HardwareObjects.Conversion conversion = HardwareObjects.convert(fields);
    for (HardwareRecord hardware : conversion.records()) {
      YamlNode place = place(object, hardware.macAddress());
      entries.add(HardwareEntry.usable(hardware, true, place.line(), place.column()));
    }
    String name = conversion.name().isEmpty() ? "Hardware" : conversion.name();
    for (HardwareObjects.Problem problem : conversion.problems()) {
      YamlNode place = place(object, problem.path());
      problems.add(place, YamlReader.shorten(name) + ": " + problem);
      if (problem.unusable()) {
        entries.add(
            new HardwareEntry(
                problem.macAddress(),
                problem.ipAddress(),
                new LookupResult.Unusable(problem + " (line " + place.line() + ")"),
                true,
                place.line(),
                place.column()));
      }
    }
  }

  /** Follows a path such as {@code spec.interfaces[0].dhcp.mac} as far as it goes. */
  private static YamlNode place(YamlNode.Mapping object, String path) {
    YamlNode node = object;
    Matcher steps = STEP.matcher(path);
    while (steps.find()) {
      @Nullable YamlNode next = null;
      if (steps.group(1) != null && node instanceof YamlNode.Mapping mapping) {
        next = find(mapping, steps.group(1));
      } else if (steps.group(2) != null && node instanceof YamlNode.Sequence sequence) {
        int index = Integer.parseInt(steps.group(2));
        next = index < sequence.items().size() ? sequence.items().get(index) : null;
      }
      if (next == null) {
        return node;
      }
      node = next;
    }
    return node;
  }

  /** Finds the interface of an address, so that a duplicate can be found in the file. */
  private static YamlNode place(YamlNode.Mapping object, MacAddress mac) {
    if (!(find(object, "spec") instanceof YamlNode.Mapping spec)) {
      return object;
    }
    if (find(spec, "networkInterfaces") instanceof YamlNode.Mapping interfaces) {
      for (YamlNode.Entry entry : interfaces.entries()) {
        if (MacAddress.tryParse(entry.key().text()).filter(mac::equals).isPresent()) {
          return entry.key();
        }
      }
    }
    if (find(spec, "interfaces") instanceof YamlNode.Sequence interfaces) {
      if (interfaces.items().size() == 1) {
        return interfaces.items().get(0);
      }
      for (YamlNode item : interfaces.items()) {
        if (item instanceof YamlNode.Mapping one
            && find(one, "dhcp") instanceof YamlNode.Mapping dhcp
            && MacAddress.tryParse(text(find(dhcp, "mac"), "")).filter(mac::equals).isPresent()) {
          return item;
        }
      }
    }
    return object;
  }

  private static @Nullable YamlNode find(YamlNode.Mapping mapping, String name) {
    @Nullable YamlNode otherCase = null;
    for (int i = mapping.entries().size() - 1; i >= 0; i--) {
      YamlNode.Entry entry = mapping.entries().get(i);
      if (entry.key().text().equals(name)) {
        return entry.value();
      }
      if (otherCase == null && entry.key().text().equalsIgnoreCase(name)) {
        otherCase = entry.value();
      }
    }
    return otherCase;
  }

  private static String text(@Nullable YamlNode node, String otherwise) {
    return node instanceof YamlNode.Scalar scalar && !node.isNull() ? scalar.text() : otherwise;
  }

  /**
   * Makes maps, lists and texts of nodes. Scalars stay the text they are, so that it depends on the
   * field whether {@code 030} is a number. In a large tree a node with several aliases becomes one
   * value.
   */
  private static final class Tree {
    /** Of this many nodes, aliases followed, it does not matter how many are the same. */
    private static final int SMALL = 1000;

    private final @Nullable IdentityHashMap<YamlNode, Object> made;

    Tree(YamlNode root) {
      made = root.weight() > SMALL ? new IdentityHashMap<>() : null;
    }

    @Nullable Object of(YamlNode node) {
      if (node instanceof YamlNode.Scalar scalar) {
        return node.isNull() ? null : scalar.text();
      }
      @Nullable Object known = made == null ? null : made.get(node);
      if (known != null) {
        return known;
      }
      Object value;
      if (node instanceof YamlNode.Mapping mapping) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
          map.put(entry.key().text(), of(entry.value()));
        }
        value = map;
      } else {
        List<@Nullable Object> list = new ArrayList<>();
        ((YamlNode.Sequence) node).items().forEach(item -> list.add(of(item)));
        value = list;
      }
      if (made != null) {
        made.put(node, value);
      }
      return value;
    }
  }
}
