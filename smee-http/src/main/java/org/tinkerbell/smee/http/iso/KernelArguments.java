// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.http.ipxe.IpxeScriptSettings;

/** Writes the kernel arguments that take the placeholder's place. */
final class KernelArguments {
  private static final String CONSOLES =
      "console=ttyAMA0 console=ttyS0 console=tty0 console=tty1 console=ttyS1";

  private final IpxeScriptSettings settings;
  private final boolean staticIpam;

  KernelArguments(IpxeScriptSettings settings, boolean staticIpam) {
    this.settings = settings;
    this.staticIpam = staticIpam;
  }

  /** Returns the arguments with one blank between each. */
  String of(HardwareRecord hardware, MacAddress asked) {
    String mac = asked.toString();
    Reservation reservation = hardware.reservation();
    List<String> arguments = new ArrayList<>();
    arguments.add(consoles(hardware.netboot().flatMap(Netboot::facility).orElse("")));
    reservation.vlanId().ifPresent(vlan -> arguments.add("vlan_id=" + vlan));
    arguments.add("hw_addr=" + mac);
    arguments.add("syslog_host=" + settings.syslogHost());
    arguments.add("grpc_authority=" + settings.tinkServer());
    arguments.add("tinkerbell_tls=" + settings.tinkServerTls());
    arguments.add("tinkerbell_insecure_tls=" + settings.tinkServerInsecureTls());
    arguments.add("worker_id=" + hardware.agentId().filter(id -> !id.isEmpty()).orElse(mac));
    // The last value of a repeated key counts, so what operators add comes after the computed ones.
    arguments.addAll(settings.extraKernelArgs());
    hardware.netboot().map(part -> part.osie().kernelParams()).orElse(List.of()).stream()
        .filter(text -> !text.isEmpty())
        .forEach(arguments::add);
    if (staticIpam) {
      ipam(reservation, asked).ifPresent(arguments::add);
    }
    return String.join(" ", arguments);
  }

  private static String consoles(String facility) {
    if (facility.isEmpty()) {
      return CONSOLES;
    }
    // A facility code with consoles in it is how operators set them for a machine.
    return "facility=" + facility + (facility.contains("console=") ? "" : " " + CONSOLES);
  }

  /**
   * Returns the token by which HookOS sets a fixed address. It stops at one that lacks a field it
   * needs, and then has no address at all; without the token it asks DHCP.
   */
  static Optional<String> ipam(Reservation reservation, MacAddress mac) {
    String ip = reservation.ipAddress().map(KernelArguments::ipv4).orElse("");
    String mask = reservation.subnetMask().map(KernelArguments::ipv4).orElse("");
    String dns = ipv4List(reservation.nameServers());
    if (ip.isEmpty() || mask.isEmpty() || dns.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "ipam="
            + String.join(
                ":",
                mac.format(MacAddress.Format.DASH),
                reservation.vlanId().orElse(""),
                ip,
                mask,
                reservation.defaultGateway().map(KernelArguments::ipv4).orElse(""),
                reservation.hostname().orElse(""),
                dns,
                searchDomains(reservation),
                ipv4List(reservation.ntpServers())));
  }

  private static String searchDomains(Reservation reservation) {
    return reservation.domainSearch().isEmpty()
        ? reservation.domainName().orElse("")
        : String.join(",", reservation.domainSearch());
  }

  private static String ipv4(InetAddress address) {
    // The token is divided by colons, so an IPv6 address would break it.
    return address instanceof Inet4Address ? address.getHostAddress() : "";
  }

  private static String ipv4List(List<InetAddress> addresses) {
    return addresses.stream()
        .map(KernelArguments::ipv4)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(","));
  }
}
