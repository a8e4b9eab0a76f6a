// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Osie;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;

/** Writes records as a user would: the reverse of what the backend does. */
final class HardwareYaml {
  private final StringBuilder text = new StringBuilder();
  private String indent = "";

  private HardwareYaml() {}

  static String of(List<HardwareRecord> records) {
    HardwareYaml yaml = new HardwareYaml();
    records.forEach(yaml::hardware);
    return yaml.text.toString();
  }

  private void hardware(HardwareRecord hardware) {
    open(hardware.macAddress().toString());
    reservation(hardware.reservation());
    value("agentId", hardware.agentId());
    value("isoSource", hardware.isoSource());
    hardware.netboot().ifPresent(this::netboot);
    close();
  }

  private void reservation(Reservation reservation) {
    value("ipAddress", reservation.ipAddress().map(InetAddress::getHostAddress));
    value("subnetMask", reservation.subnetMask().map(InetAddress::getHostAddress));
    value("defaultGateway", reservation.defaultGateway().map(InetAddress::getHostAddress));
    value("broadcastAddress", reservation.broadcastAddress().map(InetAddress::getHostAddress));
    list("nameServers", addresses(reservation.nameServers()));
    list("ntpServers", addresses(reservation.ntpServers()));
    value("hostname", reservation.hostname());
    value("domainName", reservation.domainName());
    list("domainSearch", reservation.domainSearch());
    if (!reservation.leaseTime().equals(Reservation.DEFAULT_LEASE)) {
      line("leaseTime: " + reservation.leaseTime().toSeconds());
    }
    value("arch", reservation.arch());
    value("vlanID", reservation.vlanId());
    value("tftpServerName", reservation.tftpServerName());
    value("bootFileName", reservation.bootFileName());
    if (reservation.disabled()) {
      line("disabled: true");
    }
    line("classlessStaticRoutes:");
    reservation
        .classlessStaticRoutes()
        .forEach(
            route ->
                line(
                    "- {destination: "
                        + route.destination().getHostAddress()
                        + "/"
                        + route.prefixLength()
                        + ", router: "
                        + route.router().getHostAddress()
                        + "}"));
  }

  private void netboot(Netboot netboot) {
    open("netboot");
    line("allowPxe: " + netboot.allowed());
    value("ipxeScriptUrl", netboot.ipxeScriptUrl());
    value("ipxeScript", netboot.ipxeScript());
    value("ipxeBinary", netboot.ipxeBinary());
    value("console", netboot.console());
    value("facility", netboot.facility());
    value("pxelinuxConfig", netboot.pxelinuxConfig());
    if (!netboot.osie().equals(Osie.DEFAULT)) {
      open("osie");
      value("baseUrl", netboot.osie().baseUrl());
      value("kernel", netboot.osie().kernel());
      value("initrd", netboot.osie().initrd());
      list("kernelParams", netboot.osie().kernelParams());
      close();
    }
    netboot.raspberryPi().ifPresent(this::raspberryPi);
    close();
  }

  private void raspberryPi(RaspberryPi pi) {
    open("raspberryPi");
    value("serialNumber", Optional.of(pi.serialNumber()));
    value("firmwarePath", pi.firmwarePath());
    value("configTxt", pi.configTxt());
    close();
  }

  private static List<String> addresses(List<InetAddress> addresses) {
    return addresses.stream().map(InetAddress::getHostAddress).toList();
  }

  private void open(String key) {
    line(key + ":");
    indent += "  ";
  }

  private void close() {
    indent = indent.substring(2);
  }

  private void value(String key, Optional<?> value) {
    value.ifPresent(present -> line(key + ": " + quoted(present.toString())));
  }

  private void list(String key, List<String> values) {
    if (!values.isEmpty()) {
      line(key + ":");
      values.forEach(value -> line("- " + quoted(value)));
    }
  }

  private void line(String line) {
    text.append(indent).append(line).append('\n');
  }

  private static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
