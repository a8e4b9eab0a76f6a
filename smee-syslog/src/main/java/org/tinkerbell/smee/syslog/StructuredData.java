// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads STRUCTURED-DATA of RFC 5424 §6.3: {@code -} or {@code [id name="value" ...]...}. */
final class StructuredData {
  private final Octets octets;
  private final Map<String, Map<String, StringBuilder>> elements = new LinkedHashMap<>();
  private int at;

  private StructuredData(Octets octets, int begin) {
    this.octets = octets;
    this.at = begin;
  }

  /** Reads from an index on. Returns where it ends, or -1 if it is broken. */
  static int read(Octets octets, int begin, SyslogMessage.Parts parts) {
    if (octets.at(begin) == '-') {
      return begin + 1;
    }
    StructuredData data = new StructuredData(octets, begin);
    if (octets.at(begin) != '[') {
      return -1;
    }
    while (octets.at(data.at) == '[') {
      if (!data.element()) {
        return -1;
      }
    }
    parts.structuredData = data.result();
    return data.at;
  }

  private boolean element() {
    at++;
    String id = name();
    if (id.isEmpty()) {
      return false;
    }
    Map<String, StringBuilder> params = elements.computeIfAbsent(id, k -> new LinkedHashMap<>());
    while (true) {
      int blanks = at;
      while (octets.at(at) == ' ') {
        at++;
      }
      if (octets.at(at) == ']') {
        at++;
        return true;
      }
      if (at == blanks || !parameter(params)) {
        return false;
      }
    }
  }

  /** Reads an SD-NAME: all but blank, {@code =}, {@code ]} and {@code "}. */
  private String name() {
    int begin = at;
    for (int c = octets.at(at); c > ' ' && c != '=' && c != ']' && c != '"'; c = octets.at(at)) {
      at++;
    }
    return octets.text(begin, at);
  }

  private boolean parameter(Map<String, StringBuilder> params) {
    String name = name();
    if (name.isEmpty() || octets.at(at) != '=' || octets.at(at + 1) != '"') {
      return false;
    }
    at += 2;
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    for (int c = octets.at(at); c != '"'; c = octets.at(at)) {
      int next = octets.at(at + 1);
      if (c < 0) {
        return false;
      }
      if (c == '\\' && (next == '"' || next == '\\' || next == ']')) {
        value.write(next);
        at += 2;
      } else {
        // A backslash before anything else is a character like others (§6.3.3).
        value.write(c);
        at++;
      }
    }
    at++;
    String text = value.toString(StandardCharsets.UTF_8);
    StringBuilder known = params.get(name);
    if (known == null) {
      params.put(name, new StringBuilder(text));
    } else {
      known.append(',').append(text);
    }
    return true;
  }

  private Map<String, Map<String, String>> result() {
    Map<String, Map<String, String>> result = new LinkedHashMap<>();
    elements.forEach(
        (id, params) -> {
          Map<String, String> texts = new LinkedHashMap<>();
          params.forEach((name, value) -> texts.put(name, value.toString()));
          result.put(id, Collections.unmodifiableMap(texts));
        });
    return Collections.unmodifiableMap(result);
  }
}
