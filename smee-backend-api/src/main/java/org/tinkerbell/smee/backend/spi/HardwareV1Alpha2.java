// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.Reservation;

/** Reads the {@code spec} of {@code tinkerbell.org/v1alpha2}. */
final class HardwareV1Alpha2 {
  /** What the resource definition fills in; a file has nobody who does. */
  private static final Duration DEFAULT_LEASE = Duration.ofDays(1);

  private final ObjectNode spec;
  private final Findings findings;

  HardwareV1Alpha2(ObjectNode spec, Findings findings) {
    this.spec = spec;
    this.findings = findings;
  }

  void convert() {
    Optional<String> agentId = spec.text("agentID");
    Optional<String> arch = spec.text("arch");
    ObjectNode instanceOsie =
        spec.child("instance").flatMap(instance -> instance.child("osie")).orElse(null);
    Osie osie = instanceOsie == null ? Osie.DEFAULT : osie(instanceOsie);
    ObjectNode interfaces = spec.child("networkInterfaces").orElse(null);
    if (interfaces == null) {
      return;
    }
    for (Map.Entry<?, ?> entry : interfaces.fields().entrySet()) {
      String key = entry.getKey() instanceof String text ? text : "";
      String path = interfaces.path(key.isEmpty() ? "?" : clean(key));
      MacAddress mac = MacAddress.tryParse(key).orElse(null);
      ObjectNode node =
          entry.getValue() instanceof Map<?, ?> fields
              ? new ObjectNode(fields, path, findings)
              : null;
      ObjectNode ipam = node == null ? null : quietIpam(node);
      findings.enter(mac, ipam == null ? null : HardwareValues.addressOrNull(ipam, "address"));
      try {
        if (mac == null) {
          throw new UnusableException(path, ObjectNode.quoted(key) + " is not a MAC address");
        }
        if (!findings.claim(mac)) {
          findings.problem(path, mac + " has an interface before; the later one is ignored");
        } else if (node == null && entry.getValue() != null) {
          throw new UnusableException(path, "is not a mapping");
        } else if (node != null) {
          findings.record(record(node, mac, agentId, arch, osie, instanceOsie));
        }
      } catch (UnusableException e) {
        findings.unusable(e.path(), e.text());
      } finally {
        findings.leave();
      }
    }
  }

  private static String clean(String key) {
    String quoted = ObjectNode.quoted(key);
    return quoted.substring(1, quoted.length() - 1);
  }

  private static @Nullable ObjectNode quietIpam(ObjectNode node) {
    try {
      return ipam(node);
    } catch (UnusableException e) {
      return null;
    }
  }

  private static @Nullable ObjectNode ipam(ObjectNode node) throws UnusableException {
    ObjectNode ipam = node.requiredChild("ipam").orElse(null);
    return ipam == null ? null : ipam.requiredChild("ipv4").orElse(null);
  }

  private HardwareRecord record(
      ObjectNode node,
      MacAddress mac,
      Optional<String> agentId,
      Optional<String> arch,
      Osie osie,
      @Nullable ObjectNode instanceOsie)
      throws UnusableException {
    Reservation.Builder to = Reservation.builder(mac).leaseTime(DEFAULT_LEASE);
    arch.ifPresent(to::arch);
    ObjectNode ipam = ipam(node);
    if (ipam != null) {
      address(to, ipam);
    }
    ObjectNode dhcp = node.requiredChild("dhcp").orElse(null);
    ObjectNode v4 = dhcp == null ? null : dhcp.requiredChild("ipv4").orElse(null);
    if (v4 != null) {
      dhcp(to, v4);
    }
    Optional<URI> iso =
        instanceOsie == null ? Optional.empty() : HardwareValues.isoSource(instanceOsie, "isoURL");
    return new HardwareRecord(to.build(), netboot(node, osie), agentId, iso);
  }

