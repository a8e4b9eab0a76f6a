// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import static org.tinkerbell.smee.backend.kube.Samples.list;
import static org.tinkerbell.smee.backend.kube.Samples.map;
import static org.tinkerbell.smee.backend.kube.Samples.set;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;

/** Makes an object of a record: the reverse of what the backend does. */
final class HardwareObject {
  private HardwareObject() {}

  static Map<String, Object> of(String name, HardwareRecord hardware) {
    Map<String, Object> one = map("dhcp", dhcp(hardware.reservation()));
    if (hardware.reservation().disabled()) {
      one.put("disableDhcp", true);
    }
    hardware.netboot().ifPresent(netboot -> one.put("netboot", netboot(netboot)));
    put(one, "isoboot.sourceISO", hardware.isoSource());
    Map<String, Object> spec = map("interfaces", list(one));
    put(spec, "agentID", hardware.agentId());
    put(
        spec,
        "metadata.facility.facility_code",
        hardware.netboot().flatMap(netboot -> netboot.facility()));
    return map(
        "apiVersion",
        "tinkerbell.org/v1alpha1",
        "kind",
        "Hardware",
        "metadata",
        map("name", name, "namespace", "tink"),
        "spec",
        spec);
  }

  private static Map<String, Object> dhcp(Reservation reservation) {
    Map<String, Object> dhcp = map("mac", reservation.macAddress().toString());
    put(dhcp, "ip.address", reservation.ipAddress().map(InetAddress::getHostAddress));
    put(dhcp, "ip.netmask", reservation.subnetMask().map(InetAddress::getHostAddress));
    put(dhcp, "ip.gateway", reservation.defaultGateway().map(InetAddress::getHostAddress));
    dhcp.put("name_servers", addresses(reservation.nameServers()));
    dhcp.put("time_servers", addresses(reservation.ntpServers()));
    put(dhcp, "hostname", reservation.hostname());
    put(dhcp, "domain_name", reservation.domainName());
    put(dhcp, "arch", reservation.arch());
    put(dhcp, "vlan_id", reservation.vlanId());
    put(dhcp, "tftp_server_name", reservation.tftpServerName());
    put(dhcp, "boot_file_name", reservation.bootFileName());
    dhcp.put("lease_time", reservation.leaseTime().toSeconds());
    dhcp.put(
        "classless_static_routes",
        list(reservation.classlessStaticRoutes().stream().map(HardwareObject::route).toArray()));
    return dhcp;
  }

  private static Map<String, Object> route(ClasslessRoute route) {
    return map(
        "destination_descriptor",
        route.destination().getHostAddress() + "/" + route.prefixLength(),
        "router",
        route.router().getHostAddress());
  }

  private static Map<String, Object> netboot(Netboot netboot) {
    Map<String, Object> object = map("allowPXE", netboot.allowed());
    put(object, "ipxe.url", netboot.ipxeScriptUrl());
    put(object, "ipxe.contents", netboot.ipxeScript());
    put(object, "ipxe.binary", netboot.ipxeBinary());
    put(object, "pxelinux.config", netboot.pxelinuxConfig());
    Osie osie = netboot.osie();
    put(object, "osie.baseURL", osie.baseUrl());
    put(object, "osie.kernel", osie.kernel());
    put(object, "osie.initrd", osie.initrd());
    if (!osie.kernelParams().isEmpty()) {
      set(object, "osie.kernelParams", list(osie.kernelParams().toArray()));
    }
    put(object, "rpi.serialNum", netboot.raspberryPi().map(RaspberryPi::serialNumber));
    put(object, "rpi.firmwarePath", netboot.raspberryPi().flatMap(RaspberryPi::firmwarePath));
    put(object, "rpi.configTxt", netboot.raspberryPi().flatMap(RaspberryPi::configTxt));
    return object;
  }

  private static List<Object> addresses(List<InetAddress> addresses) {
    return list(addresses.stream().map(InetAddress::getHostAddress).toArray());
  }

  private static void put(Map<String, Object> tree, String path, Optional<?> value) {
    value.ifPresent(present -> set(tree, path, present.toString()));
  }
}
