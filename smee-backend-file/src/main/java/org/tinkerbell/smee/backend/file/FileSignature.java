// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file from another without reading it.
 *
 * <p>The real path shows that a symbolic link points elsewhere, the file key (device and inode)
 * that another file was moved into the place.
 *
 * @param realPath null if there is no such file
 */
record FileSignature(
    @Nullable Path realPath, @Nullable Object fileKey, long size, @Nullable FileTime modified) {

  private static final FileSignature ABSENT = new FileSignature(null, null, 0, null);

  /**
   * Two changes this near to each other can leave the same time stamp, since file systems count in
   * steps: a few milliseconds usually, two seconds on FAT.
   */
  private static final Duration TIME_STAMP_STEP = Duration.ofSeconds(2);

  /** Looks at the file that a path leads to now. Never fails. */
  static FileSignature of(Path path) {
    try {
      Path real = path.toRealPath();
      BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
      return new FileSignature(
          real, attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
    } catch (IOException | SecurityException e) {
      return ABSENT;
    }
  }

  boolean isAbsent() {
    return realPath == null;
  }

  /** Tells whether the file may have been changed again without a change of this signature. */
  boolean isFresh(Instant now) {
    return modified != null
        && Duration.between(modified.toInstant(), now).abs().compareTo(TIME_STAMP_STEP) < 0;
  }
}
