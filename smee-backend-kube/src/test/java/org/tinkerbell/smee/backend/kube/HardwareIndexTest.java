// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.kube.Samples.IP1;
import static org.tinkerbell.smee.backend.kube.Samples.MAC1;
import static org.tinkerbell.smee.backend.kube.Samples.MAC2;
import static org.tinkerbell.smee.backend.kube.Samples.hardware;
import static org.tinkerbell.smee.backend.kube.Samples.networkInterface;
import static org.tinkerbell.smee.backend.kube.Samples.object;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.HardwareObjects;

class HardwareIndexTest {
  private final HardwareIndex index = new HardwareIndex();

  private static HardwareIndex.Stored stored(Map<String, ?> object) {
    return new HardwareIndex.Stored("1", HardwareObjects.convert(object));
  }

  private LookupResult mac(String mac) {
    return index.find(MacAddress.parse(mac));
  }

  private LookupResult ip(String ip) throws UnknownHostException {
    return index.find(InetAddress.getByName(ip));
  }

  @Test
  void firstInterfaceOfAnObjectHasASharedIpAddress() throws Exception {
    index.put(
        "a/x",
        stored(
            object(
                "a", "x", networkInterface("one", MAC1, IP1), networkInterface("two", MAC2, IP1))));
    assertThat(ip(IP1)).isEqualTo(mac(MAC1));
    assertThat(mac(MAC2)).isInstanceOf(LookupResult.Found.class);
    assertThat(index.recordCount()).isEqualTo(2);
  }

  @Test
  void unusableAndUsableObjectsWithOneKeyAreAmbiguous() {
    Map<String, Object> broken = networkInterface("x", MAC1, IP1);
    Samples.set(broken, "dhcp.ip.netmask", "bad");
    index.put("a/x", stored(object("a", "x", broken)));
    assertThat(mac(MAC1)).isInstanceOf(LookupResult.Unusable.class);
    index.put("a/y", stored(hardware("a", "y", MAC1, "10.0.0.1")));
    assertThat(mac(MAC1)).isInstanceOf(LookupResult.Ambiguous.class);
    index.remove("a/x");
    assertThat(mac(MAC1)).isInstanceOf(LookupResult.Found.class);
  }

  @Test
  void manyObjectsAreNamedInPart() {
    for (int i = 0; i < 9; i++) {
      index.put("a/n" + i, stored(hardware("a", "n" + i, MAC1, "10.0.0." + i)));
    }
    assertThat(mac(MAC1))
        .isEqualTo(
            new LookupResult.Ambiguous(
                MAC1 + " is in 9 hardware objects: a/n0, a/n1, a/n2, a/n3, a/n4, ..."));
  }

  @Test
  void raspberryPisAreFoundBySerialNumber() {
    Map<String, Object> board = networkInterface("x", MAC1, IP1);
    Samples.set(board, "netboot.rpi", Samples.map("serialNum", "10000000DEADBEEF"));
    index.put("a/x", stored(object("a", "x", board)));
    assertThat(index.findBySerialNumber("deadbeef")).isEqualTo(mac(MAC1));
    assertThat(index.findBySerialNumber("10000000deadbeef")).isEqualTo(mac(MAC1));
    assertThat(index.findBySerialNumber("beef")).isEqualTo(LookupResult.notFound());
    index.put("a/y", stored(object("a", "y", board)));
    assertThat(index.findBySerialNumber("deadbeef"))
        .isEqualTo(
            new LookupResult.Ambiguous(
                "serial number deadbeef is in 2 hardware objects: a/x, a/y"));
    index.remove("a/x");
    index.put("a/y", stored(hardware("a", "y", MAC1, IP1)));
    assertThat(index.findBySerialNumber("deadbeef")).isEqualTo(LookupResult.notFound());
  }

  @Test
  void unknownObjectIsNotRemoved() {
    assertThat(index.remove("a/x")).isFalse();
  }

  /** Changes at random give the same answers as an index made from what is left. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void changesLeadToWhatAFreshIndexSays(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, HardwareIndex.Stored> model = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      String name = "n" + random.nextInt(6);
      if (random.nextInt(4) == 0) {
        assertThat(index.remove(name)).isEqualTo(model.remove(name) != null);
      } else {
        HardwareIndex.Stored object =
            stored(
                object(
                    "",
                    name,
                    networkInterface(
                        "h", "02:00:00:00:00:0" + random.nextInt(6), "10.0.0." + random.nextInt(6)),
                    networkInterface(
                        "h",
                        "02:00:00:00:00:0" + random.nextInt(6),
                        "10.0.0." + (random.nextInt(8) == 0 ? "x" : random.nextInt(6)))));
        index.put(name, object);
        model.put(name, object);
      }
      HardwareIndex fresh = new HardwareIndex();
      model.forEach(fresh::put);
      assertThat(index.recordCount()).isEqualTo(fresh.recordCount());
      assertThat(index.objectCount()).isEqualTo(model.size());
      for (int key = 0; key < 6; key++) {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:0" + key);
        assertThat(index.find(mac)).isEqualTo(fresh.find(mac));
        InetAddress ip = InetAddress.getByName("10.0.0." + key);
        assertThat(index.find(ip)).isEqualTo(fresh.find(ip));
      }
    }
  }
}
