// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.RaspberryPi;

/**
 * The records of one state of the file, by MAC, IP address and serial number. Immutable once built.
 */
final class HardwareIndex {
  private final Map<MacAddress, LookupResult> byMac;
  private final Map<InetAddress, LookupResult> byIp;
  private final Map<String, LookupResult> bySerialNumber;
  private final int records;

  private HardwareIndex(
      Map<MacAddress, LookupResult> byMac,
      Map<InetAddress, LookupResult> byIp,
      Map<String, LookupResult> bySerialNumber,
      int records) {
    this.byMac = byMac;
    this.byIp = byIp;
    this.bySerialNumber = bySerialNumber;
    this.records = records;
  }

  LookupResult byMac(MacAddress mac) {
    LookupResult result = byMac.get(mac);
    return result == null ? LookupResult.notFound() : result;
  }

  LookupResult byIp(InetAddress ip) {
    LookupResult result = byIp.get(ip);
    return result == null ? LookupResult.notFound() : result;
  }

  LookupResult bySerialNumber(String serialNumber) {
    LookupResult result = bySerialNumber.get(RaspberryPi.shortSerialNumber(serialNumber));
    return result == null ? LookupResult.notFound() : result;
  }

  /** Returns how many records can be used. */
  int records() {
    return records;
  }

  /**
   * Builds the index: of records with the same MAC address the last counts, Hardware objects with
   * the same MAC address and any entries with the same IP address are ambiguous.
   *
   * @param problems is told of all of them
   */
  static HardwareIndex of(List<HardwareEntry> entries, Problems problems) {
    Map<MacAddress, LookupResult> byMac = new HashMap<>(capacity(entries.size()));
    BitSet replaced = new BitSet();
    Map<MacAddress, Integer> places = new HashMap<>(capacity(entries.size()));
    for (int i = 0; i < entries.size(); i++) {
      HardwareEntry entry = entries.get(i);
      if (entry.mac().isEmpty()) {
        continue;
      }
      MacAddress mac = entry.mac().get();
      byMac.put(mac, entry.result());
      @Nullable Integer place = places.put(mac, i);
      if (place == null) {
        continue;
      }
      HardwareEntry earlier = entries.get(place);
      if (entry.fromObject() || earlier.fromObject()) {
        String detail = mac + " is in line " + earlier.line() + " and in line " + entry.line();
        byMac.put(mac, new LookupResult.Ambiguous(detail));
        problems.add(entry.line(), entry.column(), detail + "; it is not answered for");
      } else {
        replaced.set(place);
        problems.add(
            entry.line(),
            entry.column(),
            mac
                + ": there are two records, the first in line "
                + earlier.line()
                + "; this one is used");
      }
    }
    Map<InetAddress, HardwareEntry> ips = new HashMap<>(capacity(entries.size()));
    Map<InetAddress, LookupResult> byIp = new HashMap<>(capacity(entries.size()));
    SerialNumbers serialNumbers = new SerialNumbers(problems);
    int records = 0;
    for (int i = replaced.nextClearBit(0); i < entries.size(); i = replaced.nextClearBit(i + 1)) {
      HardwareEntry entry = entries.get(i);
      records += entry.isUsable() ? 1 : 0;
      serialNumbers.add(entry);
      if (entry.ip().isEmpty()) {
        continue;
      }
      InetAddress ip = entry.ip().get();
      byIp.put(ip, entry.result());
      @Nullable HardwareEntry owner = ips.putIfAbsent(ip, entry);
      if (owner != null) {
        String detail =
            ip.getHostAddress() + " belongs to " + owner.name() + " and to " + entry.name();
        byIp.put(ip, new LookupResult.Ambiguous(detail));
        problems.add(entry.line(), entry.column(), detail + "; it is not answered for by address");
      }
    }
    return new HardwareIndex(byMac, byIp, serialNumbers.results, records);
  }

  /** The Raspberry Pis among the entries. */
  private static final class SerialNumbers {
    private final Map<String, HardwareEntry> owners = new HashMap<>();
    private final Map<String, LookupResult> results = new HashMap<>();
    private final Problems problems;

    SerialNumbers(Problems problems) {
      this.problems = problems;
    }

    void add(HardwareEntry entry) {
      if (!(entry.result() instanceof LookupResult.Found found)) {
        return;
      }
      Optional<RaspberryPi> board = found.hardware().netboot().flatMap(Netboot::raspberryPi);
      if (board.isEmpty() || board.get().serialNumber().isEmpty()) {
        return;
      }
      String key = RaspberryPi.shortSerialNumber(board.get().serialNumber());
      results.put(key, entry.result());
      @Nullable HardwareEntry owner = owners.putIfAbsent(key, entry);
      if (owner != null) {
        String detail =
            "serial number "
                + YamlReader.shorten(key)
                + " belongs to "
                + owner.name()
                + " and to "
                + entry.name();
        results.put(key, new LookupResult.Ambiguous(detail));
        problems.add(entry.line(), entry.column(), detail + "; it is not answered for by it");
      }
    }
  }

  private static int capacity(int size) {
    return Math.max(16, (int) Math.min(size * 4L / 3 + 1, 1 << 30));
  }
}
