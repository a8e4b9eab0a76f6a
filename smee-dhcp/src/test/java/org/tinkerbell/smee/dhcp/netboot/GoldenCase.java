// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ipv6;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpMessage;

/** A line of golden.tsv, which explains the columns. */
record GoldenCase(
    String id,
    String mode,
    String record,
    List<String> settings,
    boolean keep,
    String requestHex,
    String replyHex) {

  static final TraceParent TRACE =
      TraceParent.tryParse("00-23b1e307bb35484f535a1f772c06910e-d887dc3912240434-01").orElseThrow();

  /** What the parity switch does not bring back, and why; docs/compatibility.md says so, too. */
  static final Map<String, String> BEYOND_PARITY =
      Map.of(
          "R34", "servers that answer the replies of servers answer each other for ever",
          "R35", "the reference ends here",
          "M26", "the reference ends here",
          "R39", "contradicts M18: today's reference has another next server",
          "P17", "contradicts N06: today's reference has another next server",
          "M23", "a record cannot say a lease of nothing",
          "M27", "the backend finds records, whatever the case of the MAC address");

  static List<GoldenCase> all() {
    return Fixtures.resource("golden.tsv")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(GoldenCase::read)
        .toList();
  }

  static Stream<GoldenCase> ofMode(String mode) {
    return all().stream().filter(golden -> golden.mode.equals(mode));
  }

  static GoldenCase of(String id) {
    return all().stream().filter(golden -> golden.id.equals(id)).findFirst().orElseThrow();
  }

  private static GoldenCase read(String line) {
    String[] column = line.split("\t", -1);
    return new GoldenCase(
        column[0],
        column[1],
        column[2],
        column[3].equals("-") ? List.of() : List.of(column[3].split("; ")),
        column[4].equals("keep"),
        column[5],
        column[6]);
  }

  boolean isStandalone() {
    return id.startsWith("R") || id.startsWith("P");
  }

  DhcpMessage request() {
    return Fixtures.decode(Fixtures.hex(requestHex));
  }

  boolean hasReply() {
    return !replyHex.equals("-") && !replyHex.equals("crash");
  }

  byte[] replyOctets() {
    return Fixtures.hex(replyHex);
  }

  /** Returns the reference's reply as a message, to change it to what is expected here. */
  DhcpMessage.Builder reply() {
    return Fixtures.decode(replyOctets()).toBuilder();
  }

  Optional<TraceParent> trace() {
    return settings.contains("tracing on") ? Optional.of(TRACE) : Optional.empty();
  }

  NetbootSettings.Builder netbootSettings() {
    String binary = isStandalone() ? "8080/ipxe/" : "7080/ipxe/binary/";
    String script = isStandalone() ? "8080/auto.ipxe" : "7080/ipxe/script/auto.ipxe";
    NetbootSettings.Builder builder =
        NetbootSettings.builder(Fixtures.PACKET_IP)
            .tftpAddress(new InetSocketAddress(ip("10.0.0.6"), 69))
            .syslogIp(ip("10.0.0.9"))
            .binaryBaseUrl(URI.create("http://10.0.0.7:" + binary))
            .scriptBaseUrl(URI.create("http://10.0.0.8:" + script))
            .binaries(isStandalone() ? BootBinaries.DEFAULT : BootBinaries.MONOREPO);
    settings.forEach(setting -> apply(setting, builder));
    return builder;
  }

  private static void apply(String setting, NetbootSettings.Builder builder) {
    String value = setting.substring(setting.lastIndexOf(' ') + 1);
    switch (setting.substring(0, setting.lastIndexOf(' '))) {
      case "tracing" -> {}
      case "binary base" -> builder.binaryBaseUrl(URI.create(value));
      case "netboot options" -> builder.netbootOptions(false);
      case "TFTP" -> builder.tftpAddress(new InetSocketAddress(Ipv4.ANY, 69));
      case "arch map" -> {
        String[] entry = value.split("=");
        builder.architectureOverrides(
            Map.of(ClientArchitecture.of(Integer.parseInt(entry[0])), entry[1]));
      }
      case "MAC format" -> {
        if (value.equals("empty")) {
          builder.noMacInBinaryUrls();
        } else {
          builder.binaryMacFormat(
              MacAddress.Format.valueOf(value.replace('-', '_').toUpperCase(Locale.ROOT)));
        }
      }
      default -> throw new AssertionError(setting);
    }
  }

  LookupResult lookup() {
    if (record.equals("not found")) {
      return LookupResult.notFound();
    }
    if (record.startsWith("backend error")) {
      return new LookupResult.Failed("boom");
    }
    return LookupResult.found(hardware());
  }

  private HardwareRecord hardware() {
    Reservation.Builder reservation = Reservation.builder(Fixtures.MAC).subnetMask(mask("0"));
    reservation.ipAddress(ip("192.168.99.43"));
    Netboot.Builder netboot = Netboot.builder().allowed(true);
    String base = record.replaceFirst("(?<=-min|-full).*", "");
    base(base, reservation);
    boolean hasNetboot = true;
    for (String change : record.substring(base.length()).split("(, | \\+ | with )")) {
      String value = change.substring(change.lastIndexOf(' ') + 1);
      String key = change.substring(0, change.length() - value.length()).trim();
      switch (key.isEmpty() ? value : key) {
        case "", "mac" -> {}
        case "MAC" -> reservation = copyWithMac(reservation, value);
        case "allow=false", "allowPXE" -> netboot.allowed(false);
        case "disabled", "disableDhcp" -> reservation.disabled(true);
        case "script URL", "ipxe.url" -> netboot.ipxeScriptUrl(URI.create(value));
        case "ipxe.binary" -> netboot.ipxeBinary(value);
        case "IP", "ip" -> reservation.ipAddress(ipv6(value));
        case "DNS" -> reservation.nameServers(List.of(ipv6(value)));
        case "search" -> reservation.domainSearch(List.of(value.replace("\"", "")));
        case "12 search" ->
            reservation.domainSearch(
                IntStream.range(0, 12)
                    .mapToObj(i -> String.format("subdomain-number-%02d.example.com", i))
                    .toList());
        case "138" -> netboot.ipxeScriptUrl(URI.create(longScriptUrl()));
        case "tftp_server_name" -> reservation.tftpServerName(value);
        case "boot_file_name" -> reservation.bootFileName(value);
        case "lease_time" -> reservation.leaseTime(Duration.ofSeconds(Long.parseLong(value)));
        case "netmask" -> reservation.subnetMask(mask("254")).broadcastAddress(ip("192.168.99.43"));
        case "no" -> {
          if (value.equals("netboot")) {
            hasNetboot = false;
          } else {
            return HardwareRecord.of(
                Reservation.builder(Fixtures.MAC).leaseTime(Duration.ofDays(1)).build(),
                netboot.build());
          }
        }
        default -> throw new AssertionError(id + ": " + key + "|" + value);
      }
    }
    Reservation built = reservation.build();
    return hasNetboot ? HardwareRecord.of(built, netboot.build()) : HardwareRecord.of(built);
  }

  static String longScriptUrl() {
    StringBuilder url = new StringBuilder("https://boot.example/");
    IntStream.range(0, 138).forEach(i -> url.append((char) ('a' + i % 26)));
    return url.toString();
  }

  private static Inet4Address mask(String last) {
    return ip("255.255.255." + last);
  }

  private static Reservation.Builder copyWithMac(Reservation.Builder from, String mac) {
    Reservation old = from.build();
    return Reservation.builder(MacAddress.parse(mac))
        .ipAddress(old.ipAddress().orElseThrow())
        .subnetMask(old.subnetMask().orElseThrow())
        .broadcastAddress(old.broadcastAddress().orElseThrow())
        .leaseTime(old.leaseTime());
  }

  private static void base(String name, Reservation.Builder reservation) {
    List<InetAddress> dns = List.of(ip("8.8.8.8"), ip("1.1.1.1"));
    switch (name) {
      case "H-min" -> reservation.leaseTime(Duration.ofSeconds(604_800));
      case "H-full" ->
          reservation
              .defaultGateway(ip("192.168.99.1"))
              .nameServers(dns)
              .hostname("smee-test-client")
              .domainName("example.com")
              .broadcastAddress(ip("192.168.99.255"))
              .ntpServers(List.of(ip("132.163.96.2")))
              .leaseTime(Duration.ofDays(1))
              .domainSearch(List.of("example.com", "lab.example.com"))
              .vlanId("16");
      case "K-min" ->
          reservation.leaseTime(Duration.ofDays(1)).broadcastAddress(ip("192.168.99.255"));
      case "K-full" ->
          reservation
              .leaseTime(Duration.ofDays(1))
              .broadcastAddress(ip("192.168.99.255"))
              .hostname("h1")
              .domainName("example.com")
              .domainSearch(List.of("example.com"))
              .nameServers(dns)
              .ntpServers(List.of(ip("132.163.96.2")))
              .defaultGateway(ip("192.168.99.1"))
              .vlanId("16")
              .classlessStaticRoutes(
                  List.of(
                      route("10.0.0.0", 8, "192.168.99.10"),
                      route("172.16.0.0", 12, "192.168.99.20"),
                      route("0.0.0.0", 0, "192.168.99.1"),
                      route("192.168.1.77", 32, "192.168.99.30"),
                      route("10.1.2.3", 24, "192.168.99.40")));
      default -> throw new AssertionError(name);
    }
  }

  private static ClasslessRoute route(String destination, int prefix, String router) {
    return new ClasslessRoute(ip(destination), prefix, ip(router));
  }

  @Override
  public String toString() {
    return id;
  }
}
