// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

/**
 * How strictly bytes are read.
 *
 * @param acceptMissingEnd whether options may stop without the End option (255), as those of some
 *     old boot ROMs do, if the last one is whole; such messages are refused otherwise
 */
public record DecodeOptions(boolean acceptMissingEnd) {

  private static final DecodeOptions STRICT = new DecodeOptions(false);
  private static final DecodeOptions LENIENT = new DecodeOptions(true);

  /**
   * Returns the way most servers read, which is the default.
   *
   * @return refuses a missing End
   */
  public static DecodeOptions strict() {
    return STRICT;
  }

  /**
   * Returns the most forgiving way that is still safe.
   *
   * @return accepts a missing End
   */
  public static DecodeOptions lenient() {
    return LENIENT;
  }
}
