// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.io.ByteArrayOutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOption;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/**
 * Lays the network configuration of a reservation into a reply. What DHCPv4 cannot carry, such as
 * IPv6 addresses, is left out; an empty list makes no option, as that would be malformed.
 */
final class AddressOptions {
  private static final int MAX_LABEL = 63;
  private static final int MAX_NAME = 255;

  private AddressOptions() {}

  static void put(DhcpMessage.Builder reply, Reservation reservation, NetbootSettings settings) {
    put(reply, DhcpOptions.DOMAIN_NAME_SERVERS, Ipv4.only(reservation.nameServers()));
    put(reply, DhcpOptions.DOMAIN_SEARCH, searchList(reservation.domainSearch()));
    put(reply, DhcpOptions.NTP_SERVERS, Ipv4.only(reservation.ntpServers()));
    if (settings.referenceParity()) {
      putMalformed(reply, reservation);
    }
    broadcast(reservation, settings)
        .ifPresent(address -> reply.set(DhcpOptions.BROADCAST_ADDRESS, address));
    reservation.domainName().ifPresent(name -> reply.set(DhcpOptions.DOMAIN_NAME, name));
    reservation.hostname().ifPresent(name -> reply.set(DhcpOptions.HOST_NAME, name));
    reservation.subnetMask().ifPresent(mask -> reply.set(DhcpOptions.SUBNET_MASK, mask));
    Optional<Inet4Address> gateway = Ipv4.only(reservation.defaultGateway());
    gateway.ifPresent(router -> reply.set(DhcpOptions.ROUTERS, List.of(router)));
    settings.syslogIp().ifPresent(ip -> reply.set(DhcpOptions.LOG_SERVERS, List.of(ip)));
    put(
        reply,
        DhcpOptions.CLASSLESS_STATIC_ROUTES,
        settings.referenceParity()
            ? reservation.classlessStaticRoutes()
            : withDefaultRoute(reservation.classlessStaticRoutes(), gateway));
    reservation.tftpServerName().ifPresent(name -> reply.set(DhcpOptions.TFTP_SERVER_NAME, name));
  }

  /** What the reference makes of values that have no place in DHCPv4. */
  private static void putMalformed(DhcpMessage.Builder reply, Reservation reservation) {
    putEmpty(reply, DhcpOptions.DOMAIN_NAME_SERVERS, reservation.nameServers());
    putEmpty(reply, DhcpOptions.NTP_SERVERS, reservation.ntpServers());
    putEmpty(reply, DhcpOptions.ROUTERS, reservation.defaultGateway().stream().toList());
    if (!reservation.domainSearch().isEmpty()) {
      ByteArrayOutputStream names = new ByteArrayOutputStream();
      for (String name : reservation.domainSearch()) {
        for (String label : name.split("\\.", -1)) {
          byte[] octets = label.getBytes(StandardCharsets.UTF_8);
          names.write(octets.length);
          names.writeBytes(octets);
        }
        names.write(0);
      }
      reply.setRaw(DhcpOptions.DOMAIN_SEARCH.code(), names.toByteArray());
    }
  }

  private static void putEmpty(
      DhcpMessage.Builder reply, DhcpOption<?> option, List<InetAddress> addresses) {
    if (!addresses.isEmpty() && Ipv4.only(addresses).isEmpty()) {
      reply.setRaw(option.code(), new byte[0]);
    }
  }

  private static <T> void put(DhcpMessage.Builder reply, DhcpOption<List<T>> option, List<T> list) {
    if (!list.isEmpty()) {
      reply.set(option, list);
    }
  }

  /** A point-to-point link of two addresses, and a host, have no broadcast address (RFC 3021). */
  private static Optional<Inet4Address> broadcast(
      Reservation reservation, NetbootSettings settings) {
    boolean none =
        !settings.referenceParity()
            && reservation.subnetMask().map(mask -> Ipv4.prefixLength(mask) >= 31).orElse(false);
    return none ? Optional.empty() : Ipv4.only(reservation.broadcastAddress());
  }

  /** Clients that take option 121 ignore option 3 (RFC 3442, DHCP Client Behavior). */
  private static List<ClasslessRoute> withDefaultRoute(
      List<ClasslessRoute> routes, Optional<Inet4Address> gateway) {
    boolean complete =
        routes.isEmpty()
            || gateway.isEmpty()
            || routes.stream().anyMatch(route -> route.prefixLength() == 0);
    if (complete) {
      return routes;
    }
    List<ClasslessRoute> all = new ArrayList<>(routes);
    all.add(new ClasslessRoute(Ipv4.ANY, 0, gateway.get()));
    return all;
  }

  private static List<String> searchList(List<String> names) {
    return names.stream()
        .map(name -> name.endsWith(".") ? name.substring(0, name.length() - 1) : name)
        .filter(AddressOptions::isDomainName)
        .toList();
  }

  /** RFC 1035 §2.3.4: labels of 1 to 63 octets, 255 in all with their length octets. */
  private static boolean isDomainName(String name) {
    int octets = 1;
    for (String label : name.split("\\.", -1)) {
      int length = label.getBytes(StandardCharsets.UTF_8).length;
      octets += 1 + length;
      if (length == 0 || length > MAX_LABEL) {
        return false;
      }
    }
    return octets <= MAX_NAME;
  }
}
