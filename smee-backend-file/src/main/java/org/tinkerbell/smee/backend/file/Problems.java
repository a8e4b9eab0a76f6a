// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with single records and values, up to a limit; the rest is counted. */
final class Problems {
  private final int limit;
  private final List<Problem> kept = new ArrayList<>();
  private int dropped;

  Problems(int limit) {
    this.limit = limit;
  }

  /** Adds a problem. */
  void add(int line, int column, String text) {
    if (kept.size() < limit) {
      kept.add(new Problem(line, column, text));
    } else {
      dropped++;
    }
  }

  /** Adds a problem of a node. */
  void add(YamlNode node, String text) {
    add(node.line(), node.column(), text);
  }

  /** Returns the first problems found, in the order of the file. */
  List<Problem> inOrder() {
    List<Problem> sorted = new ArrayList<>(kept);
    sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
    return sorted;
  }

  /** Returns how many more there were. */
  int dropped() {
    return dropped;
  }
}
