// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tinkerbell.smee.backend.ClasslessRoute;

/**
 * Option 121 (RFC 3442): for each route the prefix length, as many octets of the destination as the
 * prefix needs, and the router.
 */
final class ClasslessRoutes {

  private ClasslessRoutes() {}

  static Optional<List<ClasslessRoute>> read(byte[] bytes) {
    List<ClasslessRoute> routes = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int prefixLength = bytes[at++] & 0xff;
      int octets = (prefixLength + 7) / 8;
      if (prefixLength > 32 || at + octets + 4 > bytes.length) {
        return Optional.empty();
      }
      byte[] destination = new byte[4];
      System.arraycopy(bytes, at, destination, 0, octets);
      routes.add(
          new ClasslessRoute(
              Ip4.of(Ip4.bits(Ip4.read(destination, 0)) & mask(prefixLength)),
              prefixLength,
              Ip4.read(bytes, at + octets)));
      at += octets + 4;
    }
    return routes.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(routes));
  }

  private static int mask(int prefixLength) {
    return prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
  }

  static byte[] write(List<ClasslessRoute> routes) {
    if (routes.isEmpty()) {
      throw new IllegalArgumentException("routes: none (expected: at least one)");
    }
    int size = 0;
    for (ClasslessRoute route : routes) {
      size += 5 + (route.prefixLength() + 7) / 8;
    }
    byte[] bytes = new byte[size];
    int at = 0;
    for (ClasslessRoute route : routes) {
      int prefixLength = route.prefixLength();
      int octets = (prefixLength + 7) / 8;
      int destination = Ip4.bits(route.destination()) & mask(prefixLength);
      bytes[at++] = (byte) prefixLength;
      for (int i = 0; i < octets; i++) {
        bytes[at++] = (byte) (destination >>> (24 - 8 * i));
      }
      System.arraycopy(route.router().getAddress(), 0, bytes, at, 4);
      at += 4;
    }
    return bytes;
  }
}
