// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Puts commands into the embedded script of an iPXE binary, without building it anew.
 *
 * <p>The script holds two comment lines that occur nowhere else; the commands take their place,
 * filled up with blanks, so the size and everything else stay. Compressed binaries ({@code
 * undionly.kpxe}) do not show their script and cannot be patched.
 */
public final class IpxePatch {

  /** The most bytes that fit: the length of the two lines. */
  public static final int MAX_BYTES = 131;

  private static final byte[] MARKER =
      ("#a8b7e61f1075c37a793f2f92cee89f7bba00c4a8d7842ce3d40b5889032d8881\n"
              + "#ddd16a4fc4926ecefdfb6941e33c44ed3647133638f5e84021ea44d3152e7f97")
          .getBytes(StandardCharsets.US_ASCII);

  private IpxePatch() {}

  /**
   * Returns the two lines.
   *
   * @return a copy
   */
  public static byte[] marker() {
    return MARKER.clone();
  }

  /**
   * Checks the length of a patch, as is best done at the start.
   *
   * @param patch iPXE commands, separated by LF; may be empty
   * @throws IllegalArgumentException if it has more than {@value #MAX_BYTES} bytes in UTF-8
   */
  public static void check(String patch) {
    int length = patch.getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "patch string is too long: " + length + " bytes (expected: at most " + MAX_BYTES + ")");
    }
  }

  /**
   * Tells whether a binary shows the two lines.
   *
   * @param image the binary
   * @return whether {@link #apply} would change it
   */
  public static boolean isPatchable(byte[] image) {
    return find(image) >= 0;
  }

  /**
   * Patches a binary. An empty patch, or a binary without the two lines, changes nothing.
   *
   * @param image the binary; left as it is
   * @param patch iPXE commands, separated by LF
   * @return a patched copy, of the same length
   * @throws IllegalArgumentException if the patch is too long and the binary could be patched
   */
  public static byte[] apply(byte[] image, String patch) {
    byte[] patched = image.clone();
    int at = patch.isEmpty() ? -1 : find(image);
    if (at >= 0) {
      check(patch);
      byte[] text = patch.getBytes(StandardCharsets.UTF_8);
      Arrays.fill(patched, at, at + MAX_BYTES, (byte) ' ');
      System.arraycopy(text, 0, patched, at, text.length);
    }
    return patched;
  }

  private static int find(byte[] image) {
    int last = image.length - MARKER.length;
    for (int i = 0; i <= last; i++) {
      if (image[i] == MARKER[0]
          && Arrays.equals(image, i, i + MARKER.length, MARKER, 0, MARKER.length)) {
        return i;
      }
    }
    return -1;
  }
}
