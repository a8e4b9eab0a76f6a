// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.InetAddress;
import java.util.Optional;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * What the file says of one network interface.
 *
 * @param mac the key of look-ups by MAC; empty if that is what is wrong
 * @param ip the key of look-ups by IP, if it is known
 * @param result {@link LookupResult.Found} or {@link LookupResult.Unusable}
 * @param fromObject whether it stands in a Hardware object: two objects of one MAC address are
 *     ambiguous, while a later record of a mapping takes the place of an earlier one
 * @param line where it stands
 */
record HardwareEntry(
    Optional<MacAddress> mac,
    Optional<InetAddress> ip,
    LookupResult result,
    boolean fromObject,
    int line,
    int column) {

  static HardwareEntry usable(HardwareRecord hardware, boolean fromObject, int line, int column) {
    return new HardwareEntry(
        Optional.of(hardware.macAddress()),
        hardware.reservation().ipAddress(),
        LookupResult.found(hardware),
        fromObject,
        line,
        column);
  }

  boolean isUsable() {
    return result instanceof LookupResult.Found;
  }

  /** Names the entry for messages. */
  String name() {
    return mac.map(MacAddress::toString).orElse("a machine") + " in line " + line;
  }
}
