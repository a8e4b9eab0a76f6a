// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.RaspberryPi;
import org.tinkerbell.smee.backend.Reservation;

/** The rules for single values that both versions of the object have in common. */
final class HardwareValues {
  private HardwareValues() {}

  /** Returns what can be read as an address, without complaint. */
  static @Nullable InetAddress addressOrNull(ObjectNode node, String name) {
    return quietText(node, name).flatMap(ValueText::ipAddress).orElse(null);
  }

  /** Returns what can be read as a MAC address, without complaint. */
  static @Nullable MacAddress macOrNull(ObjectNode node, String name) {
    return quietText(node, name).flatMap(MacAddress::tryParse).orElse(null);
  }

  private static Optional<String> quietText(ObjectNode node, String name) {
    try {
      return node.requiredText(name);
    } catch (UnusableException e) {
      return Optional.empty();
    }
  }

  static Optional<InetAddress> address(ObjectNode node, String name) throws UnusableException {
    Optional<String> text = node.requiredText(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<InetAddress> address = ValueText.ipAddress(text.get());
    if (address.isEmpty()) {
      throw new UnusableException(
          node.path(name), ObjectNode.quoted(text.get()) + " is not an IP address");
    }
    return address;
  }

  static List<InetAddress> addresses(ObjectNode node, String name, Findings findings) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String text : node.texts(name)) {
      Optional<InetAddress> address = ValueText.ipAddress(text);
      if (address.isPresent()) {
        addresses.add(address.get());
      } else {
        findings.problem(
            node.path(name),
            ObjectNode.quoted(text) + " is not an IP address; the entry is left out");
      }
    }
    return addresses;
  }

  /** Sets address, mask and broadcast address. */
  static void subnet(
      Reservation.Builder to,
      InetAddress address,
      Optional<Inet4Address> mask,
      String maskPath,
      Findings findings)
      throws UnusableException {
    to.ipAddress(address);
    if (!(address instanceof Inet4Address v4)) {
      return;
    }
    if (mask.isEmpty()) {
      throw new UnusableException(maskPath, "missing; an IPv4 address needs one");
    }
    if (!Subnets.isContiguous(mask.get())) {
      findings.problem(
          maskPath,
          ObjectNode.quoted(mask.get().getHostAddress()) + " has holes; it is sent as it is");
    }
    to.subnetMask(mask.get()).broadcastAddress(Subnets.broadcast(v4, mask.get()));
  }

  static List<ClasslessRoute> routes(
      ObjectNode dhcp, String listName, String destinationName, String routerName)
      throws UnusableException {
    List<ClasslessRoute> routes = new ArrayList<>();
    for (ObjectNode route : dhcp.children(listName)) {
      String destination = route.requiredText(destinationName).orElse("");
      String router = route.requiredText(routerName).orElse("");
      int slash = destination.indexOf('/');
      Optional<Inet4Address> network =
          slash < 0 ? Optional.empty() : ValueText.ipv4Address(destination.substring(0, slash));
      int prefix = slash < 0 ? -1 : prefixLength(destination.substring(slash + 1));
      if (network.isEmpty() || prefix < 0) {
        throw new UnusableException(
            route.path(destinationName),
            ObjectNode.quoted(destination) + " is not an IPv4 network such as 10.0.0.0/8");
      }
      Optional<Inet4Address> hop = ValueText.ipv4Address(router);
      if (hop.isEmpty()) {
        throw new UnusableException(
            route.path(routerName), ObjectNode.quoted(router) + " is not an IPv4 address");
      }
      routes.add(new ClasslessRoute(network.get(), prefix, hop.get()));
    }
    return routes;
  }

  /** Returns 0 to 32, or -1 if the text is anything else. */
  static int prefixLength(String text) {
    if (text.isEmpty() || text.length() > 2 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int length = Integer.parseInt(text);
    return length <= 32 ? length : -1;
  }

  /** Sets the script, if there is one; withdraws the permission if it cannot be said which. */
  static void script(Netboot.Builder to, ObjectNode ipxe, String scriptName, Findings findings) {
    ipxe.text(scriptName).ifPresent(to::ipxeScript);
    ipxe.text("binary").ifPresent(to::ipxeBinary);
    Optional<String> text = ipxe.text("url");
    if (text.isEmpty()) {
      return;
    }
    Optional<URI> url = ValueText.url(text.get());
    if (url.isEmpty()) {
      // Without the URL the machine would boot something else than it was told to.
      to.allowed(false);
      findings.problem(ipxe.path("url"), "is not a URL; the machine is not netbooted");
      return;
    }
    to.ipxeScriptUrl(url.get());
    if (!url.get().isAbsolute() && !text.get().startsWith("/")) {
      findings.problem(
          ipxe.path("url"), "is not an absolute URL; the machine's boot script cannot be served");
    }
  }

  static Optional<URI> isoSource(ObjectNode node, String name) throws UnusableException {
    Optional<String> text = node.requiredText(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<URI> url = ValueText.url(text.get());
    if (url.isEmpty()) {
      throw new UnusableException(node.path(name), "is not a URL");
    }
    return url;
  }

  /** Sets what TFTP and PXE over HTTP serve to this machine alone. */
  static void firmware(Netboot.Builder to, ObjectNode netboot, Findings findings) {
    netboot
        .child("pxelinux")
        .flatMap(pxelinux -> pxelinux.text("config"))
        .ifPresent(to::pxelinuxConfig);
    ObjectNode rpi = netboot.child("rpi").orElse(null);
    if (rpi == null) {
      return;
    }
    Optional<String> serial = rpi.text("serialNum");
    if (serial.isEmpty()) {
      findings.problem(rpi.path("serialNum"), "missing; the Raspberry Pi part is left out");
      return;
    }
    to.raspberryPi(new RaspberryPi(serial.get(), rpi.text("firmwarePath"), rpi.text("configTxt")));
  }
}
