// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network interface as it was when looked at.
 *
 * @param index the number by which the kernel knows it; a new one when it is made again
 * @param networks its IPv4 addresses, the primary one first
 */
record HostInterface(String name, int index, boolean up, boolean loopback, List<Network> networks) {

  private static final Logger LOG = LoggerFactory.getLogger(HostInterface.class);

  /** An address and the length of its network's prefix. */
  record Network(Inet4Address address, int prefixLength) {

    boolean contains(Inet4Address other) {
      return Ip4.sameNetwork(address, other, prefixLength);
    }
  }

  HostInterface {
    networks = List.copyOf(networks);
  }

  /** Looks at all interfaces of the host; takes a few system calls for each. */
  static List<HostInterface> scan() throws SocketException {
    List<HostInterface> interfaces = new ArrayList<>();
    for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      try {
        interfaces.add(
            new HostInterface(
                one.getName(), one.getIndex(), one.isUp(), one.isLoopback(), networks(one)));
      } catch (SocketException e) {
        LOG.debug("interface went away while it was looked at name={}", one.getName(), e);
      }
    }
    return interfaces;
  }

  private static List<Network> networks(NetworkInterface from) {
    List<Network> networks = new ArrayList<>();
    for (InterfaceAddress one : from.getInterfaceAddresses()) {
      if (one.getAddress() instanceof Inet4Address address) {
        networks.add(new Network(address, one.getNetworkPrefixLength()));
      }
    }
    // The JDK puts each address it reads in front of those before, the kernel's primary one last.
    Collections.reverse(networks);
    return networks;
  }

  Optional<Inet4Address> primaryAddress() {
    return networks.stream().findFirst().map(Network::address);
  }

  /** Returns the interfaces that a listener on every interface wants. */
  static List<HostInterface> worthListening(List<HostInterface> all) {
    List<HostInterface> up = all.stream().filter(one -> one.up() && !one.loopback()).toList();
    if (up.size() == 1) {
      return up;
    }
    List<HostInterface> addressed = up.stream().filter(one -> !one.networks().isEmpty()).toList();
    return addressed.isEmpty()
        ? all.stream().filter(one -> one.up() && one.loopback()).toList()
        : addressed;
  }
}
