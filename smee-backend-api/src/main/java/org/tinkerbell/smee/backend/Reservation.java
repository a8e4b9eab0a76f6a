// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What DHCP hands out to one network interface of a machine. Immutable. */
public final class Reservation {

  /** The lease of a record that names none: one week. */
  public static final Duration DEFAULT_LEASE = Duration.ofDays(7);

  /** The longest lease that fits option 51, which means "for ever" (RFC 2131 §3.3). */
  public static final Duration INFINITE_LEASE = Duration.ofSeconds(0xffff_ffffL);

  private final MacAddress macAddress;
  private final Optional<InetAddress> ipAddress;
  private final Optional<Inet4Address> subnetMask;
  private final Optional<InetAddress> defaultGateway;
  private final Optional<InetAddress> broadcastAddress;
  private final List<InetAddress> nameServers;
  private final List<InetAddress> ntpServers;
  private final Optional<String> hostname;
  private final Optional<String> domainName;
  private final List<String> domainSearch;
  private final List<ClasslessRoute> classlessStaticRoutes;
  private final Duration leaseTime;
  private final Optional<String> arch;
  private final Optional<String> vlanId;
  private final Optional<String> tftpServerName;
  private final Optional<String> bootFileName;
  private final boolean disabled;

  private Reservation(Builder b) {
    macAddress = b.macAddress;
    ipAddress = Optional.ofNullable(b.ipAddress);
    subnetMask = Optional.ofNullable(b.subnetMask);
    defaultGateway = Optional.ofNullable(b.defaultGateway);
    broadcastAddress = Optional.ofNullable(b.broadcastAddress);
    nameServers = b.nameServers;
    ntpServers = b.ntpServers;
    hostname = text(b.hostname);
    domainName = text(b.domainName);
    domainSearch = b.domainSearch;
    classlessStaticRoutes = b.classlessStaticRoutes;
    leaseTime = b.leaseTime;
    arch = text(b.arch);
    vlanId = text(b.vlanId);
    tftpServerName = text(b.tftpServerName);
    bootFileName = text(b.bootFileName);
    disabled = b.disabled;
  }

