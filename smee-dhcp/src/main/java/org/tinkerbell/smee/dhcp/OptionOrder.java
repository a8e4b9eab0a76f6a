// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.Arrays;
import java.util.List;

/** The order in which the options of a message are written. */
final class OptionOrder {

  /** What a reader has to know first. */
  private static final int[] FOREMOST = {53, 54, 51};

  private static final int LAST = 1 << 16;

  private OptionOrder() {}

  /** Returns the indexes of a message's options in the order they are written in. */
  static int[] of(DhcpMessage message, List<Integer> first) {
    int[] ranks = first.isEmpty() ? null : ranks(first);
    int count = message.optionCount();
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      int code = message.codeAt(i);
      long rank = ranks == null ? code : ranks[code];
      if (code == DhcpOptions.RELAY_AGENT_INFORMATION.code()) {
        rank = LAST;
      }
      keys[i] = rank << 32 | i;
    }
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  private static int[] ranks(List<Integer> first) {
    int[] ranks = new int[256];
    int rank = 1;
    for (int code : FOREMOST) {
      ranks[code] = rank++;
    }
    for (int code : first) {
      if (code > 0 && code < 255 && ranks[code] == 0) {
        ranks[code] = rank++;
      }
    }
    for (int code = 0; code < ranks.length; code++) {
      if (ranks[code] == 0) {
        ranks[code] = rank++;
      }
    }
    return ranks;
  }
}
