// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a server listens: on a network interface, on an address, or on every interface; and who it
 * is there.
 *
 * <p>Interfaces are bound to with one socket each, so that the arrival interface is known and
 * broadcast replies leave by it. That needs Linux and Netty's native epoll transport; elsewhere one
 * wildcard socket stands in, and the system's routes decide where broadcasts go.
 */
public final class DhcpListener {

  /** The port of DHCP servers. */
  public static final int DEFAULT_PORT = 67;

  /** Without the final NUL (IFNAMSIZ). */
  private static final int MAX_INTERFACE_NAME = 15;

  private final Optional<String> interfaceName;
  private final Optional<Inet4Address> address;
  private final int port;
  private final boolean relayOnly;
  private final Optional<Inet4Address> identity;

  private DhcpListener(Optional<String> interfaceName, Optional<Inet4Address> address, int port) {
    this(interfaceName, address, port, false, Optional.empty());
  }

  private DhcpListener(
      Optional<String> interfaceName,
      Optional<Inet4Address> address,
      int port,
      boolean relayOnly,
      Optional<Inet4Address> identity) {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    this.interfaceName = interfaceName;
    this.address = address;
    this.port = port;
    this.relayOnly = relayOnly;
    this.identity = identity;
  }

  /**
   * Listens to broadcasts and unicasts on an interface, at port 67.
   *
   * @param name the name of the interface, which must exist when the server starts
   * @return the listener
   * @throws IllegalArgumentException if the name could not be that of an interface
   */
  public static DhcpListener onInterface(String name) {
    return onInterface(name, DEFAULT_PORT);
  }

  /**
   * Listens to broadcasts and unicasts on an interface.
   *
   * @param name the name of the interface, which must exist when the server starts
   * @param port 0 to 65535; 0 lets the system choose
   * @return the listener
   * @throws IllegalArgumentException if the name could not be that of an interface, or the port is
   *     outside the range
   */
  public static DhcpListener onInterface(String name, int port) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MAX_INTERFACE_NAME || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "name: " + Printable.text(name) + " (expected: an interface name of 1 to 15 bytes)");
    }
    return new DhcpListener(Optional.of(name), Optional.empty(), port);
  }

  /**
   * Listens on an address.
   *
   * <p>A socket bound to one of the host's addresses hears what is sent to it, from relays and
   * renewing clients, but no broadcasts. Bound to 0.0.0.0 it hears everything, but does not know
   * from where, and broadcast replies go where the routes lead.
   *
   * @param address an IPv4 address and a port; port 0 lets the system choose
   * @return the listener
   * @throws IllegalArgumentException if the address is not an IPv4 address
   */
  public static DhcpListener onAddress(InetSocketAddress address) {
    if (!(address.getAddress() instanceof Inet4Address ip)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IPv4 address)");
    }
    return new DhcpListener(Optional.empty(), Optional.of(ip), address.getPort());
  }

  /**
   * Listens on every interface, at port 67.
   *
   * @return the listener, see {@link #everyInterface(int)}
   */
  public static DhcpListener everyInterface() {
    return everyInterface(DEFAULT_PORT);
  }

  /**
   * Listens on every interface that is up, is not a loopback and has an IPv4 address; on the only
   * one there is even without an address; and on the loopback if there is no other. Interfaces that
   * come and go are followed. Those with a listener of their own at the same port are left to it.
   *
   * @param port 0 to 65535; 0 lets the system choose, the same for all interfaces
   * @return the listener
   * @throws IllegalArgumentException if the port is outside the range
   */
  public static DhcpListener everyInterface(int port) {
    return new DhcpListener(Optional.empty(), Optional.empty(), port);
  }

  /**
   * Listens on an address, for relay agents and for the clients behind them: what a relay passes
   * on, and what clients that have an address send straight to the server, such as renewals.
   * Everything else is ignored as {@link IgnoreReason#NOT_RELAYED}.
   *
   * @param address an IPv4 address and a port; port 0 lets the system choose
   * @return the listener
   * @throws IllegalArgumentException if the address is not an IPv4 address
   */
  public static DhcpListener relayOnly(InetSocketAddress address) {
    DhcpListener listener = onAddress(address);
    return new DhcpListener(
        listener.interfaceName, listener.address, listener.port, true, Optional.empty());
  }

  /**
   * Returns this listener with an identity of its own: the {@link Arrival#serverAddress} of what
   * comes in here, which {@link DhcpExchange#replyTo} puts into option 54. Without one it is the
   * address listened on, or that of the interface.
   *
   * @param identity an address that clients reach the server at
   * @return a new listener
   */
  public DhcpListener withIdentity(Inet4Address identity) {
    return new DhcpListener(interfaceName, address, port, relayOnly, Optional.of(identity));
  }

  /**
   * Returns the name by which arrivals refer to this listener.
   *
   * @return for example {@code eth1:67}, {@code 10.0.0.5:67} or {@code *:67}
   */
  public String name() {
    return interfaceName.or(() -> address.map(Inet4Address::getHostAddress)).orElse("*")
        + ":"
        + port;
  }

  /**
   * Returns the port asked for.
   *
   * @return 0 to 65535; 0 if the system is to choose
   */
  public int port() {
    return port;
  }

  /** Returns the interface, or empty if this is not {@link #onInterface}. */
  Optional<String> interfaceName() {
    return interfaceName;
  }

  /** Returns the address, or empty if this is not {@link #onAddress}. */
  Optional<Inet4Address> address() {
    return address;
  }

  /** Returns the identity set by {@link #withIdentity}. */
  Optional<Inet4Address> identity() {
    return identity;
  }

  boolean isRelayOnly() {
    return relayOnly;
  }

  boolean isEveryInterface() {
    return interfaceName.isEmpty() && address.isEmpty();
  }

  boolean isWildcardAddress() {
    return address.filter(Inet4Address::isAnyLocalAddress).isPresent();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DhcpListener that
        && interfaceName.equals(that.interfaceName)
        && address.equals(that.address)
        && port == that.port
        && relayOnly == that.relayOnly
        && identity.equals(that.identity);
  }

  @Override
  public int hashCode() {
    return Objects.hash(interfaceName, address, port, relayOnly, identity);
  }

  /** Returns the {@link #name}. */
  @Override
  public String toString() {
    return name();
  }
}
