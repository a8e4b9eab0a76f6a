// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Option 77 in its two forms: bare text, as iPXE and its kin send it, and the list of elements with
 * a length octet each of RFC 3004 §4.
 */
final class UserClass {

  private UserClass() {}

  /** Returns all texts the payload can be read as: the bare one first, then the elements. */
  static List<String> texts(byte[] payload) {
    if (payload.length == 0) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    texts.add(text(payload, 0, payload.length));
    List<String> elements = elements(payload);
    texts.addAll(elements);
    return List.copyOf(texts);
  }

  /** Returns the text to show: the first element of a well-formed list, else the bare text. */
  static String display(byte[] payload) {
    List<String> elements = elements(payload);
    return elements.isEmpty() ? text(payload, 0, payload.length) : elements.get(0);
  }

  private static List<String> elements(byte[] payload) {
    List<String> elements = new ArrayList<>();
    int at = 0;
    while (at < payload.length) {
      int length = payload[at++] & 0xff;
      if (length == 0 || length > payload.length - at) {
        return List.of();
      }
      elements.add(text(payload, at, length));
      at += length;
    }
    return elements;
  }

  private static String text(byte[] payload, int from, int length) {
    int end = from + length;
    while (end > from && payload[end - 1] == 0) {
      end--;
    }
    return new String(payload, from, end - from, StandardCharsets.UTF_8);
  }
}
