// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trees as a JSON reader would give them, written as Java. */
final class Tree {
  private Tree() {}

  /** A mapping from names and values in turn. */
  static Map<String, Object> map(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  static List<Object> list(Object... values) {
    return new ArrayList<>(List.of(values));
  }

  /** H1 of the golden cases. */
  static Map<String, Object> h1() {
    return hardware("sm01", "onprem", h1Interface());
  }

  static Map<String, Object> hardware(String name, String facility, Object... interfaces) {
    return map(
        "apiVersion",
        "tinkerbell.org/v1alpha1",
        "kind",
        "Hardware",
        "metadata",
        map("name", name, "namespace", "tink"),
        "spec",
        map(
            "metadata",
            map("facility", map("facility_code", facility)),
            "interfaces",
            list(interfaces)));
  }

  static Map<String, Object> h1Interface() {
    return map(
        "dhcp",
        map(
            "mac",
            "3c:ec:ef:4c:4f:54",
            "ip",
            map("address", "172.16.10.100", "netmask", "255.255.255.0", "gateway", "172.16.10.1"),
            "lease_time",
            86400,
            "name_servers",
            list("1.1.1.1"),
            "arch",
            "x86_64",
            "hostname",
            "sm01"),
        "netboot",
        map("allowPXE", true, "ipxe", map("url", "http://netboot.xyz")));
  }

  /** Sets a value below the first interface of H1; {@code null} removes it. */
  static Map<String, Object> h1With(String path, Object value) {
    Map<String, Object> networkInterface = h1Interface();
    set(networkInterface, path, value);
    return hardware("sm01", "onprem", networkInterface);
  }

  @SuppressWarnings("unchecked")
  static void set(Map<String, Object> tree, String path, Object value) {
    String[] names = path.split("\\.");
    Map<String, Object> at = tree;
    for (int i = 0; i < names.length - 1; i++) {
      at = (Map<String, Object>) at.computeIfAbsent(names[i], name -> new LinkedHashMap<>());
    }
    if (value == null) {
      at.remove(names[names.length - 1]);
    } else {
      at.put(names[names.length - 1], value);
    }
  }
}
