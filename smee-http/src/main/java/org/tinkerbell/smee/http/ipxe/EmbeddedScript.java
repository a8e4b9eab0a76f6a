// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

/**
 * The script to build into iPXE ({@code make EMBED=…}), so that its binaries work with Smee.
 *
 * <p>It sets the user class {@code Tinkerbell}, which ends the chain of binaries, holds the two
 * lines that {@link IpxePatch} looks for, and boots from the interface the firmware used, from the
 * VLAN the firmware was told, or from any.
 */
public final class EmbeddedScript {
  private static final String TEXT = ScriptTemplate.text("embedded.ipxe");

  private EmbeddedScript() {}

  /**
   * Returns the script.
   *
   * @return ASCII text, lines end in LF
   */
  public static String text() {
    return TEXT;
  }
}
