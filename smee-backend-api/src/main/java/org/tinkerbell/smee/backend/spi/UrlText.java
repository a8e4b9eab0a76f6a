// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads URLs as they are written in practice: characters that have no place in one, such as blanks
 * and the braces of iPXE's {@code ${net0/mac}}, are percent-encoded, as the reference does.
 */
final class UrlText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final String TO_ENCODE = " \"<>\\^`{|}";

  private UrlText() {}

  static Optional<URI> tryParse(String text) {
    try {
      return Optional.of(new URI(encode(text)));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String encode(String text) {
    // In the authority the reference refuses what it encodes in the path.
    int from = text.indexOf("://");
    int path = from < 0 ? 0 : text.indexOf('/', from + 3);
    if (path < 0) {
      return text;
    }
    StringBuilder encoded = new StringBuilder(text.length() + 16).append(text, 0, path);
    for (int i = path; i < text.length(); i++) {
      char c = text.charAt(i);
      if (TO_ENCODE.indexOf(c) >= 0) {
        for (byte octet : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
          encoded.append('%').append(HEX.toHexDigits(octet));
        }
      } else {
        encoded.append(c);
      }
    }
    return encoded.toString();
  }
}
