// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.netboot.ClientArchitecture;

/** DHCP messages and hardware records as attributes, with the reference's keys. */
final class DhcpAttributes {
  private static final int RESERVED_FLAGS = 0x00fe;

  private DhcpAttributes() {}

  /** Sets an attribute for each field and option of interest that is present. */
  static void put(Span span, String prefix, DhcpMessage message) {
    if (!span.isRecording()) {
      return;
    }
    put(span, prefix + "Header.flags", Optional.of(flags(message)));
    put(
        span,
        prefix + "Header.transactionID",
        Optional.of("0x" + HexFormat.of().toHexDigits(message.xid())));
    put(span, prefix + "Header.yiaddr", address(message.yiaddr()));
    put(span, prefix + "Header.siaddr", address(message.siaddr()));
    put(span, prefix + "Header.chaddr", message.hardwareAddress().map(MacAddress::toString));
    put(span, prefix + "Header.file", Optional.of(message.file()));
    put(span, prefix + "Opt1.SubnetMask", message.get(DhcpOptions.SUBNET_MASK).map(Text::of));
    put(span, prefix + "Opt3.DefaultGateway", message.get(DhcpOptions.ROUTERS).map(Text::of));
    put(
        span,
        prefix + "Opt6.NameServers",
        message.get(DhcpOptions.DOMAIN_NAME_SERVERS).map(Text::of));
    put(span, prefix + "Opt12.Hostname", message.get(DhcpOptions.HOST_NAME));
    put(span, prefix + "Opt15.DomainName", message.get(DhcpOptions.DOMAIN_NAME));
    put(
        span,
        prefix + "Opt28.BroadcastAddress",
        message.get(DhcpOptions.BROADCAST_ADDRESS).map(Text::of));
    put(span, prefix + "Opt42.NTPServers", message.get(DhcpOptions.NTP_SERVERS).map(Text::of));
    message
        .get(DhcpOptions.LEASE_TIME)
        .filter(seconds -> seconds > 0)
        .ifPresent(seconds -> span.setAttribute(prefix + "Opt51.LeaseTime", (double) seconds));
    put(span, prefix + "Opt53.MessageType", message.messageType().map(DhcpMessageType::toString));
    put(
        span,
        prefix + "Opt54.ServerIdentifier",
        message.get(DhcpOptions.SERVER_IDENTIFIER).map(Text::of));
    put(span, prefix + "Opt60.ClassIdentifier", message.get(DhcpOptions.VENDOR_CLASS));
    message
        .get(DhcpOptions.CLIENT_ARCHITECTURE)
        .ifPresent(
            codes ->
                span.setAttribute(
                    AttributeKey.stringArrayKey(prefix + "Opt93.ClientIdentifier"),
                    codes.stream().map(code -> ClientArchitecture.of(code).name()).toList()));
    put(
        span,
        prefix + "Opt94.ClientNetworkInterfaceIdentifier",
        message.get(DhcpOptions.CLIENT_NDI).map(DhcpAttributes::dotted));
    put(
        span,
        prefix + "Opt97.ClientMachineIdentifier",
        message.get(DhcpOptions.CLIENT_MACHINE_ID).map(DhcpAttributes::dotted));
    put(
        span,
        prefix + "Opt119.DomainSearch",
        message.get(DhcpOptions.DOMAIN_SEARCH).map(names -> String.join(",", names)));
  }

  /** Sets an attribute for each part of the record that DHCP hands out. */
  static void put(Span span, Reservation record) {
    put(span, "DHCP.MACAddress", Optional.of(record.macAddress().toString()));
    put(span, "DHCP.IPAddress", record.ipAddress().map(InetAddress::getHostAddress));
    put(span, "DHCP.SubnetMask", record.subnetMask().map(InetAddress::getHostAddress));
    put(span, "DHCP.DefaultGateway", record.defaultGateway().map(InetAddress::getHostAddress));
    put(span, "DHCP.NameServers", Optional.of(Text.of(record.nameServers())));
    put(span, "DHCP.Hostname", record.hostname());
    put(span, "DHCP.DomainName", record.domainName());
    put(span, "DHCP.BroadcastAddress", record.broadcastAddress().map(InetAddress::getHostAddress));
    put(span, "DHCP.NTPServers", Optional.of(Text.of(record.ntpServers())));
    span.setAttribute("DHCP.LeaseTime", record.leaseTime().toSeconds());
    put(span, "DHCP.DomainSearch", Optional.of(String.join(",", record.domainSearch())));
    put(
        span,
        "DHCP.ClasslessStaticRoutes",
        Optional.of(
            record.classlessStaticRoutes().stream()
                .map(
                    route ->
                        route.destination().getHostAddress()
                            + "/"
                            + route.prefixLength()
                            + "->"
                            + route.router().getHostAddress())
                .collect(Collectors.joining(","))));
  }

  /** Sets an attribute for each part of the record that says what to boot. */
  static void put(Span span, Netboot record) {
    span.setAttribute("Netboot.AllowNetboot", record.allowed());
    put(span, "Netboot.IPXEScriptURL", record.ipxeScriptUrl().map(String::valueOf));
    put(span, "Netboot.IPXEBinary", record.ipxeBinary());
  }

  private static void put(Span span, String key, Optional<String> value) {
    value.filter(text -> !text.isEmpty()).ifPresent(text -> span.setAttribute(key, text));
  }

  private static String flags(DhcpMessage message) {
    return (message.isBroadcast() ? "Broadcast" : "Unicast")
        + ((message.flags() & RESERVED_FLAGS) == 0 ? "" : " (reserved bits not zeroed)");
  }

  private static Optional<String> address(Inet4Address address) {
    return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address.getHostAddress());
  }

  private static String dotted(byte[] bytes) {
    StringJoiner text = new StringJoiner(".");
    for (byte value : bytes) {
      text.add(String.valueOf(value & 0xff));
    }
    return text.toString();
  }
}
