// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.Reservation;

/** Reads the {@code spec} of {@code tinkerbell.org/v1alpha1}. */
final class HardwareV1Alpha1 {
  private final ObjectNode spec;
  private final Findings findings;
  private final Optional<String> agentId;
  private final Optional<String> facility;

  HardwareV1Alpha1(ObjectNode spec, Findings findings) {
    this.spec = spec;
    this.findings = findings;
    agentId = spec.text("agentID");
    facility =
        spec.child("metadata")
            .flatMap(metadata -> metadata.child("facility"))
            .flatMap(site -> site.text("facility_code"));
  }

  void convert() {
    for (ObjectNode networkInterface : spec.children("interfaces")) {
      ObjectNode dhcp = networkInterface.child("dhcp").orElse(null);
      if (dhcp == null) {
        continue;
      }
      MacAddress mac = HardwareValues.macOrNull(dhcp, "mac");
      ObjectNode ip = ipPart(dhcp);
      InetAddress address = ip == null ? null : HardwareValues.addressOrNull(ip, "address");
      findings.enter(mac, address);
      try {
        if (mac == null) {
          refuseWithoutMac(dhcp, ip);
        } else if (findings.claim(mac)) {
          findings.record(record(networkInterface, dhcp, mac));
        } else {
          findings.problem(
              dhcp.path("mac"), mac + " has an interface before; the later one is ignored");
        }
      } catch (UnusableException e) {
        findings.unusable(e.path(), e.text());
      } finally {
        findings.leave();
      }
    }
  }

  private static @Nullable ObjectNode ipPart(ObjectNode dhcp) {
    try {
      return dhcp.requiredChild("ip").orElse(null);
    } catch (UnusableException e) {
      return null;
    }
  }

  private static void refuseWithoutMac(ObjectNode dhcp, @Nullable ObjectNode ip)
      throws UnusableException {
    Optional<String> text = dhcp.requiredText("mac");
    if (text.isPresent()) {
      throw new UnusableException(
          dhcp.path("mac"), ObjectNode.quoted(text.get()) + " is not a MAC address");
    }
    if (ip != null && ip.has("address")) {
      throw new UnusableException(dhcp.path("mac"), "missing");
    }
  }

  private HardwareRecord record(ObjectNode networkInterface, ObjectNode dhcp, MacAddress mac)
      throws UnusableException {
    Reservation.Builder to = Reservation.builder(mac);
    to.disabled(networkInterface.flag("disableDhcp").orElse(false));
    ObjectNode ip = dhcp.requiredChild("ip").orElse(null);
    if (ip != null) {
      address(to, ip);
    }
    dhcp.text("hostname").ifPresent(to::hostname);
    dhcp.text("domain_name")
        .ifPresent(domain -> to.domainName(domain).domainSearch(List.of(domain)));
    dhcp.text("arch").ifPresent(to::arch);
    dhcp.text("vlan_id").ifPresent(to::vlanId);
    dhcp.text("tftp_server_name").ifPresent(to::tftpServerName);
    dhcp.text("boot_file_name").ifPresent(to::bootFileName);
    to.nameServers(HardwareValues.addresses(dhcp, "name_servers", findings));
    to.ntpServers(HardwareValues.addresses(dhcp, "time_servers", findings));
    dhcp.wholeNumber("lease_time").ifPresent(seconds -> to.leaseTime(Duration.ofSeconds(seconds)));
    to.classlessStaticRoutes(
        HardwareValues.routes(dhcp, "classless_static_routes", "destination_descriptor", "router"));
    Optional<URI> iso = Optional.empty();
    ObjectNode isoboot = networkInterface.requiredChild("isoboot").orElse(null);
    if (isoboot != null) {
      iso = HardwareValues.isoSource(isoboot, "sourceISO");
    }
    return new HardwareRecord(to.build(), netboot(networkInterface), agentId, iso);
  }

  private void address(Reservation.Builder to, ObjectNode ip) throws UnusableException {
    Optional<InetAddress> address = HardwareValues.address(ip, "address");
    Optional<String> netmask = ip.requiredText("netmask");
    Optional<InetAddress> gateway = HardwareValues.address(ip, "gateway");
    if (address.isEmpty()) {
      if (netmask.isPresent() || gateway.isPresent()) {
        throw new UnusableException(ip.path("address"), "missing");
      }
      return;
    }
    Optional<Inet4Address> mask = netmask.flatMap(ValueText::ipv4Address);
    if (netmask.isPresent() && !(address.get() instanceof Inet4Address)) {
      throw new UnusableException(ip.path("netmask"), "an IPv6 address has none");
    }
    if (netmask.isPresent() && mask.isEmpty()) {
      throw new UnusableException(
          ip.path("netmask"), ObjectNode.quoted(netmask.get()) + " is not a mask in dotted form");
    }
    HardwareValues.subnet(to, address.get(), mask, ip.path("netmask"), findings);
    gateway.ifPresent(to::defaultGateway);
  }

  private Optional<Netboot> netboot(ObjectNode networkInterface) {
    if (!networkInterface.has("netboot")) {
      return Optional.empty();
    }
    Netboot.Builder to = Netboot.builder();
    facility.ifPresent(to::facility);
    ObjectNode netboot = networkInterface.child("netboot").orElse(null);
    if (netboot == null) {
      return Optional.of(to.build());
    }
    boolean allowed = false;
    try {
      allowed = netboot.flag("allowPXE").orElse(false);
    } catch (UnusableException e) {
      findings.problem(e.path(), e.text() + "; the machine is not netbooted");
    }
    to.allowed(allowed);
    ObjectNode ipxe = netboot.child("ipxe").orElse(null);
    if (ipxe != null) {
      HardwareValues.script(to, ipxe, "contents", findings);
    }
    netboot.child("osie").ifPresent(osie -> to.osie(osie(osie)));
    HardwareValues.firmware(to, netboot, findings);
    return Optional.of(to.build());
  }

  private Osie osie(ObjectNode osie) {
    Optional<String> text = osie.text("baseURL");
    Optional<URI> baseUrl = text.flatMap(ValueText::url);
    if (text.isPresent() && baseUrl.isEmpty()) {
      findings.problem(osie.path("baseURL"), "is not a URL; left out");
    }
    return new Osie(baseUrl, osie.text("kernel"), osie.text("initrd"), osie.texts("kernelParams"));
  }
}
