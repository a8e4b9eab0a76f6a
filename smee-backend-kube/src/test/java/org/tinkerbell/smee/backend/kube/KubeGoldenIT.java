// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.backend.kube.Samples.IP1;
import static org.tinkerbell.smee.backend.kube.Samples.IP2;
import static org.tinkerbell.smee.backend.kube.Samples.MAC1;
import static org.tinkerbell.smee.backend.kube.Samples.MAC2;
import static org.tinkerbell.smee.backend.kube.Samples.h1;
import static org.tinkerbell.smee.backend.kube.Samples.h1With;
import static org.tinkerbell.smee.backend.kube.Samples.h2;
import static org.tinkerbell.smee.backend.kube.Samples.hardware;
import static org.tinkerbell.smee.backend.kube.Samples.list;
import static org.tinkerbell.smee.backend.kube.Samples.map;
import static org.tinkerbell.smee.backend.kube.Samples.networkInterface;
import static org.tinkerbell.smee.backend.kube.Samples.object;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;

/** The golden cases of the Kubernetes backend, against the server double, by number. */
class KubeGoldenIT {

  /** What is asserted of a synchronised cluster. */
  interface Check {
    void of(Cluster cluster) throws Exception;
  }

  record Golden(String number, List<Map<String, Object>> objects, Check check) {
    @Override
    public String toString() {
      return number;
    }
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static Golden golden(String number, Check check, Map<String, Object>... objects) {
    return new Golden(number, List.of(objects), check);
  }

  private static Check unusable(String mac, String ip, String path) {
    return cluster -> {
      if (!mac.isEmpty()) {
        assertUnusable(cluster.mac(mac), path);
      }
      if (!ip.isEmpty()) {
        assertUnusable(cluster.ip(ip), path);
      }
    };
  }

  private static void assertUnusable(LookupResult result, String path) {
    assertThat(result).isInstanceOf(LookupResult.Unusable.class);
    assertThat(((LookupResult.Unusable) result).reason())
        .contains("tink/sm01", path)
        .doesNotContain("\n");
  }

