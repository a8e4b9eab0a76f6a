// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

/** Which machines a {@link ProxyHandler} answers. */
public enum ProxyPolicy {
  /** Machines whose record allows netboot (mode {@code proxy}). */
  KNOWN,

  /**
   * Every machine: one without a usable record gets what the settings have for everyone, one whose
   * record forbids netboot is refused (mode {@code auto-proxy} of today's Tinkerbell).
   */
  EVERYONE,

  /** Every machine, without asking the backend (mode {@code auto-proxy} of the standalone Smee). */
  EVERYONE_ALIKE
}
