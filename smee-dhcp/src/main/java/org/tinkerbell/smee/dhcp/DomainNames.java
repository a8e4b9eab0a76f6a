// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Option 119 (RFC 3397): names as the labels of RFC 1035 §3.1, one after another. */
final class DomainNames {

  private static final int MAX_LABEL = 63;

  /** Length octets and the root label included (RFC 1035 §2.3.4). */
  private static final int MAX_NAME = 255;

  private DomainNames() {}

  static Optional<List<String>> read(byte[] bytes) {
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      StringBuilder name = new StringBuilder();
      int end = readName(bytes, at, name);
      if (end < 0 || name.isEmpty()) {
        return Optional.empty();
      }
      names.add(name.toString());
      at = end;
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(names));
  }

  /** Returns the offset behind the name, or -1 if it is malformed. */
  private static int readName(byte[] bytes, int start, StringBuilder name) {
    int at = start;
    int end = -1;
    int octets = 1;
    // A pointer must lead to something earlier than the name it stands in, so that none can loop.
    int limit = start;
    while (at < bytes.length) {
      int length = bytes[at] & 0xff;
      if (length == 0) {
        return end < 0 ? at + 1 : end;
      }
      if ((length & 0xc0) == 0xc0) {
        if (at + 1 >= bytes.length) {
          return -1;
        }
        int target = (length & 0x3f) << 8 | (bytes[at + 1] & 0xff);
        if (target >= limit) {
          return -1;
        }
        end = end < 0 ? at + 2 : end;
        limit = target;
        at = target;
        continue;
      }
      octets += length + 1;
      if (length > MAX_LABEL || octets > MAX_NAME || at + 1 + length > bytes.length) {
        return -1;
      }
      String label = new String(bytes, at + 1, length, StandardCharsets.UTF_8);
      if (label.indexOf('.') >= 0) {
        // As text it would be two labels.
        return -1;
      }
      if (!name.isEmpty()) {
        name.append('.');
      }
      name.append(label);
      at += 1 + length;
    }
    return -1;
  }

  static byte[] write(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("names: none (expected: at least one)");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String name : names) {
      writeName(name, bytes);
    }
    return bytes.toByteArray();
  }

  private static void writeName(String name, ByteArrayOutputStream bytes) {
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    int octets = 1;
    for (String label : bare.split("\\.", -1)) {
      byte[] octetsOfLabel = label.getBytes(StandardCharsets.UTF_8);
      octets += 1 + octetsOfLabel.length;
      if (octetsOfLabel.length == 0 || octetsOfLabel.length > MAX_LABEL || octets > MAX_NAME) {
        throw new IllegalArgumentException(
            "name: "
                + Printable.text(name)
                + " (expected: labels of 1 to 63 octets, 255 octets in all)");
      }
      bytes.write(octetsOfLabel.length);
      bytes.writeBytes(octetsOfLabel);
    }
    bytes.write(0);
  }
}
