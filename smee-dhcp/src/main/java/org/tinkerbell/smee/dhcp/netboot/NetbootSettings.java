// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * What the netboot handlers have to know beside the machine's record. Immutable.
 *
 * <pre>{@code
 * NetbootSettings settings =
 *     NetbootSettings.builder(packetIp)
 *         .tftpAddress(new InetSocketAddress("10.0.0.5", 69))
 *         .binaryBaseUrl(URI.create("http://10.0.0.5:8080/ipxe/"))
 *         .scriptBaseUrl(URI.create("http://10.0.0.5:8080/auto.ipxe"))
 *         .build();
 * }</pre>
 */
public final class NetbootSettings {

  /** The first three octets of Raspberry Pi MAC addresses, as lower-case hex with colons. */
  public static final List<String> DEFAULT_RASPBERRY_PI_PREFIXES =
      List.of("b8:27:eb", "dc:a6:32", "e4:5f:01", "28:cd:c1", "d8:3a:dd", "2c:cf:67", "88:a2:9e");

  /** How many of these the reference knows. */
  private static final int REFERENCE_RASPBERRY_PI_PREFIXES = 5;

  /** The user class of Tinkerbell's iPXE builds, which asks for the script. */
  public static final String USER_CLASS = "Tinkerbell";

  private static final int DEFAULT_TFTP_PORT = 69;
  private static final int DEFAULT_HTTP_PORT = 8080;

  private final Inet4Address packetIp;
  private final Inet4Address tftpIp;
  private final int tftpPort;
  private final Optional<Inet4Address> syslogIp;
  private final URI binaryBaseUrl;
  private final Optional<URI> scriptBaseUrl;
  private final boolean prependMac;
  private final Optional<MacAddress.Format> binaryMacFormat;
  private final boolean netbootOptions;
  private final BootBinaries binaries;
  private final Chainload chainload;
  private final BootFiles bootFiles;
  private final Set<String> raspberryPiPrefixes;
  private final Optional<String> customUserClass;
  private final boolean vlanOption;
  private final boolean strictPxe;
  private final boolean referenceParity;

  private NetbootSettings(Builder b) {
    packetIp = b.packetIp;
    tftpIp = b.tftpIp == null ? b.packetIp : b.tftpIp;
    tftpPort = b.tftpPort;
    syslogIp = Optional.ofNullable(b.syslogIp);
    binaryBaseUrl =
        b.binaryBaseUrl == null
            ? BootUrls.base("http", b.packetIp.getHostAddress(), DEFAULT_HTTP_PORT, "/ipxe/")
            : b.binaryBaseUrl;
    scriptBaseUrl = Optional.ofNullable(b.scriptBaseUrl);
    prependMac = b.prependMac;
    binaryMacFormat = Optional.ofNullable(b.binaryMacFormat);
    netbootOptions = b.netbootOptions;
    binaries = b.binaries.withAll(b.architectureOverrides);
    chainload = b.chainload;
    bootFiles = b.bootFiles;
    raspberryPiPrefixes =
        b.raspberryPiPrefixes == null
            ? Set.copyOf(
                b.referenceParity
                    ? DEFAULT_RASPBERRY_PI_PREFIXES.subList(0, REFERENCE_RASPBERRY_PI_PREFIXES)
                    : DEFAULT_RASPBERRY_PI_PREFIXES)
            : b.raspberryPiPrefixes;
    customUserClass = Optional.ofNullable(b.customUserClass);
    vlanOption = b.vlanOption;
    strictPxe = b.strictPxe;
    referenceParity = b.referenceParity;
  }

  /**
   * Begins settings.
   *
   * @param packetIp the server's address as clients see it: option 54, and siaddr where nothing
   *     else is said
   * @return a builder with the default of everything else
   * @throws IllegalArgumentException if the address is 0.0.0.0
   */
  public static Builder builder(Inet4Address packetIp) {
    return new Builder(packetIp);
  }

  /**
   * Returns the server's address as clients see it (option 54, siaddr).
   *
   * @return the address
   */
  public Inet4Address packetIp() {
    return packetIp;
  }

  /**
   * Returns the TFTP server that clients are sent to.
   *
   * @return an address that is resolved
   */
  public InetSocketAddress tftpAddress() {
    return new InetSocketAddress(tftpIp, tftpPort);
  }

