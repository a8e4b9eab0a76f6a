// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells one state of a file from all others, as far as its attributes can: which file it is, how
 * long it is, and when it was written to.
 */
record FileIdentity(Object file, long size, long modifiedNanos) {

  /**
   * A file that was written to just now may be written to again without a trace, since some file
   * systems count in steps of two seconds.
   */
  private static final long MIN_AGE_MILLIS = 3_000;

  /**
   * Returns the identity of a file, or null if there is none that could be relied on.
   *
   * @param before its attributes before it was opened
   * @param after its attributes after it was opened
   * @param nowMillis as {@link System#currentTimeMillis}
   */
  static @Nullable FileIdentity of(
      BasicFileAttributes before, BasicFileAttributes after, long nowMillis) {
    FileIdentity first = of(before);
    // Else the name may have meant one file when its attributes were read and another one when it
    // was opened.
    return first != null
            && first.equals(of(after))
            && nowMillis - before.lastModifiedTime().toMillis() >= MIN_AGE_MILLIS
        ? first
        : null;
  }

  private static @Nullable FileIdentity of(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return key == null
        ? null
        : new FileIdentity(
            key, attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }
}
