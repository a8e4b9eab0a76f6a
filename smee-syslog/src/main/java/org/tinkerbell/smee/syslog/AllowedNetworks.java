// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** The networks from which messages are taken. */
final class AllowedNetworks {
  private final List<Network> networks;

  private AllowedNetworks(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /**
   * Reads a list of networks and addresses.
   *
   * @throws IllegalArgumentException if an element is neither
   */
  static AllowedNetworks parse(String text) {
    List<Network> networks = new ArrayList<>();
    for (String element : text.split(",", -1)) {
      String trimmed = element.trim();
      if (!trimmed.isEmpty()) {
        networks.add(network(trimmed));
      }
    }
    return new AllowedNetworks(networks);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    // Without a name server, and without the many short forms of IPv4 addresses.
    boolean plain = address.indexOf('%') < 0 && address.indexOf('[') < 0;
    byte[] octets = plain ? NetUtil.createByteArrayFromIpAddressString(address) : null;
    if (octets != null) {
      int bits = octets.length * 8;
      String length = slash < 0 ? Integer.toString(bits) : text.substring(slash + 1);
      if (length.matches("0|[1-9]\\d{0,2}") && Integer.parseInt(length) <= bits) {
        return new Network(octets, Integer.parseInt(length));
      }
    }
    throw new IllegalArgumentException(
        "allowedSources: " + text + " (expected: a network such as 10.0.0.0/8, or an address)");
  }

  /** Tells whether an address is in one of the networks; always, if there are none. */
  boolean contains(InetAddress address) {
    if (networks.isEmpty()) {
      return true;
    }
    byte[] octets = address.getAddress();
    for (Network network : networks) {
      if (network.contains(octets)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A network.
   *
   * @param bits how many bits count, from the left
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Network(byte[] octets, int bits) {
    boolean contains(byte[] address) {
      if (address.length != octets.length) {
        return false;
      }
      for (int i = 0; i < bits; i += 8) {
        int mask = bits - i >= 8 ? 0xff : 0xff << (8 - (bits - i));
        if (((address[i / 8] ^ octets[i / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