  /**
   * Returns the syslog server (option 7).
   *
   * @return the address; empty means that none is sent
   */
  public Optional<Inet4Address> syslogIp() {
    return syslogIp;
  }

  /**
   * Returns the URL below which HTTP clients find the binaries.
   *
   * @return the URL
   */
  public URI binaryBaseUrl() {
    return binaryBaseUrl;
  }

  /**
   * Returns the URL of the script, before a machine's address is put into it.
   *
   * @return the URL; empty means that only records name scripts
   */
  public Optional<URI> scriptBaseUrl() {
    return scriptBaseUrl;
  }

  /**
   * Tells whether the script URL carries the machine's address.
   *
   * @return whether it does
   */
  public boolean prependMac() {
    return prependMac;
  }

  /**
   * Returns how the machine's address is written in URLs of binaries.
   *
   * @return the format; empty means that they carry none
   */
  public Optional<MacAddress.Format> binaryMacFormat() {
    return binaryMacFormat;
  }

  /**
   * Tells whether netboot options are sent at all.
   *
   * @return false if the server is a plain DHCP server, or mute in the proxy modes
   */
  public boolean netbootOptions() {
    return netbootOptions;
  }

  /**
   * Returns which binary an architecture boots, overrides included.
   *
   * @return the table
   */
  public BootBinaries binaries() {
    return binaries;
  }

  /**
   * Returns whether clients that run iPXE are given a binary first.
   *
   * @return the policy
   */
  public Chainload chainload() {
    return chainload;
  }

  /**
   * Returns what is known of the binaries.
   *
   * @return the files
   */
  public BootFiles bootFiles() {
    return bootFiles;
  }

  /**
   * Tells whether replies to known machines carry the VLAN id in option 43.116.
   *
   * @return whether they do
   */
  public boolean vlanOption() {
    return vlanOption;
  }

  /**
   * Tells whether reservation replies to PXE clients carry options 60 and 97.
   *
   * @return whether they do
   */
  public boolean strictPxe() {
    return strictPxe;
  }

  /**
   * Tells whether the reference's behaviour is reproduced where the standards or its users would
   * have it otherwise.
   *
   * @return whether it is
   */
  public boolean referenceParity() {
    return referenceParity;
  }

  /**
   * Tells whether a MAC address is one of a Raspberry Pi.
   *
   * @param mac the address
   * @return whether it begins with one of the known prefixes
   */
  public boolean isRaspberryPi(MacAddress mac) {
    byte[] octets = mac.octets();
    return octets.length >= 3
        && raspberryPiPrefixes.contains(HexFormat.ofDelimiter(":").formatHex(octets, 0, 3));
  }

  /** Tells whether a user class is one that asks for the script. */
  boolean isScriptUserClass(PxeClient client) {
    return client.hasUserClass(USER_CLASS)
        || customUserClass.map(client::hasUserClass).orElse(false);
  }

  /** Returns the URL of a machine's script, or empty if there is no script. */
  Optional<String> scriptUrl(MacAddress mac) {
    return scriptBaseUrl.map(
        base -> prependMac ? BootUrls.script(base, mac) : BootUrls.script(base));
  }

  /** Returns the HTTP URL of a binary for a machine. */
  String httpBinaryUrl(MacAddress mac, String file) {
    return BootUrls.binary(binaryBaseUrl, macElement(mac), file);
  }

  /** Returns the TFTP URL of a binary for a machine. */
  String tftpBinaryUrl(MacAddress mac, String file) {
    return BootUrls.tftp(tftpNextServer(), tftpPort, macElement(mac), file);
  }

  private String macElement(MacAddress mac) {
    return binaryMacFormat.map(mac::format).orElse("");
  }

  /** Returns siaddr for a client: where its kind of client fetches from. */
  Inet4Address nextServer(ClientType type) {
    return type == ClientType.HTTP
        ? BootUrls.hostAddress(binaryBaseUrl)
            .filter(address -> !address.isAnyLocalAddress())
            .orElse(packetIp)
        : tftpNextServer();
  }

  private Inet4Address tftpNextServer() {
    return tftpIp.isAnyLocalAddress() ? packetIp : tftpIp;
  }

