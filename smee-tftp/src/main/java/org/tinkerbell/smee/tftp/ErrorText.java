// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.nio.charset.StandardCharsets;

/** Makes any text fit for an ERROR packet. */
final class ErrorText {

  /** So that the packet is no longer than a block without options. */
  private static final int MAX_BYTES = 507;

  private ErrorText() {}

  static String of(String text) {
    String cut = text.replace("\0", "");
    if (cut.length() > MAX_BYTES) {
      cut = cut.substring(0, MAX_BYTES);
    }
    while (cut.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }
}
