// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The path and the query of a request target (RFC 9112 §3.2).
 *
 * @param path decoded and cleaned, see {@link HttpRequest#path()}
 * @param query not decoded
 */
record RequestTarget(String path, String query) {

  /** Reads the origin form, the absolute form and the asterisk; anything else is no target. */
  static Optional<RequestTarget> parse(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c > '~') {
        return Optional.empty();
      }
    }
    if (target.equals("*")) {
      return Optional.of(new RequestTarget("/", ""));
    }
    String rest = target;
    if (!rest.startsWith("/")) {
      int authority = schemeLength(rest);
      if (authority == 0) {
        return Optional.empty();
      }
      int end = authority;
      while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
        end++;
      }
      if (end == authority) {
        return Optional.empty();
      }
      rest = rest.substring(end);
    }
    // A fragment never belongs here, but a client that sends one means the part before it.
    int fragment = rest.indexOf('#');
    if (fragment >= 0) {
      rest = rest.substring(0, fragment);
    }
    int mark = rest.indexOf('?');
    String query = mark < 0 ? "" : rest.substring(mark + 1);
    String decoded = decode(mark < 0 ? rest : rest.substring(0, mark));
    return decoded == null
        ? Optional.empty()
        : Optional.of(new RequestTarget(clean(decoded), query));
  }

  private static int schemeLength(String target) {
    if (target.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    return target.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
  }

  /** Decodes percent-encoded octets, once; null if they are broken, not UTF-8, or control codes. */
  private static @Nullable String decode(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    byte[] octets = new byte[path.length()];
    int length = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        octets[length++] = (byte) c;
        continue;
      }
      if (i + 2 >= path.length()
          || !HexFormat.isHexDigit(path.charAt(i + 1))
          || !HexFormat.isHexDigit(path.charAt(i + 2))) {
        return null;
      }
      octets[length++] = (byte) HexFormat.fromHexDigits(path, i + 1, i + 3);
      i += 2;
    }
    String decoded;
    try {
      decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
    for (int i = 0; i < decoded.length(); i++) {
      if (Character.isISOControl(decoded.charAt(i))) {
        return null;
      }
    }
    return decoded;
  }

  /** Leaves out empty and dot segments; never climbs above the root (RFC 3986 §5.2.4). */
  static String clean(String path) {
    if (isClean(path)) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.length() + 1);
    boolean directory = false;
    int at = 0;
    while (at <= path.length()) {
      int slash = path.indexOf('/', at);
      int end = slash < 0 ? path.length() : slash;
      int length = end - at;
      if (length == 2 && path.startsWith("..", at)) {
        out.setLength(Math.max(0, out.lastIndexOf("/")));
        directory = true;
      } else if (length == 0 || (length == 1 && path.charAt(at) == '.')) {
        directory = true;
      } else {
        out.append('/').append(path, at, end);
        directory = false;
      }
      at = end + 1;
    }
    if (directory) {
      out.append('/');
    }
    return out.toString();
  }

  private static boolean isClean(String path) {
    return path.startsWith("/") && !path.contains("//") && !path.contains("/.");
  }
}
