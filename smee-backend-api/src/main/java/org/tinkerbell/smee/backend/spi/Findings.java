// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;

/** Collects records and problems of one object while it is read. */
final class Findings {
  private final List<HardwareRecord> records = new ArrayList<>();
  private final List<HardwareObjects.Problem> problems = new ArrayList<>();
  private final Set<MacAddress> taken = new HashSet<>();
  private @Nullable MacAddress macAddress;
  private @Nullable InetAddress ipAddress;

  /** Names the interface that the following problems belong to; null for what is not known. */
  void enter(@Nullable MacAddress mac, @Nullable InetAddress ip) {
    macAddress = mac;
    ipAddress = ip;
  }

  void leave() {
    enter(null, null);
  }

  /** Claims a MAC address for the present interface; the first in an object has it. */
  boolean claim(MacAddress mac) {
    return taken.add(mac);
  }

  void record(HardwareRecord hardware) {
    records.add(hardware);
  }

  void problem(String path, String text) {
    add(path, text, false);
  }

  void unusable(String path, String text) {
    add(path, text, true);
  }

  private void add(String path, String text, boolean unusable) {
    problems.add(
        new HardwareObjects.Problem(
            path, text, unusable, Optional.ofNullable(macAddress), Optional.ofNullable(ipAddress)));
  }

  HardwareObjects.Conversion conversion(String name) {
    return new HardwareObjects.Conversion(name, records, problems);
  }
}
