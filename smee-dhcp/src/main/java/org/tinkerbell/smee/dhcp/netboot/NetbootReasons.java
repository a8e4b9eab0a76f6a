// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import org.tinkerbell.smee.dhcp.IgnoreReason;

/**
 * Why the handlers of this package stay silent, beside the reasons of {@link IgnoreReason}. The
 * tokens are stable: metrics carry them.
 */
public final class NetbootReasons {

  /** No hardware address (hlen 0), which is the key of every look-up. */
  public static final IgnoreReason NO_HARDWARE_ADDRESS = IgnoreReason.of("no-hardware-address");

  /** Several records match the machine. */
  public static final IgnoreReason AMBIGUOUS_HARDWARE = IgnoreReason.of("ambiguous-hardware");

  /** The machine's record cannot be used. */
  public static final IgnoreReason UNUSABLE_HARDWARE = IgnoreReason.of("unusable-hardware");

  /** The machine's record switches DHCP off. */
  public static final IgnoreReason DHCP_DISABLED = IgnoreReason.of("dhcp-disabled");

  /** The machine's record has no address, or one that is not IPv4. */
  public static final IgnoreReason NO_IPV4_ADDRESS = IgnoreReason.of("no-ipv4-address");

  /** The client found its address in use by another machine (DHCPDECLINE): look into it. */
  public static final IgnoreReason ADDRESS_DECLINED = IgnoreReason.of("address-declined");

  /** The client gave its address back (DHCPRELEASE); a reservation stays. */
  public static final IgnoreReason RELEASED = IgnoreReason.of("released");

  /** Proxy modes only: the client does not ask for netboot. */
  public static final IgnoreReason NOT_A_NETBOOT_CLIENT = IgnoreReason.of("not-a-netboot-client");

  /** Proxy modes only: there is no boot file for the client's architecture. */
  public static final IgnoreReason UNKNOWN_ARCHITECTURE = IgnoreReason.of("unknown-architecture");

  /** Proxy modes only: the machine's record does not allow netboot. */
  public static final IgnoreReason NETBOOT_NOT_ALLOWED = IgnoreReason.of("netboot-not-allowed");

  /** Proxy modes only: netboot options are switched off, so that there is nothing to say. */
  public static final IgnoreReason NETBOOT_OPTIONS_OFF = IgnoreReason.of("netboot-options-off");

  /** What is unusable about a record whose boot file name cannot be written. */
  static final String NUL_IN_BOOT_FILE = "boot file name with a NUL in it";

  private NetbootReasons() {}
}
