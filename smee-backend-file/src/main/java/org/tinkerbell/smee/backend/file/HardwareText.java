// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * The content of a hardware file: documents that map MAC addresses to records, or Hardware objects.
 *
 * <p>Which of them is told by the outermost node: a mapping with a {@code kind} is an object or a
 * list of objects, any other mapping is one of records, a list is one of objects.
 *
 * <p>Each record is converted as soon as it was read, so that a large file never stands in memory
 * as a tree.
 */
final class HardwareText {
  private final Problems problems;
  private final List<HardwareEntry> entries = new ArrayList<>();
  private final RecordReader records;
  private final HardwareObjectReader objects;

  private HardwareText(Problems problems) {
    this.problems = problems;
    this.records = new RecordReader(problems);
    this.objects = new HardwareObjectReader(entries, problems);
  }

  /**
   * Reads a file's content.
   *
   * @param problems is told what was left out or replaced
   * @throws BadFileException if it is no hardware file as a whole
   */
  static HardwareIndex read(byte[] bytes, Problems problems) throws BadFileException {
    YamlReader reader = new YamlReader(new YamlEvents(FileText.of(bytes)), problems);
    HardwareText file = new HardwareText(problems);
    while (reader.nextDocument()) {
      file.readDocument(reader);
    }
    return HardwareIndex.of(file.entries, problems);
  }

  private void readDocument(YamlReader reader) throws BadFileException {
    if (reader.enterMapping()) {
      readMapping(reader);
    } else if (reader.enterSequence()) {
      while (!reader.leaveSequence()) {
        YamlNode item = reader.readNode();
        if (!(item instanceof YamlNode.Mapping)) {
          throw new BadFileException(
              item.line(), item.column(), "a Hardware object is expected, not " + item.kind());
        }
        objects.read(item);
      }
    } else {
      YamlNode top = reader.readNode();
      if (!top.isNull()) {
        throw new BadFileException(
            top.line(),
            top.column(),
            "a mapping from MAC addresses to records is expected, not " + top.kind());
      }
    }
  }

  /** Reads a mapping from MAC addresses to records, or an object, which has a kind. */
  private void readMapping(YamlReader reader) throws BadFileException {
    List<YamlNode.Entry> others = new ArrayList<>();
    List<YamlNode.Entry> merged = new ArrayList<>();
    Set<MacAddress> own = new HashSet<>();
    while (!reader.leaveMapping()) {
      YamlNode key = reader.readNode();
      if (isText(key, HardwareObjectReader.ITEMS) && reader.enterSequence()) {
        // One by one, since a list may be the whole of a large file.
        while (!reader.leaveSequence()) {
          objects.read(reader.readNode());
        }
        continue;
      }
      YamlNode value = reader.readNode();
      if (!(key instanceof YamlNode.Scalar name)) {
        problems.add(key, "a key must be text, not " + key.kind() + "; it is ignored");
        continue;
      }
      Optional<MacAddress> mac = RecordReader.mac(name.text());
      if (mac.isPresent()) {
        own.add(mac.get());
        entries.add(records.read(mac.get(), name, value));
      } else if (YamlReader.isMerge(name)) {
        merged.addAll(0, reader.mergedEntries(value));
      } else {
        others.add(new YamlNode.Entry(name, value, false));
      }
    }
    if (others.stream().anyMatch(entry -> isText(entry.key(), HardwareObjectReader.KIND))) {
      YamlNode.Scalar first = others.get(0).key();
      merged.addAll(others);
      objects.read(new YamlNode.Mapping(first.line(), first.column(), Integer.MAX_VALUE, merged));
      return;
    }
    others.forEach(entry -> skip(entry.key()));
    // Own records come before those taken over, and of these the last in the list wins.
    for (int i = merged.size() - 1; i >= 0; i--) {
      YamlNode.Entry entry = merged.get(i);
      Optional<MacAddress> mac = RecordReader.mac(entry.key().text());
      if (mac.isEmpty()) {
        skip(entry.key());
      } else if (own.add(mac.get())) {
        entries.add(records.read(mac.get(), entry.key(), entry.value()));
      }
    }
  }

  private static boolean isText(YamlNode node, String text) {
    return node instanceof YamlNode.Scalar scalar && scalar.text().equals(text);
  }

  private void skip(YamlNode.Scalar key) {
    problems.add(
        key, "the key \"" + YamlReader.shorten(key.text()) + "\" is not a MAC address; skipped");
  }
}