  private void address(Reservation.Builder to, ObjectNode ipam) throws UnusableException {
    Optional<InetAddress> address = HardwareValues.address(ipam, "address");
    Optional<String> prefix = ipam.requiredText("prefix");
    Optional<InetAddress> gateway = HardwareValues.address(ipam, "gateway");
    if (address.isEmpty()) {
      if (prefix.isPresent() || gateway.isPresent()) {
        throw new UnusableException(ipam.path("address"), "missing");
      }
      return;
    }
    if (!(address.get() instanceof Inet4Address)) {
      throw new UnusableException(ipam.path("address"), "is not an IPv4 address");
    }
    Optional<Inet4Address> mask = Optional.empty();
    if (prefix.isPresent()) {
      int length = HardwareValues.prefixLength(prefix.get());
      if (length < 0) {
        throw new UnusableException(
            ipam.path("prefix"), ObjectNode.quoted(prefix.get()) + " is not a number from 0 to 32");
      }
      mask = Optional.of(Subnets.mask(length));
    }
    HardwareValues.subnet(to, address.get(), mask, ipam.path("prefix"), findings);
    gateway.ifPresent(to::defaultGateway);
  }

  private void dhcp(Reservation.Builder to, ObjectNode dhcp) throws UnusableException {
    to.disabled(dhcp.flag("disabled").orElse(false));
    dhcp.text("hostname").ifPresent(to::hostname);
    dhcp.text("domainName").ifPresent(to::domainName);
    to.domainSearch(dhcp.texts("domainSearchList"));
    dhcp.text("vlanID").ifPresent(to::vlanId);
    dhcp.text("bootFileName").ifPresent(to::bootFileName);
    dhcp.text("tftpServerName").ifPresent(to::tftpServerName);
    dhcp.wholeNumber("leaseTimeSeconds")
        .ifPresent(seconds -> to.leaseTime(Duration.ofSeconds(seconds)));
    to.nameServers(HardwareValues.addresses(dhcp, "nameservers", findings));
    to.ntpServers(HardwareValues.addresses(dhcp, "ntpServers", findings));
    to.classlessStaticRoutes(
        HardwareValues.routes(dhcp, "classlessStaticRoutes", "destinationDescriptor", "router"));
  }

  private Optional<Netboot> netboot(ObjectNode node, Osie osie) {
    if (!node.has("netboot")) {
      return Optional.empty();
    }
    Netboot.Builder to = Netboot.builder().osie(osie);
    ObjectNode netboot = node.child("netboot").orElse(null);
    if (netboot == null) {
      return Optional.of(to.build());
    }
    boolean allowed = false;
    try {
      allowed = !netboot.flag("disabled").orElse(false);
    } catch (UnusableException e) {
      findings.problem(e.path(), e.text() + "; the machine is not netbooted");
    }
    to.allowed(allowed);
    ObjectNode ipxe = netboot.child("ipxe").orElse(null);
    if (ipxe != null) {
      HardwareValues.script(to, ipxe, "script", findings);
    }
    HardwareValues.firmware(to, netboot, findings);
    return Optional.of(to.build());
  }

  /**
   * Splits the whole URLs of this version into the base and the names that the boot script is made
   * of.
   */
  private Osie osie(ObjectNode osie) {
    String kernel = url(osie, "kernelURL");
    String initrd = url(osie, "initrdURL");
    String first = kernel.isEmpty() ? initrd : kernel;
    String second = initrd.isEmpty() ? kernel : initrd;
    int authority = first.indexOf("://") + 3;
    int common = 0;
    while (common < Math.min(first.length(), second.length())
        && first.charAt(common) == second.charAt(common)) {
      common++;
    }
    int slash = first.isEmpty() ? -1 : first.substring(0, common).lastIndexOf('/');
    if (slash < authority) {
      if (!first.isEmpty()) {
        findings.problem(
            osie.path("kernelURL"),
            "has no folder on the same server as initrdURL; both are left out");
      }
      return new Osie(
          Optional.empty(), Optional.empty(), Optional.empty(), osie.texts("kernelParams"));
    }
    return new Osie(
        ValueText.url(first.substring(0, slash)),
        kernel.isEmpty() ? Optional.empty() : Optional.of(kernel.substring(slash + 1)),
        initrd.isEmpty() ? Optional.empty() : Optional.of(initrd.substring(slash + 1)),
        osie.texts("kernelParams"));
  }

  private String url(ObjectNode osie, String name) {
    Optional<String> text = osie.text(name);
    Optional<URI> url = text.flatMap(ValueText::url).filter(URI::isAbsolute);
    if (text.isPresent() && url.isEmpty()) {
      findings.problem(osie.path(name), "is not an absolute URL; left out");
    }
    return url.map(URI::toString).orElse("");
  }
}
