// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hardware objects H1 and H2 of the golden cases and what is made of them. */
final class Samples {
  static final String MAC1 = "3c:ec:ef:4c:4f:54";
  static final String MAC2 = "3c:ec:ef:4c:4f:55";
  static final String IP1 = "172.16.10.100";
  static final String IP2 = "172.16.10.101";

  private Samples() {}

  static Map<String, Object> h1() {
    return hardware("tink", "sm01", MAC1, IP1);
  }

  static Map<String, Object> h2() {
    return hardware("tink", "sm02", MAC2, IP2);
  }

  static Map<String, Object> hardware(String namespace, String name, String mac, String ip) {
    return object(namespace, name, networkInterface(name, mac, ip));
  }

  static Map<String, Object> object(String namespace, String name, Object... interfaces) {
    return map(
        "apiVersion",
        "tinkerbell.org/v1alpha1",
        "kind",
        "Hardware",
        "metadata",
        map("name", name, "namespace", namespace),
        "spec",
        map(
            "metadata",
            map("facility", map("facility_code", "onprem")),
            "interfaces",
            list(interfaces)));
  }

  static Map<String, Object> networkInterface(String hostname, String mac, String ip) {
    return map(
        "dhcp",
        map(
            "mac",
            mac,
            "ip",
            map("address", ip, "netmask", "255.255.255.0", "gateway", "172.16.10.1"),
            "lease_time",
            86400,
            "name_servers",
            list("1.1.1.1"),
            "arch",
            "x86_64",
            "hostname",
            hostname),
        "netboot",
        map("allowPXE", true, "ipxe", map("url", "http://netboot.xyz")));
  }

  /** H1 with a value of its first interface changed; {@code null} removes it. */
  static Map<String, Object> h1With(String path, Object value) {
    Map<String, Object> one = networkInterface("sm01", MAC1, IP1);
    set(one, path, value);
    return object("tink", "sm01", one);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> set(Map<String, Object> tree, String path, Object value) {
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
    return tree;
  }

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
}
