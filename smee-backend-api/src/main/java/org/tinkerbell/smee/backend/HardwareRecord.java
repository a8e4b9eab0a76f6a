// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * What a backend knows of one network interface of a machine.
 *
 * @param reservation what DHCP hands out
 * @param netboot how the machine is netbooted; empty means that nothing is known of that, which is
 *     not the same as "not allowed": reservation mode then answers with the address alone
 * @param agentId the machine's id for the workflow agent; empty means its MAC address
 * @param isoSource the installation ISO of this machine; empty means the service's
 */
public record HardwareRecord(
    Reservation reservation,
    Optional<Netboot> netboot,
    Optional<String> agentId,
    Optional<URI> isoSource) {

  /** Checks that nothing is null. */
  public HardwareRecord {
    Objects.requireNonNull(reservation, "reservation");
    Objects.requireNonNull(netboot, "netboot");
    Objects.requireNonNull(agentId, "agentId");
    Objects.requireNonNull(isoSource, "isoSource");
  }

  /**
   * Makes a record without agent id and ISO.
   *
   * @param reservation what DHCP hands out
   * @param netboot how the machine is netbooted
   * @return the record
   */
  public static HardwareRecord of(Reservation reservation, Netboot netboot) {
    return new HardwareRecord(
        reservation, Optional.of(netboot), Optional.empty(), Optional.empty());
  }

  /**
   * Makes a record of a machine that gets an address and nothing to boot.
   *
   * @param reservation what DHCP hands out
   * @return the record
   */
  public static HardwareRecord of(Reservation reservation) {
    return new HardwareRecord(reservation, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Returns the interface's address, as the reservation has it.
   *
   * @return the address
   */
  public MacAddress macAddress() {
    return reservation.macAddress();
  }

  /**
   * Tells whether netboot is known to be allowed.
   *
   * @return false if there is no netboot part, or one that forbids it
   */
  public boolean netbootAllowed() {
    return netboot.map(Netboot::allowed).orElse(false);
  }
}
