// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The value of option 77, of which there are two forms: a list of elements with a length octet each
 * (RFC 3004 §4), and bare text, as iPXE and its kin send it. Nothing tells the one from the other,
 * so a value is read as both. Immutable; keeps its bytes.
 */
public final class UserClass {

  private static final int MAX_ELEMENT = 255;

  private final byte[] payload;
  private final List<String> elements;

  private UserClass(byte[] payload) {
    this.payload = payload;
    this.elements = elements(payload);
  }

  /**
   * Reads a value; every payload is one.
   *
   * @param payload the payload of option 77
   * @return the value
   */
  public static UserClass read(byte[] payload) {
    return new UserClass(payload.clone());
  }

  /**
   * Makes bare text.
   *
   * @param text not empty, written as UTF-8
   * @return the value
   * @throws IllegalArgumentException if the text is empty
   */
  public static UserClass bare(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("text: empty (expected: one character or more)");
    }
    return new UserClass(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Makes a list of elements.
   *
   * @param elements at least one, each of 1 to 255 bytes as UTF-8
   * @return the value
   * @throws IllegalArgumentException if there is none, or one is empty or too long
   */
  public static UserClass list(List<String> elements) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String element : elements) {
      byte[] octets = element.getBytes(StandardCharsets.UTF_8);
      if (octets.length == 0 || octets.length > MAX_ELEMENT) {
        throw new IllegalArgumentException(
            "element: " + octets.length + " bytes (expected: 1 to 255)");
      }
      out.write(octets.length);
      out.writeBytes(octets);
    }
    if (elements.isEmpty()) {
      throw new IllegalArgumentException("elements: none (expected: at least one)");
    }
    return new UserClass(out.toByteArray());
  }

  /**
   * Returns the payload read as bare text, without NULs at its end.
   *
   * @return the text; of no meaning if this is a list
   */
  public String bareText() {
    return text(payload, 0, payload.length);
  }

  /**
   * Returns the elements.
   *
   * @return an immutable list, without NULs at the ends; empty if the payload is not one
   */
  public List<String> elements() {
    return elements;
  }

  /**
   * Tells whether the value is this text, or a list that has it.
   *
   * @param text the text; case matters
   * @return whether it is
   */
  public boolean contains(String text) {
    return bareText().equals(text) || elements.contains(text);
  }

  byte[] encode() {
    return payload.clone();
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
    return List.copyOf(elements);
  }

  private static String text(byte[] payload, int from, int length) {
    int end = from + length;
    while (end > from && payload[end - 1] == 0) {
      end--;
    }
    return new String(payload, from, end - from, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UserClass that && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(payload);
  }

  /** Returns the elements joined by commas, or the bare text; as sent, not escaped. */
  @Override
  public String toString() {
    return elements.isEmpty() ? bareText() : String.join(",", elements);
  }
}
