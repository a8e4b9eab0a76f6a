// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

/**
 * What the boot file decision has to know of the files that are handed out.
 *
 * <p>Asked for each packet, by event loops: it must not block. The answer may change when files are
 * exchanged.
 */
@FunctionalInterface
public interface BootFiles {

  /** Files that all end the loop, as the ones built by the Tinkerbell project do. */
  BootFiles TINKERBELL = name -> true;

  /** Stock builds of iPXE, as distributions have them: none ends the loop. */
  BootFiles STOCK = name -> false;

  /**
   * Tells whether a machine that runs this file asks for its boot file in a way that is answered
   * with the script, for instance because the file sets the user class {@code Tinkerbell}.
   *
   * @param bootFileName the name without path, for example {@code ipxe.efi}; not necessarily a file
   *     that exists
   * @return whether handing out the file to an iPXE client ends
   */
  boolean breaksLoop(String bootFileName);
}
