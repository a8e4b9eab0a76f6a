// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.InetAddress;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/** The records of one state of the file, by MAC and by IP address. Immutable once built. */
final class HardwareIndex {
  private final Map<MacAddress, LookupResult> byMac;
  private final Map<InetAddress, LookupResult> byIp;
  private final int records;

  private HardwareIndex(
      Map<MacAddress, LookupResult> byMac, Map<InetAddress, LookupResult> byIp, int records) {
    this.byMac = byMac;
    this.byIp = byIp;
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
    Map<MacAddress, HardwareEntry> macs = new HashMap<>(capacity(entries.size()));
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
      @Nullable HardwareEntry earlier = macs.put(mac, entry);
      @Nullable Integer place = places.put(mac, i);
      if (earlier == null || place == null) {
        continue;
      }
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
    int records = 0;
    for (int i = replaced.nextClearBit(0); i < entries.size(); i = replaced.nextClearBit(i + 1)) {
      HardwareEntry entry = entries.get(i);
      records += entry.isUsable() ? 1 : 0;
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
    return new HardwareIndex(byMac, byIp, records);
  }

  private static int capacity(int size) {
    return Math.max(16, (int) Math.min(size * 4L / 3 + 1, 1 << 30));
  }
}
