// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The networks whose word on {@code X-Forwarded-For} is taken.
 *
 * <p>The header is looked at only if the peer is in one of the networks. Several lines of it are
 * one list (RFC 9110 §5.3). It is read from the right: what a trusted proxy added is believed, up
 * to and including the first address that is not a trusted one. An element that is not an IP
 * address ends the reading; a port or brackets around an address do not matter.
 *
 * <p><em>Deviation</em> from the Go program, which reads the first line only and takes no ports.
 */
public final class TrustedProxies {
  private static final TrustedProxies NONE = new TrustedProxies(List.of());
  private static final Pattern DOTTED_QUAD =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}"
              + "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)");

  private final List<Network> networks;

  private TrustedProxies(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /**
   * Returns the empty list: the header is never looked at.
   *
   * @return no networks
   */
  public static TrustedProxies none() {
    return NONE;
  }

  /**
   * Reads a list of networks.
   *
   * @param text separated by commas: {@code 10.0.0.0/8}, {@code 192.168.1.1}, {@code ::1}; blanks
   *     around elements and empty elements are skipped; host bits are cleared
   * @return the networks
   * @throws IllegalArgumentException if an element is neither a network nor an address
   */
  public static TrustedProxies parse(String text) {
    List<Network> networks = new ArrayList<>();
    for (String element : text.split(",", -1)) {
      String trimmed = element.trim();
      if (!trimmed.isEmpty()) {
        networks.add(
            network(trimmed)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "trusted proxies: "
                                + trimmed
                                + " (expected: a network such as 10.0.0.0/8, or an address)")));
      }
    }
    return networks.isEmpty() ? NONE : new TrustedProxies(networks);
  }

  private static Optional<Network> network(String text) {
    int slash = text.indexOf('/');
    Optional<byte[]> address = octets(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    byte[] octets = address.get();
    int bits = octets.length * 8;
    if (slash >= 0) {
      String length = text.substring(slash + 1);
      if (!length.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(length) > bits) {
        return Optional.empty();
      }
      bits = Integer.parseInt(length);
    }
    return Optional.of(new Network(octets, bits));
  }

  /** Reads an address without ever asking a name server. */
  private static Optional<byte[]> octets(String text) {
    if (DOTTED_QUAD.matcher(text).matches()) {
      return Optional.of(NetUtil.createByteArrayFromIpAddressString(text));
    }
    boolean plain = text.indexOf('%') < 0 && text.indexOf('[') < 0 && text.indexOf(':') >= 0;
    return plain && NetUtil.isValidIpV6Address(text)
        ? Optional.of(NetUtil.createByteArrayFromIpAddressString(text))
        : Optional.empty();
  }

  private static Optional<InetAddress> forwarded(String element) {
    String text = element.trim();
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      String rest = end < 0 ? "?" : text.substring(end + 1);
      text = rest.isEmpty() || isPort(rest) ? text.substring(1, end) : "";
    } else if (text.indexOf('.') > 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      int colon = text.indexOf(':');
      text = colon >= 0 && isPort(text.substring(colon)) ? text.substring(0, colon) : text;
    }
    return octets(text).map(TrustedProxies::address);
  }

  private static boolean isPort(String text) {
    return text.matches(":\\d{1,5}");
  }

  private static InetAddress address(byte[] octets) {
    try {
      // Turns an IPv4 address written as IPv6 into what it is.
      return InetAddress.getByAddress(octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("octets: " + octets.length + " (expected: 4 or 16)", e);
    }
  }

  /**
   * Tells whether there are no networks.
   *
   * @return whether nobody is trusted
   */
  public boolean isEmpty() {
    return networks.isEmpty();
  }

  /**
   * Tells whether an address is in one of the networks.
   *
   * @param address the address
   * @return whether it is trusted
   */
  public boolean contains(InetAddress address) {
    if (networks.isEmpty()) {
      return false;
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
   * Finds out who asks.
   *
   * @param peer the other end of the connection
   * @param forwardedFor the values of all {@code X-Forwarded-For} lines, in order
   * @return the client; the peer if it is not trusted or says nothing of use
   */
  public InetAddress clientOf(InetAddress peer, List<String> forwardedFor) {
    if (forwardedFor.isEmpty() || !contains(peer)) {
      return peer;
    }
    String[] elements = String.join(",", forwardedFor).split(",", -1);
    InetAddress client = peer;
    for (int i = elements.length - 1; i >= 0; i--) {
      Optional<InetAddress> address = forwarded(elements[i]);
      if (address.isEmpty()) {
        break;
      }
      client = address.get();
      if (!contains(client)) {
        break;
      }
    }
    return client;
  }

  /** Returns the networks as they are understood, separated by commas. */
  @Override
  public String toString() {
    return networks.stream().map(Network::toString).collect(Collectors.joining(","));
  }

  private static final class Network {
    private final byte[] octets;
    private final int bits;

    Network(byte[] address, int bits) {
      this.octets = address.clone();
      this.bits = bits;
      for (int i = 0; i < octets.length; i++) {
        int keep = Math.max(0, Math.min(8, bits - i * 8));
        octets[i] &= (byte) (0xff00 >> keep);
      }
    }

    boolean contains(byte[] address) {
      if (address.length != octets.length) {
        return false;
      }
      int whole = bits / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != octets[i]) {
          return false;
        }
      }
      int rest = bits % 8;
      return rest == 0 || (address[whole] & (0xff00 >> rest) & 0xff) == (octets[whole] & 0xff);
    }

    @Override
    public String toString() {
      return NetUtil.toAddressString(address(octets)) + "/" + bits;
    }
  }
}
