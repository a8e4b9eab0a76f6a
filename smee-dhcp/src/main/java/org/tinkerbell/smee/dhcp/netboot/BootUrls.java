// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * Builds the URLs that machines are sent to. Pure functions on text: what a machine reads is not
 * normalised beyond what is said here.
 *
 * <table>
 *   <caption>Examples for the address 40:15:ff:89:cc:0e</caption>
 *   <tr><th>base</th><th>result</th></tr>
 *   <tr><td>script http://1.2.3.4:80/auto.ipxe</td>
 *       <td>http://1.2.3.4/40:15:ff:89:cc:0e/auto.ipxe</td></tr>
 *   <tr><td>script https://boot.netboot.xyz</td>
 *       <td>https://boot.netboot.xyz/40:15:ff:89:cc:0e</td></tr>
 *   <tr><td>binary http://1.2.3.4/ipxe/</td>
 *       <td>http://1.2.3.4:80/ipxe/40:15:ff:89:cc:0e/ipxe.efi</td></tr>
 * </table>
 */
public final class BootUrls {
  private static final String PATH_CHARACTERS = "-._~!$&'()*+,;=:@/";

  private BootUrls() {}

  /**
   * Puts a base URL together, as separate settings give its parts.
   *
   * @param scheme {@code http} or {@code https}
   * @param host a name, an IPv4 address, or an IPv6 address with or without brackets
   * @param port 1 to 65535; always written
   * @param path the path, with or without its first slash; may be empty and may hold a query
   * @return the URL
   * @throws IllegalArgumentException if the parts make no absolute URL with a host
   */
  public static URI base(String scheme, String host, int port, String path) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
    }
    String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    String slash = path.isEmpty() || path.startsWith("/") ? "" : "/";
    return requireBase("url", URI.create(scheme + "://" + name + ":" + port + slash + path));
  }

  static URI requireBase(String name, URI url) {
    if (url.getScheme() == null
        || url.getRawAuthority() == null
        || Authority.of(url).host.isEmpty()) {
      throw new IllegalArgumentException(
          name + ": " + url + " (expected: an absolute URL with a host)");
    }
    return url;
  }

  /**
   * Returns the URL of the script: the base as it is, without the default port of its scheme.
   *
   * @param base the base URL
   * @return the URL
   */
  public static String script(URI base) {
    return build(base, Authority.of(base).withoutDefaultPort(), text(base.getRawPath()));
  }

  /**
   * Returns the URL of one machine's script: the address, in colon form, stands in front of the
   * last element of the path.
   *
   * @param base the base URL; an empty path gives the address alone
   * @param mac the machine's address
   * @return the URL, without the default port of its scheme
   */
  public static String script(URI base, MacAddress mac) {
    String path = text(base.getRawPath());
    int slash = path.lastIndexOf('/');
    String directory = slash < 0 ? "" : path.substring(0, slash);
    // As Go's path.Base has it, a path that ends in a slash is named by the element before that.
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    String last = path.substring(path.lastIndexOf('/', end - 1) + 1, end);
    return build(
        base, Authority.of(base).withoutDefaultPort(), clean(directory + "/" + mac + "/" + last));
  }

  /**
   * Returns the URL of a binary; its port is always written.
   *
   * @param base the base URL, a directory whether or not it ends in a slash
   * @param mac the path element that names the machine; empty text leaves it out
   * @param file the file name
   * @return the URL
   */
  static String binary(URI base, String mac, String file) {
    String path = clean(text(base.getRawPath()) + "/" + mac + "/" + encode(file));
    return build(base, Authority.of(base).withPort(), path);
  }

  /**
   * Returns the TFTP URL of a binary; its port is always written, since old iPXE asks for it.
   *
   * @param server the TFTP server
   * @param port its port
   * @param mac the path element that names the machine; empty text leaves it out
   * @param file the file name
   * @return the URL
   */
  static String tftp(Inet4Address server, int port, String mac, String file) {
    return "tftp://" + server.getHostAddress() + ":" + port + clean("/" + mac + "/" + encode(file));
  }

  /** Returns the host of a URL if it is an IPv4 address. */
  static Optional<Inet4Address> hostAddress(URI url) {
    return Ipv4.literal(Authority.of(url).host);
  }

  private static String build(URI base, String authority, String path) {
    String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
    return base.getScheme() + "://" + authority + path + query;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** Leaves one slash between elements and resolves {@code .} and {@code ..} below the root. */
  private static String clean(String path) {
    Deque<String> elements = new ArrayDeque<>();
    for (String element : path.split("/", -1)) {
      switch (element) {
        case "", "." -> {}
        case ".." -> elements.pollLast();
        default -> elements.addLast(element);
      }
    }
    return "/" + String.join("/", elements);
  }

  private static String encode(String file) {
    StringBuilder out = new StringBuilder(file.length());
    for (byte octet : file.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || PATH_CHARACTERS.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  /**
   * The part of a URL between {@code //} and the path. {@link URI#getHost()} is of no use here: it
   * has nothing for names with an underscore, which occur in practice.
   */
  private record Authority(String scheme, String host, String port) {

    static Authority of(URI url) {
      String authority = text(url.getRawAuthority());
      String hostPort = authority.substring(authority.lastIndexOf('@') + 1);
      int colon = hostPort.lastIndexOf(':');
      boolean hasPort = colon > hostPort.lastIndexOf(']');
      return new Authority(
          text(url.getScheme()).toLowerCase(Locale.ROOT),
          hasPort ? hostPort.substring(0, colon) : hostPort,
          hasPort ? hostPort.substring(colon + 1) : "");
    }

    private String defaultPort() {
      return switch (scheme) {
        case "http" -> "80";
        case "https" -> "443";
        case "tftp" -> "69";
        default -> "";
      };
    }

    String withoutDefaultPort() {
      return port.isEmpty() || port.equals(defaultPort()) ? host : host + ":" + port;
    }

    String withPort() {
      String written = port.isEmpty() ? defaultPort() : port;
      return written.isEmpty() ? host : host + ":" + written;
    }
  }
}