  /** Returns what the replies say, for logs. */
  @Override
  public String toString() {
    return "NetbootSettings[packetIp="
        + packetIp.getHostAddress()
        + ", tftp="
        + tftpIp.getHostAddress()
        + ":"
        + tftpPort
        + ", syslog="
        + syslogIp.map(Inet4Address::getHostAddress).orElse("none")
        + ", binaries="
        + binaryBaseUrl
        + ", script="
        + scriptBaseUrl.map(URI::toString).orElse("none")
        + ", prependMac="
        + prependMac
        + ", macFormat="
        + binaryMacFormat.map(Enum::name).orElse("none")
        + ", netbootOptions="
        + netbootOptions
        + ", chainload="
        + chainload
        + ", referenceParity="
        + referenceParity
        + "]";
  }

  /** Collects settings. Not thread safe; may build several times. */
  public static final class Builder {
    private final Inet4Address packetIp;
    private @Nullable Inet4Address tftpIp;
    private int tftpPort = DEFAULT_TFTP_PORT;
    private @Nullable Inet4Address syslogIp;
    private @Nullable URI binaryBaseUrl;
    private @Nullable URI scriptBaseUrl;
    private boolean prependMac = true;
    private MacAddress.@Nullable Format binaryMacFormat = MacAddress.Format.COLON;
    private boolean netbootOptions = true;
    private BootBinaries binaries = BootBinaries.DEFAULT;
    private Map<ClientArchitecture, String> architectureOverrides = Map.of();
    private Chainload chainload = Chainload.AUTO;
    private BootFiles bootFiles = BootFiles.TINKERBELL;
    private @Nullable Set<String> raspberryPiPrefixes;
    private @Nullable String customUserClass;
    private boolean vlanOption;
    private boolean strictPxe;
    private boolean referenceParity;

    private Builder(Inet4Address packetIp) {
      Objects.requireNonNull(packetIp, "packetIp");
      if (packetIp.isAnyLocalAddress()) {
        throw new IllegalArgumentException(
            "packetIp: 0.0.0.0 (expected: an address that clients can reach)");
      }
      this.packetIp = packetIp;
    }

    /**
     * Sets the TFTP server that clients are sent to. Default: the packet IP, port 69.
     *
     * @param value an IPv4 address that is resolved; 0.0.0.0 means the packet IP
     * @return this builder
     * @throws IllegalArgumentException if it is not such an address
     */
    public Builder tftpAddress(InetSocketAddress value) {
      if (!(value.getAddress() instanceof Inet4Address address)) {
        throw new IllegalArgumentException(
            "tftpAddress: " + value + " (expected: a resolved IPv4 address)");
      }
      tftpIp = address;
      tftpPort = value.getPort();
      return this;
    }

    /**
     * Sets the syslog server. Default: none.
     *
     * @param value the address
     * @return this builder
     */
    public Builder syslogIp(Inet4Address value) {
      syslogIp = Objects.requireNonNull(value, "syslogIp");
      return this;
    }

    /**
     * Sets the URL below which HTTP clients find the binaries. Default: {@code /ipxe/} at port 8080
     * of the packet IP.
     *
     * @param value an absolute URL with a host
     * @return this builder
     * @throws IllegalArgumentException if it is not such a URL
     */
    public Builder binaryBaseUrl(URI value) {
      binaryBaseUrl = BootUrls.requireBase("binaryBaseUrl", value);
      return this;
    }

    /**
     * Sets the URL of the script. Default: none.
     *
     * @param value an absolute URL with a host
     * @return this builder
     * @throws IllegalArgumentException if it is not such a URL
     */
    public Builder scriptBaseUrl(URI value) {
      scriptBaseUrl = BootUrls.requireBase("scriptBaseUrl", value);
      return this;
    }

    /**
     * Sets whether the script URL carries the machine's address. Default: true.
     *
     * @param value whether it does
     * @return this builder
     */
    public Builder prependMac(boolean value) {
      prependMac = value;
      return this;
    }

    /**
     * Sets how the machine's address is written in URLs of binaries. Default: with colons.
     *
     * @param value the format
     * @return this builder
     */
    public Builder binaryMacFormat(MacAddress.Format value) {
      binaryMacFormat = Objects.requireNonNull(value, "binaryMacFormat");
      return this;
    }

    /**
     * Leaves the machine's address out of URLs of binaries (the setting {@code empty}).
     *
     * @return this builder
     */
    public Builder noMacInBinaryUrls() {
      binaryMacFormat = null;
      return this;
    }

