// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tinkerbell.smee.backend.spi.ValueText;

/**
 * The IPv4 address that machines are told to come to when no flag names one.
 *
 * @param address the address
 * @param reason which rule chose it, for the log
 */
record PublicAddress(Inet4Address address, String reason) {

  /** Names an interface whose first address is taken before all other rules. */
  static final String INTERFACE_VARIABLE = "SMEE_PUBLIC_IP_INTERFACE";

  /** The flag that gives the address itself. */
  static final String FLAG = "public-ipv4";

  private static final Path ROUTES = Path.of("/proc/net/route");
  private static final int RTF_UP = 1;
  private static final int RTF_GATEWAY = 2;

  /**
   * What is known of a network interface.
   *
   * @param name for example {@code eth0}
   * @param up whether it is up
   * @param addresses its IPv4 addresses in the kernel's order, primary ones first
   */
  record Interface(String name, boolean up, List<Inet4Address> addresses) {}

  /** Returns the address that is given, by flag or variable, or else the one that is found. */
  static Optional<PublicAddress> of(List<String> arguments, Map<String, String> environment) {
    FlagValues flags = new FlagParser(FlagTable.of("", List.of())).parse(arguments, environment);
    return flags
        .optional(FLAG)
        .flatMap(ValueText::ipv4Address)
        .map(given -> new PublicAddress(given, flags.origin(FLAG)))
        .or(() -> detect(environment.getOrDefault(INTERFACE_VARIABLE, "")));
  }

  /** Finds the address on this machine. */
  static Optional<PublicAddress> detect(String wantedInterface) {
    return choose(wantedInterface, interfaces(), routes());
  }

  /**
   * Chooses by these rules, the first that gives an address wins: the wanted interface's; that of
   * the interface with the default route of the lowest metric; the first global one of any
   * interface that is up.
   *
   * @param wantedInterface empty text means none
   * @param interfaces in the kernel's order
   * @param routes lines of {@code /proc/net/route}
   */
  static Optional<PublicAddress> choose(
      String wantedInterface, List<Interface> interfaces, List<String> routes) {
    for (Interface candidate : interfaces) {
      if (candidate.name().equals(wantedInterface) && !candidate.addresses().isEmpty()) {
        return Optional.of(
            new PublicAddress(
                candidate.addresses().get(0), INTERFACE_VARIABLE + "=" + wantedInterface));
      }
    }
    Optional<String> defaultInterface = defaultRouteInterface(routes);
    for (Interface candidate : interfaces) {
      if (defaultInterface.filter(candidate.name()::equals).isPresent()) {
        for (Inet4Address address : candidate.addresses()) {
          if (!address.isLoopbackAddress()) {
            return Optional.of(
                new PublicAddress(address, "default route through " + candidate.name()));
          }
        }
      }
    }
    for (Interface candidate : interfaces) {
      for (Inet4Address address : candidate.addresses()) {
        if (candidate.up() && isGlobalUnicast(address)) {
          return Optional.of(
              new PublicAddress(address, "first address, of interface " + candidate.name()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isGlobalUnicast(Inet4Address address) {
    return !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isMulticastAddress()
        && !address.isAnyLocalAddress()
        && !address.getHostAddress().equals("255.255.255.255");
  }

  private static Optional<String> defaultRouteInterface(List<String> routes) {
    String best = "";
    long bestMetric = Long.MAX_VALUE;
    for (String line : routes) {
      // Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT; numbers in hex,
      // the metric in decimal.
      List<String> columns = List.of(line.trim().split("\\s+"));
      if (columns.size() < 8
          || !columns.get(1).equals("00000000")
          || !columns.get(7).equals("00000000")) {
        continue;
      }
      try {
        int flags = Integer.parseInt(columns.get(3), 16);
        long metric = Long.parseLong(columns.get(6));
        int wanted = RTF_UP | RTF_GATEWAY;
        if ((flags & wanted) == wanted && metric < bestMetric) {
          best = columns.get(0);
          bestMetric = metric;
        }
      } catch (NumberFormatException e) {
        // Not a route line.
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  private static List<String> routes() {
    try {
      return Files.readAllLines(ROUTES, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      // Not Linux, or /proc is not mounted: the other rules remain.
      return List.of();
    }
  }

  private static List<Interface> interfaces() {
    List<NetworkInterface> all = new ArrayList<>();
    try {
      NetworkInterface.networkInterfaces().forEach(all::add);
    } catch (SocketException e) {
      // Thrown when there is none at all.
      return List.of();
    }
    all.sort(Comparator.comparingInt(NetworkInterface::getIndex));
    List<Interface> result = new ArrayList<>();
    for (NetworkInterface each : all) {
      List<Inet4Address> addresses = new ArrayList<>();
      for (InetAddress address : (Iterable<InetAddress>) each.inetAddresses()::iterator) {
        if (address instanceof Inet4Address v4) {
          addresses.add(v4);
        }
      }
      // Java hands them out last first; the kernel's first one is the interface's primary address.
      Collections.reverse(addresses);
      result.add(new Interface(each.getName(), isUp(each), addresses));
    }
    return result;
  }

  private static boolean isUp(NetworkInterface each) {
    try {
      return each.isUp();
    } catch (SocketException e) {
      // It vanished in this moment.
      return false;
    }
  }
}
