// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSettings;
import org.tinkerbell.smee.dhcp.netboot.Chainload;
import org.tinkerbell.smee.dhcp.netboot.ClientArchitecture;

/**
 * What Smee is to do: the flags, checked and given their meaning. A part that is switched off is
 * absent.
 */
record Config(
    Optional<BackendChoice> backend,
    Optional<Dhcp> dhcp,
    Optional<Tftp> tftp,
    Http http,
    Optional<Iso> iso,
    Optional<Syslog> syslog,
    Script script,
    Optional<Path> ipxeDir,
    String ipxePatch,
    Optional<Otel> otel) {

  /**
   * The backend to use and its settings.
   *
   * @param byDefault whether no flag chose it
   */
  record BackendChoice(BackendProvider provider, BackendSettings settings, boolean byDefault) {}

  /** How DHCP decides and what it hands out. */
  enum DhcpMode {
    RESERVATION("reservation"),
    PROXY("proxy"),
    AUTO_PROXY("auto-proxy");

    private final String label;

    DhcpMode(String label) {
      this.label = label;
    }

    static Optional<DhcpMode> parse(String text) {
      for (DhcpMode mode : values()) {
        if (mode.label.equals(text)) {
          return Optional.of(mode);
        }
      }
      return Optional.empty();
    }

    @Override
    public String toString() {
      return label;
    }
  }

  /**
   * The DHCP server.
   *
   * @param listen address and port; the wildcard means every interface, unless one is named
   * @param iface the one interface to listen on; empty means all
   * @param bootServer whether the proxy modes listen at port 4011, too
   */
  record Dhcp(
      InetSocketAddress listen,
      Optional<String> iface,
      DhcpMode mode,
      Inet4Address packetIp,
      Optional<Inet4Address> syslogIp,
      InetSocketAddress tftp,
      URI binaryBase,
      URI scriptBase,
      boolean prependMac,
      Chainload chainload,
      boolean bootServer,
      Netboot netboot) {}

  /**
   * What DHCP tells machines to boot, and how.
   *
   * @param options whether they are told anything
   * @param binaries file names that take the place of those in the table
   * @param macFormat how URLs of binaries name the machine; empty if not at all
   * @param vlan whether option 43.116 is sent
   * @param strictPxe whether options 60 and 97 are sent where the reference does not
   * @param parity whether the reference is followed where this server has a better way
   */
  record Netboot(
      boolean options,
      Map<ClientArchitecture, String> binaries,
      Optional<MacAddress.Format> macFormat,
      boolean vlan,
      boolean strictPxe,
      boolean parity) {}

  /**
   * The TFTP server.
   *
   * @param maxBlockSize the largest block to grant; empty means what fits the path
   * @param singlePort whether all answers leave from the port of the requests
   * @param assetDir the folder of further files; empty means there are none
   */
  record Tftp(
      InetSocketAddress listen,
      OptionalInt maxBlockSize,
      Duration timeout,
      boolean singlePort,
      Optional<Path> assetDir) {}

  /**
   * The HTTP server, which is always there: health and metrics need it.
   *
   * @param pxe the files for machines that boot by HTTP without iPXE; empty means there are none
   */
  record Http(
      InetSocketAddress listen,
      Optional<Https> https,
      boolean binaries,
      boolean scripts,
      Optional<PxeHttp> pxe,
      String trustedProxies) {}

  /**
   * What TFTP serves besides iPXE, over HTTP.
   *
   * @param prefix the path they are below, with a slash on both ends
   * @param assetDir the folder of further files; empty means there are none
   */
  record PxeHttp(String prefix, Optional<Path> assetDir) {}

  /**
   * The same over TLS.
   *
   * @param certificate the file of the certificate and those between it and the root
   * @param key the file of its key
   */
  record Https(InetSocketAddress listen, Path certificate, Path key) {}

  /**
   * Where traces go.
   *
   * @param endpoint host and port of the collector
   * @param insecure whether without TLS
   */
  record Otel(String endpoint, boolean insecure) {}

  /**
   * Patched ISOs over HTTP.
   *
   * @param source an http, https or file URL
   * @param magicString what to replace; empty means HookOS's placeholder
   */
  record Iso(URI source, String magicString, boolean staticIpam) {}

  /**
   * The syslog receiver.
   *
   * @param tcp whether it listens for TCP there, beside UDP
   */
  record Syslog(InetSocketAddress listen, boolean tcp) {}

  /** What boot scripts say, and where they are. */
  record Script(
      URI base,
      boolean prependMac,
      String osieUrl,
      List<String> extraKernelArgs,
      String syslogHost,
      String tinkServer,
      boolean tinkServerTls,
      boolean tinkServerInsecureTls,
      int retries,
      int retryDelaySeconds,
      boolean staticScripts) {}
}