    /**
     * Sets whether netboot options are sent at all. Default: true.
     *
     * @param value false for a plain DHCP server beside somebody else's proxy
     * @return this builder
     */
    public Builder netbootOptions(boolean value) {
      netbootOptions = value;
      return this;
    }

    /**
     * Sets which binary an architecture boots. Default: {@link BootBinaries#DEFAULT}.
     *
     * @param value the table
     * @return this builder
     */
    public Builder binaries(BootBinaries value) {
      binaries = Objects.requireNonNull(value, "binaries");
      return this;
    }

    /**
     * Lays file names over the table. Default: none.
     *
     * @param values file names by architecture; {@link ClientArchitecture#UNKNOWN} is every unknown
     *     one
     * @return this builder
     * @throws IllegalArgumentException if a name is empty
     */
    public Builder architectureOverrides(Map<ClientArchitecture, String> values) {
      BootBinaries.of(values);
      architectureOverrides = Map.copyOf(values);
      return this;
    }

    /**
     * Sets whether clients that run iPXE are given a binary first. Default: {@link Chainload#AUTO}.
     *
     * @param value the policy
     * @return this builder
     */
    public Builder chainload(Chainload value) {
      chainload = Objects.requireNonNull(value, "chainload");
      return this;
    }

    /**
     * Sets what is known of the binaries. Default: {@link BootFiles#TINKERBELL}.
     *
     * @param value the files
     * @return this builder
     */
    public Builder bootFiles(BootFiles value) {
      bootFiles = Objects.requireNonNull(value, "bootFiles");
      return this;
    }

    /**
     * Sets the MAC address prefixes of Raspberry Pi boards. Default: {@link
     * NetbootSettings#DEFAULT_RASPBERRY_PI_PREFIXES}, of which the reference knows the first five.
     *
     * @param values three octets each, as hex with colons or dashes; none means that no board is
     *     told by its address
     * @return this builder
     * @throws IllegalArgumentException if one has another form
     */
    public Builder raspberryPiPrefixes(Collection<String> values) {
      Set<String> prefixes = new TreeSet<>();
      for (String value : values) {
        byte[] octets;
        try {
          octets = HexFormat.ofDelimiter(":").parseHex(value.replace('-', ':'));
        } catch (IllegalArgumentException e) {
          octets = new byte[0];
        }
        if (octets.length != 3) {
          throw new IllegalArgumentException(
              "raspberryPiPrefixes: " + value + " (expected: three octets such as b8:27:eb)");
        }
        prefixes.add(HexFormat.ofDelimiter(":").formatHex(octets));
      }
      raspberryPiPrefixes = Collections.unmodifiableSet(prefixes);
      return this;
    }

    /**
     * Sets a user class that asks for the script, beside {@link NetbootSettings#USER_CLASS}.
     * Default: none.
     *
     * @param value what your own builds of iPXE send in option 77; empty text means none
     * @return this builder
     */
    public Builder customUserClass(String value) {
      customUserClass = value.isEmpty() ? null : value;
      return this;
    }

    /**
     * Sets whether known machines are told their VLAN id in option 43.116, where Tinkerbell's iPXE
     * looks for it. Default: false, as the reference does not send it.
     *
     * @param value whether they are
     * @return this builder
     */
    public Builder vlanOption(boolean value) {
      vlanOption = value;
      return this;
    }

    /**
     * Sets whether reservation replies to PXE clients carry option 60 and echo option 97 (RFC 4578
     * §2.3). Default: false, as the reference sends neither; no firmware seen needs them.
     *
     * @param value whether they do
     * @return this builder
     */
    public Builder strictPxe(boolean value) {
      strictPxe = value;
      return this;
    }

    /**
     * Sets whether the reference's behaviour is reproduced where this server has a better one: no
     * DHCPNAK, no answer to DHCPINFORM, requests to other servers are acknowledged, {@code
     * /netboot-not-allowed} for unknown architectures, no user class lists of RFC 3004, and so on.
     * What would be malformed on the wire, or break other servers, is not reproduced. Default:
     * false.
     *
     * @param value whether it is
     * @return this builder
     */
    public Builder referenceParity(boolean value) {
      referenceParity = value;
      return this;
    }

    /**
     * Makes the settings.
     *
     * @return the settings
     */
    public NetbootSettings build() {
      return new NetbootSettings(this);
    }
  }
}
