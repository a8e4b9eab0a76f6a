// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.spi.Tree.h1Interface;
import static org.tinkerbell.smee.backend.spi.Tree.hardware;
import static org.tinkerbell.smee.backend.spi.Tree.map;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Conversion;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Problem;

/** Values at random places replaced by values of random types; the seed is the test's name. */
class HardwareObjectsFuzzTest {
  private static final Object[] VALUES = {
    "",
    "x",
    "10.0.0.1",
    "::1",
    "255.255.255.0",
    "\u0000\n",
    "http://h/%",
    "yes",
    "0x",
    "0xzz",
    "1e9",
    true,
    false,
    0,
    -1,
    3.5,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Long.MIN_VALUE,
    new BigDecimal("1e2000000000"),
    new BigDecimal("1e-2000000000"),
    new Object(),
    "9".repeat(5000),
    "3c:ec:ef:4c:4f:54",
    "02-00-00-00-00-01",
    'c',
    "//",
    "://",
    "/",
    "?",
    "tinkerbell.org/v1alpha2",
  };

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void noTreeMakesTheConversionThrow(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Map<String, Object> tree = random.nextBoolean() ? v1() : v2();
      int changes = 1 + random.nextInt(4);
      for (int change = 0; change < changes; change++) {
        mutate(tree, random);
      }
      check(HardwareObjects.convert(tree));
    }
  }

  private static void check(Conversion conversion) {
    Set<MacAddress> macs = new HashSet<>();
    for (HardwareRecord hardware : conversion.records()) {
      assertThat(macs.add(hardware.macAddress())).isTrue();
      assertThat(hardware.reservation().leaseTime()).isPositive();
    }
    for (Problem problem : conversion.problems()) {
      assertThat(problem.toString()).hasSizeLessThan(400).matches("\\P{Cntrl}+");
    }
  }

  private static Map<String, Object> v1() {
    Map<String, Object> full = h1Interface();
    full.put("isoboot", map("sourceISO", "http://h/x.iso"));
    Tree.set(
        full,
        "dhcp.classless_static_routes",
        Tree.list(map("destination_descriptor", "10.0.0.0/8", "router", "172.16.10.2")));
    Tree.set(full, "netboot.rpi", map("serialNum", "1"));
    Tree.set(full, "netboot.osie", map("baseURL", "http://h", "kernelParams", Tree.list("a")));
    return hardware("sm01", "onprem", full, h1Interface());
  }

  private static Map<String, Object> v2() {
    return map(
        "apiVersion",
        "tinkerbell.org/v1alpha2",
        "spec",
        map(
            "instance",
            map("osie", map("kernelURL", "http://h/k", "initrdURL", "http://h/i", "isoURL", "x:y")),
            "networkInterfaces",
            map(
                "3c:ec:ef:4c:4f:54",
                map(
                    "ipam",
                    map("ipv4", map("address", "10.0.0.2", "prefix", "24")),
                    "dhcp",
                    map("ipv4", map("nameservers", Tree.list("1.1.1.1"), "leaseTimeSeconds", 1)),
                    "netboot",
                    map("ipxe", map("url", "http://h/", "script", "#!ipxe"))))));
  }

  @SuppressWarnings("unchecked")
  private static void mutate(Object tree, Random random) {
    Object at = tree;
    while (true) {
      boolean stop = random.nextInt(5) == 0;
      if (at instanceof Map<?, ?> raw && !raw.isEmpty()) {
        Map<String, Object> map = (Map<String, Object>) raw;
        List<String> names = new ArrayList<>(map.keySet());
        String name = names.get(random.nextInt(names.size()));
        Object next = map.get(name);
        if (stop || !(next instanceof Map || next instanceof List)) {
          map.put(name, value(random));
          return;
        }
        at = next;
      } else if (at instanceof List<?> raw && !raw.isEmpty()) {
        List<Object> list = (List<Object>) raw;
        int index = random.nextInt(list.size());
        Object next = list.get(index);
        if (stop || !(next instanceof Map || next instanceof List)) {
          list.set(index, value(random));
          return;
        }
        at = next;
      } else {
        return;
      }
    }
  }

  private static Object value(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> map("a", 1, "address", "10.0.0.1", "mac", 7);
      case 2 -> {
        List<Object> list = new ArrayList<>();
        list.add(null);
        list.add(VALUES[random.nextInt(VALUES.length)]);
        yield list;
      }
      default -> VALUES[random.nextInt(VALUES.length)];
    };
  }
}