  static Optional<String> text(@Nullable String value) {
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /**
   * Begins a reservation for this interface.
   *
   * @param macAddress the key
   * @return a builder with nothing else set
   */
  public static Builder builder(MacAddress macAddress) {
    return new Builder(macAddress);
  }

  /**
   * Returns the interface's address, the key of look-ups by MAC.
   *
   * @return the address
   */
  public MacAddress macAddress() {
    return macAddress;
  }

  /**
   * Returns the machine's IP address, the key of look-ups by IP.
   *
   * @return an IPv4 or IPv6 address; empty means that DHCP has nothing to offer
   */
  public Optional<InetAddress> ipAddress() {
    return ipAddress;
  }

  /**
   * Returns the subnet mask (option 1).
   *
   * @return the mask; empty for IPv6 addresses
   */
  public Optional<Inet4Address> subnetMask() {
    return subnetMask;
  }

  /**
   * Returns the router (option 3).
   *
   * @return the address; empty means that none is sent
   */
  public Optional<InetAddress> defaultGateway() {
    return defaultGateway;
  }

  /**
   * Returns the broadcast address (option 28).
   *
   * @return the address; empty means that none is sent
   */
  public Optional<InetAddress> broadcastAddress() {
    return broadcastAddress;
  }

  /**
   * Returns the name servers (option 6), in order of preference.
   *
   * @return an immutable list; may hold IPv6 addresses, which DHCPv4 leaves out
   */
  public List<InetAddress> nameServers() {
    return nameServers;
  }

  /**
   * Returns the time servers (option 42), in order of preference.
   *
   * @return an immutable list; may hold IPv6 addresses, which DHCPv4 leaves out
   */
  public List<InetAddress> ntpServers() {
    return ntpServers;
  }

  /**
   * Returns the host name (option 12).
   *
   * @return the name, never empty text
   */
  public Optional<String> hostname() {
    return hostname;
  }

  /**
   * Returns the domain name (option 15).
   *
   * @return the name, never empty text
   */
  public Optional<String> domainName() {
    return domainName;
  }

  /**
   * Returns the domain search list (option 119).
   *
   * @return an immutable list
   */
  public List<String> domainSearch() {
    return domainSearch;
  }

  /**
   * Returns the static routes (option 121).
   *
   * @return an immutable list
   */
  public List<ClasslessRoute> classlessStaticRoutes() {
    return classlessStaticRoutes;
  }

  /**
   * Returns the lease time (option 51).
   *
   * @return 1 second to {@link #INFINITE_LEASE}, whole seconds; {@link #DEFAULT_LEASE} if the
   *     source names none
   */
  public Duration leaseTime() {
    return leaseTime;
  }

  /**
   * Returns the machine's architecture for the boot script.
   *
   * @return for example {@code x86_64} or {@code aarch64}; empty means {@code x86_64}
   */
  public Optional<String> arch() {
    return arch;
  }

  /**
   * Returns the VLAN id as text (option 43.116 and the {@code vlan_id} kernel argument).
   *
   * @return the id, never empty text
   */
  public Optional<String> vlanId() {
    return vlanId;
  }

  /**
   * Returns the TFTP server name (option 66) that takes the place of the netboot options.
   *
   * @return the name, never empty text
   */
  public Optional<String> tftpServerName() {
    return tftpServerName;
  }

  /**
   * Returns the boot file name (option 67) that takes the place of the netboot options.
   *
   * @return the name, never empty text
   */
  public Optional<String> bootFileName() {
    return bootFileName;
  }

  /**
   * Tells whether DHCP is switched off for this interface: it then gets no answer at all.
   *
   * @return whether DHCP stays silent
   */
  public boolean disabled() {
    return disabled;
  }

  /** Returns the keys only: records may hold what does not belong into a log. */
  @Override
  public String toString() {
    return "Reservation["
        + macAddress
        + ipAddress.map(ip -> " " + ip.getHostAddress()).orElse("")
        + "]";
  }

  /** Collects the values of a reservation. Not thread safe; may build several times. */
  public static final class Builder {
    private final MacAddress macAddress;
    private @Nullable InetAddress ipAddress;
    private @Nullable Inet4Address subnetMask;
    private @Nullable InetAddress defaultGateway;
    private @Nullable InetAddress broadcastAddress;
    private List<InetAddress> nameServers = List.of();
    private List<InetAddress> ntpServers = List.of();
    private @Nullable String hostname;
    private @Nullable String domainName;
    private List<String> domainSearch = List.of();
    private List<ClasslessRoute> classlessStaticRoutes = List.of();
    private Duration leaseTime = DEFAULT_LEASE;
    private @Nullable String arch;
    private @Nullable String vlanId;
    private @Nullable String tftpServerName;
    private @Nullable String bootFileName;
    private boolean disabled;

    private Builder(MacAddress macAddress) {
      this.macAddress = Objects.requireNonNull(macAddress, "macAddress");
    }

    /**
     * Sets the IP address. Default: none.
     *
     * @param value an IPv4 or IPv6 address
     * @return this builder
     */
    public Builder ipAddress(InetAddress value) {
      ipAddress = Objects.requireNonNull(value, "ipAddress");
      return this;
    }

    /**
     * Sets the subnet mask. Default: none.
     *
     * @param value the mask in dotted form
     * @return this builder
     */
    public Builder subnetMask(Inet4Address value) {
      subnetMask = Objects.requireNonNull(value, "subnetMask");
      return this;
    }

    /**
     * Sets the router. Default: none.
     *
     * @param value the address
     * @return this builder
     */
    public Builder defaultGateway(InetAddress value) {
      defaultGateway = Objects.requireNonNull(value, "defaultGateway");
      return this;
    }

    /**
     * Sets the broadcast address. Default: none.
     *
     * @param value the address
     * @return this builder
     */
    public Builder broadcastAddress(InetAddress value) {
      broadcastAddress = Objects.requireNonNull(value, "broadcastAddress");
      return this;
    }

    /**
     * Sets the name servers. Default: none.
     *
     * @param values addresses in order of preference
     * @return this builder
     */
    public Builder nameServers(List<? extends InetAddress> values) {
      nameServers = List.copyOf(values);
      return this;
    }

    /**
     * Sets the time servers. Default: none.
     *
     * @param values addresses in order of preference
     * @return this builder
     */
    public Builder ntpServers(List<? extends InetAddress> values) {
      ntpServers = List.copyOf(values);
      return this;
    }

    /**
     * Sets the host name. Default: none.
     *
     * @param value the name; empty text means none
     * @return this builder
     */
    public Builder hostname(String value) {
      hostname = Objects.requireNonNull(value, "hostname");
      return this;
    }

    /**
     * Sets the domain name. Default: none.
     *
     * @param value the name; empty text means none
     * @return this builder
     */
    public Builder domainName(String value) {
      domainName = Objects.requireNonNull(value, "domainName");
      return this;
    }

    /**
     * Sets the domain search list. Default: none.
     *
     * @param values domain names in order
     * @return this builder
     */
    public Builder domainSearch(List<String> values) {
      domainSearch = List.copyOf(values);
      return this;
    }

    /**
     * Sets the static routes. Default: none.
     *
     * @param values routes in order
     * @return this builder
     */
    public Builder classlessStaticRoutes(List<ClasslessRoute> values) {
      classlessStaticRoutes = List.copyOf(values);
      return this;
    }

    /**
     * Sets the lease time. Default: {@link Reservation#DEFAULT_LEASE}.
     *
     * @param value the time; what does not lie within 1 and 2^32 - 1 seconds means the default, as
     *     a lease of nothing is of no use to a client
     * @return this builder
     */
    public Builder leaseTime(Duration value) {
      long seconds = value.toSeconds();
      leaseTime =
          seconds < 1 || seconds > INFINITE_LEASE.toSeconds()
              ? DEFAULT_LEASE
              : Duration.ofSeconds(seconds);
      return this;
    }

    /**
     * Sets the architecture. Default: none.
     *
     * @param value for example {@code aarch64}; empty text means none
     * @return this builder
     */
    public Builder arch(String value) {
      arch = Objects.requireNonNull(value, "arch");
      return this;
    }

    /**
     * Sets the VLAN id. Default: none.
     *
     * @param value the id as text; empty text means none
     * @return this builder
     */
    public Builder vlanId(String value) {
      vlanId = Objects.requireNonNull(value, "vlanId");
      return this;
    }

    /**
     * Sets the TFTP server name. Default: none.
     *
     * @param value the name; empty text means none
     * @return this builder
     */
    public Builder tftpServerName(String value) {
      tftpServerName = Objects.requireNonNull(value, "tftpServerName");
      return this;
    }

    /**
     * Sets the boot file name. Default: none.
     *
     * @param value the name; empty text means none
     * @return this builder
     */
    public Builder bootFileName(String value) {
      bootFileName = Objects.requireNonNull(value, "bootFileName");
      return this;
    }

    /**
     * Switches DHCP off for this interface. Default: on.
     *
     * @param value whether DHCP stays silent
     * @return this builder
     */
    public Builder disabled(boolean value) {
      disabled = value;
      return this;
    }

    /**
     * Makes the reservation.
     *
     * @return the reservation
     */
    public Reservation build() {
      return new Reservation(this);
    }
  }
}
