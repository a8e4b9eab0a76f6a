// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads Prometheus' text format: each line's name and labels, and its value. */
record Samples(String text, Map<String, Double> values) {

  static Samples of(String text) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String line : text.lines().filter(line -> !line.startsWith("#")).toList()) {
      int space = line.lastIndexOf(' ');
      if (values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1))) != null) {
        throw new AssertionError("twice: " + line);
      }
    }
    return new Samples(text, values);
  }

  static Samples of(Metrics metrics) {
    return of(new String(metrics.text(), StandardCharsets.UTF_8));
  }

  /** Returns what stands before the value on each line of a metric. */
  List<String> series(String name) {
    return values.keySet().stream()
        .filter(key -> key.equals(name) || key.startsWith(name + "{"))
        .toList();
  }

  double value(String series) {
    Double value = values.get(series);
    if (value == null) {
      throw new AssertionError("no " + series + " in\n" + text);
    }
    return value;
  }
}
