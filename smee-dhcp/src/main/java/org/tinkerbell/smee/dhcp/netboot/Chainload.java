// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

/**
 * Whether a machine that runs iPXE already is given an iPXE binary of ours first.
 *
 * <p>Handing out a binary ends well only if that binary, once running, asks in a way that is
 * answered with the script: a build of Tinkerbell's does (it sets the user class), a stock build
 * does not, and the machine would load it again and again.
 */
public enum Chainload {
  /**
   * The default: a binary, if it {@linkplain BootFiles#breaksLoop breaks the loop}; the script at
   * once, if it does not and the client's iPXE can fetch it.
   */
  AUTO,

  /** Always a binary, as the Go Smee does, until the client shows the expected user class. */
  ALWAYS,

  /** Never a binary: every iPXE is given the script at once. */
  NEVER
}
