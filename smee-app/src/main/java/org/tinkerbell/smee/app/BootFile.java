// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.time.Instant;

/**
 * An iPXE binary that can be served.
 *
 * @param name the name DHCP hands out
 * @param source where the bytes came from, for a person
 * @param content the bytes, patched already; never changed
 * @param lastModified of the source
 * @param userClass whether the binary announces itself with the user class {@code Tinkerbell}
 * @param patchMarker whether the binary holds the marker that the patch overwrites
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes, shared by every answer, never compared
record BootFile(
    String name,
    String source,
    byte[] content,
    Instant lastModified,
    UserClass userClass,
    boolean patchMarker) {

  /** Whether a binary ends the chain-load loop by itself. */
  enum UserClass {
    /** Its embedded script sets the user class. */
    TINKERBELL("Tinkerbell"),
    /** It does not: a stock build. */
    STOCK("stock"),
    /** The image is compressed and cannot be looked into; the other files of its folder have it. */
    ASSUMED_TINKERBELL("Tinkerbell, assumed"),
    /** The image is compressed and cannot be looked into; the other files do not have it. */
    ASSUMED_STOCK("stock, assumed");

    private final String label;

    UserClass(String label) {
      this.label = label;
    }

    /** Tells whether a client that runs this binary is recognised as being through the loop. */
    boolean breaksLoop() {
      return this == TINKERBELL || this == ASSUMED_TINKERBELL;
    }

    @Override
    public String toString() {
      return label;
    }
  }
}