  private static InetAddress address(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  static Stream<Golden> cases() {
    Map<String, Object> second = networkInterface("second", MAC2, IP2);
    Map<String, Object> ipOnly = networkInterface("sm01", MAC1, IP1);
    Samples.set(ipOnly, "dhcp.mac", null);
    return Stream.of(
        golden("K1 whole record", KubeGoldenIT::wholeRecord, h1(), h2()),
        golden(
            "K2 empty list",
            cluster -> {
              assertThat(cluster.mac(MAC1)).isEqualTo(LookupResult.notFound());
              assertThat(cluster.ip(IP1)).isEqualTo(LookupResult.notFound());
              assertThat(cluster.backend.status().ready()).isTrue();
            }),
        golden(
            "K3 two objects with the MAC",
            cluster -> {
              assertThat(cluster.mac(MAC1))
                  .isEqualTo(
                      new LookupResult.Ambiguous(
                          MAC1 + " is in 2 hardware objects: tink/sm01, tink/sm03"));
              assertThat(cluster.ip(IP1)).isInstanceOf(LookupResult.Found.class);
              assertThat(cluster.ip(IP2)).isInstanceOf(LookupResult.Found.class);
            },
            h1(),
            hardware("tink", "sm03", MAC1.toUpperCase(Locale.ROOT), IP2)),
        golden("K5 mac bad", unusable("", IP1, "dhcp.mac"), h1With("dhcp.mac", "bad")),
        golden("K5 mac none", unusable("", IP1, "dhcp.mac"), object("tink", "sm01", ipOnly)),
        golden(
            "K5 ip none",
            cluster -> assertThat(cluster.found(MAC1).reservation().ipAddress()).isEmpty(),
            h1With("dhcp.ip", null)),
        golden(
            "K5 no netmask",
            unusable(MAC1, IP1, "dhcp.ip.netmask"),
            h1With("dhcp.ip.netmask", null)),
        golden(
            "K5 gateway bad",
            unusable(MAC1, IP1, "dhcp.ip.gateway"),
            h1With("dhcp.ip.gateway", "bad")),
        golden(
            "K6 invalid name server",
            cluster ->
                assertThat(cluster.found(MAC1).reservation().nameServers())
                    .containsExactly(address("8.8.8.8"), address("8.8.4.4")),
            h1With("dhcp.name_servers", list("8.8.8.8", "not-an-ip", "8.8.4.4"))),
        golden(
            "K7 netboot none",
            cluster -> {
              assertThat(cluster.found(MAC1).netboot()).isEmpty();
              assertThat(cluster.found(MAC1).reservation().ipAddress()).isPresent();
            },
            h1With("netboot", null)),
        golden(
            "K8 url bad",
            cluster -> {
              assertThat(cluster.found(MAC1).reservation().ipAddress()).isPresent();
              assertThat(cluster.found(MAC1).netboot().orElseThrow().ipxeScriptUrl())
                  .hasValueSatisfying(url -> assertThat(url.isAbsolute()).isFalse());
              assertThat(cluster.recorder.problems).hasSize(1);
            },
            h1With("netboot.ipxe.url", "bad")),
        golden(
            "K9 allowPXE absent",
            cluster -> {
              assertThat(cluster.found(MAC1).netboot()).isPresent();
              assertThat(cluster.found(MAC1).netbootAllowed()).isFalse();
            },
            h1With("netboot.allowPXE", null)),
        golden(
            "K10 interface without dhcp before the match",
            cluster -> {
              assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
              assertThat(cluster.ip(IP1)).isInstanceOf(LookupResult.Found.class);
            },
            object("tink", "sm01", map("netboot", map()), networkInterface("x", MAC1, IP1))),
        golden(
            "K11 second interface",
            cluster -> {
              assertThat(cluster.found(MAC2).reservation().hostname()).hasValue("second");
              assertThat(cluster.ip(IP2)).isEqualTo(LookupResult.found(cluster.found(MAC2)));
            },
            object("tink", "sm01", networkInterface("first", MAC1, IP1), second)),
        golden(
            "K12 lease absent",
            cluster -> assertThat(cluster.found(MAC1).reservation().leaseTime()).hasSeconds(604800),
            h1With("dhcp.lease_time", null)),
        golden(
            "K12 lease -1",
            cluster -> assertThat(cluster.found(MAC1).reservation().leaseTime()).hasSeconds(604800),
            h1With("dhcp.lease_time", -1)),
        golden(
            "K13 broadcast of /24",
            cluster ->
                assertThat(cluster.found(MAC1).reservation().broadcastAddress())
                    .contains(address("192.168.1.255")),
            h1With("dhcp.ip", map("address", "192.168.1.10", "netmask", "255.255.255.0"))),
        golden(
            "K13 broadcast of /8",
            cluster ->
                assertThat(cluster.found(MAC1).reservation().broadcastAddress())
                    .contains(address("10.255.255.255")),
            h1With("dhcp.ip", map("address", "10.0.0.2", "netmask", "255.0.0.0"))),
        golden(
            "K14 IPv6 without mask",
            cluster ->
                assertThat(cluster.ip("2001:db8:0:0:0:0:0:1"))
                    .isInstanceOf(LookupResult.Found.class),
            h1With("dhcp.ip", map("address", "2001:DB8::1"))),
        golden(
            "K14 IPv6 with mask",
            unusable(MAC1, "2001:db8::1", "dhcp.ip.netmask"),
            h1With("dhcp.ip", map("address", "2001:db8::1", "netmask", "255.255.255.0"))),
        golden(
            "K15 domain name",
            cluster -> {
              Reservation reservation = cluster.found(MAC1).reservation();
              assertThat(reservation.domainName()).hasValue("example.com");
              assertThat(reservation.domainSearch()).containsExactly("example.com");
            },
            h1With("dhcp.domain_name", "example.com")),
        golden(
            "K17 same MAC in two namespaces",
            cluster -> {
              assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Ambiguous.class);
              assertThat(cluster.ip(IP1)).isInstanceOf(LookupResult.Ambiguous.class);
            },
            hardware("a", "sm01", MAC1, IP1),
            hardware("b", "sm01", MAC1, IP1)),
        golden(
            "K20 discovered object",
            cluster -> {
              HardwareRecord hardware = cluster.found(MAC1);
              assertThat(hardware.netboot()).isEmpty();
              assertThat(hardware.reservation().ipAddress()).isEmpty();
              assertThat(cluster.recorder.problems).isEmpty();
            },
            object("default", "discovery-1", map("dhcp", map("mac", MAC1)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void goldenCase(Golden golden) throws Exception {
    try (Cluster cluster = new Cluster()) {
      golden.objects().forEach(cluster.server::apply);
      golden.check().of(cluster.synced());
    }
  }

  private static void wholeRecord(Cluster cluster) throws Exception {
    HardwareRecord hardware = cluster.found(MAC1);
    assertThat(cluster.ip(IP1)).isEqualTo(LookupResult.found(hardware));
    Reservation reservation = hardware.reservation();
    assertThat(reservation.macAddress()).hasToString(MAC1);
    assertThat(reservation.ipAddress()).contains(address(IP1));
    assertThat(reservation.subnetMask()).contains((Inet4Address) address("255.255.255.0"));
    assertThat(reservation.defaultGateway()).contains(address("172.16.10.1"));
    assertThat(reservation.nameServers()).containsExactly(address("1.1.1.1"));
    assertThat(reservation.leaseTime()).hasSeconds(86400);
    Netboot netboot = hardware.netboot().orElseThrow();
    assertThat(netboot.facility()).hasValue("onprem");
    assertThat(netboot.ipxeScriptUrl()).hasValue(URI.create("http://netboot.xyz"));
    assertThat(netboot.allowed()).isTrue();
    assertThat(cluster.found(MAC2).reservation().ipAddress()).contains(address(IP2));
    assertThat(cluster.backend.status().detail()).isEqualTo("2 records of 2 hardware objects");
  }

  @Test
  void k4FailingListIsAFailure() throws Exception {
    try (Cluster cluster = new Cluster(h1())) {
      cluster.server.listStatus = 500;
      cluster.started();
      String told = cluster.recorder.awaitFailed();
      assertThat(told)
          .matches(
              "the Kubernetes API at http://127.0.0.1:\\d+ fails to list hardware \\(500\\): the"
                  + " double was told to say 500; retrying in 1 s");
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Failed.class);
      assertThat(cluster.backend.status().ready()).isFalse();
      cluster.server.listStatus = 200;
      cluster.awaitSync();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
    }
  }

  @Test
  void k16ObjectsOfOtherNamespacesAreNotFound() throws Exception {
    try (Cluster cluster = new Cluster(hardware("b", "sm01", MAC1, IP1))) {
      cluster.server.apply(hardware("a", "sm02", MAC2, IP2));
      cluster.synced(builder -> builder.namespace("a"));
      assertThat(cluster.mac(MAC1)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      cluster.server.apply(hardware("b", "sm04", "02:00:00:00:00:04", "172.16.10.104"));
      cluster.server.apply(hardware("a", "sm03", "02:00:00:00:00:03", "172.16.10.103"));
      assertThat(cluster.recorder.awaitLoaded()).isEqualTo(2);
      assertThat(cluster.mac("02:00:00:00:00:03")).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.mac("02:00:00:00:00:04")).isEqualTo(LookupResult.notFound());
      assertThat(cluster.server.requests)
          .allMatch(
              request ->
                  request.path().equals("/apis/tinkerbell.org/v1alpha1/namespaces/a/hardware"));
    }
  }

  @Test
  void k18ChangesAreSeenWithinASecond() throws Exception {
    try (Cluster cluster = new Cluster(h1(), h2())) {
      cluster.synced();
      long begin = System.nanoTime();
      cluster.server.apply(h1With("dhcp.hostname", "renamed"));
      cluster.recorder.awaitLoaded();
      assertThat(cluster.found(MAC1).reservation().hostname()).hasValue("renamed");
      cluster.server.apply(hardware("tink", "sm01", "02:00:00:00:00:09", IP1));
      cluster.recorder.awaitLoaded();
      assertThat(cluster.mac(MAC1)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.mac("02:00:00:00:00:09")).isInstanceOf(LookupResult.Found.class);
      cluster.server.delete("tink", "sm01");
      assertThat(cluster.recorder.awaitLoaded()).isEqualTo(1);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      assertThat(cluster.ip(IP1)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      System.out.println("three changes seen after " + millis + " ms");
      assertThat(millis).isLessThan(3000);
    }
  }

  @ParameterizedTest(name = "K19 410 as an event: {0}")
  @ValueSource(booleans = {false, true})
  void k19ExpiredWatchIsListedAnewWithoutGap(boolean asEvent) throws Exception {
    try (Cluster cluster = new Cluster(h1(), h2())) {
      cluster.server.goneAsEvent = asEvent;
      cluster.synced();
      HardwareRecord before = cluster.found(MAC2);
      cluster.server.stop();
      // While the watch is down one is deleted and one is added, and the log of that is dropped.
      cluster.server.delete("tink", "sm01");
      cluster.server.apply(hardware("tink", "sm03", "02:00:00:00:00:03", "172.16.10.103"));
      cluster.server.compact();
      assertThat(cluster.mac(MAC1)).isInstanceOf(LookupResult.Found.class);
      assertThat(cluster.mac(MAC2)).isInstanceOf(LookupResult.Found.class);
      cluster.server.requests.clear();
      cluster.server.start();
      assertThat(cluster.recorder.awaitLoaded()).isEqualTo(2);
      assertThat(cluster.mac(MAC1)).isEqualTo(LookupResult.notFound());
      assertThat(cluster.mac("02:00:00:00:00:03")).isInstanceOf(LookupResult.Found.class);
      // The unchanged object was not converted again.
      assertThat(cluster.found(MAC2)).isSameAs(before);
      assertThat(cluster.server.requests)
          .filteredOn(request -> !request.isWatch())
          .allMatch(request -> !request.query().containsKey("resourceVersion"));
    }
  }
}
