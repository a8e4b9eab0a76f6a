// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;

/** The machines of the golden cases H1 to H45, and a backend that knows them. */
final class Machines implements Backend {
  static final String MAIN = "08:00:27:29:4e:67";
  private final Map<MacAddress, HardwareRecord> byMac = new LinkedHashMap<>();

  Machines() {
    add(
        Reservation.builder(MacAddress.parse(MAIN))
            .ipAddress(address("192.168.2.153"))
            .vlanId("30")
            .arch("x86_64"),
        Netboot.builder().allowed(true).facility("onprem"));
    add(
        machine("52:54:00:aa:88:2a", "192.168.2.15"),
        Netboot.builder().allowed(true).ipxeScriptUrl(URI.create("https://boot.netboot.xyz")));
    add(
        machine("52:54:00:aa:88:2b", "192.168.2.16"),
        Netboot.builder().allowed(true).ipxeScript("#!ipxe\nshell\n"));
    add(machine("52:54:00:aa:88:2c", "192.168.2.17"), Netboot.builder());
    add(
        machine("52:54:00:aa:88:2d", "192.168.2.18"),
        Netboot.builder().allowed(true).ipxeScriptUrl(URI.create("ftp://x/y")));
    add(
        machine("52:54:00:aa:88:2e", "127.0.0.1").arch("aarch64"),
        Netboot.builder().allowed(true).facility("onprem console=ttyS2"));
    HardwareRecord bare = HardwareRecord.of(machine("52:54:00:aa:88:30", "192.168.2.19").build());
    byMac.put(bare.macAddress(), bare);
  }

  private void add(Reservation.Builder reservation, Netboot.Builder netboot) {
    HardwareRecord hardware = HardwareRecord.of(reservation.build(), netboot.build());
    byMac.put(hardware.macAddress(), hardware);
  }

  private static Reservation.Builder machine(String mac, String ip) {
    return Reservation.builder(MacAddress.parse(mac)).ipAddress(address(ip));
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** The settings of set-up A. */
  static IpxeScriptSettings.Builder settings() {
    return IpxeScriptSettings.builder()
        .osieUrl("http://127.0.0.1:9999/hook")
        .extraKernelArgs(List.of("k=v", "k2=v2"))
        .syslogHost("192.168.2.1")
        .tinkServer("192.168.2.1:42113")
        .retries(0)
        .retryDelay(Duration.ofSeconds(2));
  }

  HardwareRecord main() {
    return byMac.get(MacAddress.parse(MAIN));
  }

  @Override
  public CompletionStage<LookupResult> findByMac(MacAddress mac) {
    return switch (mac.toString()) {
      case "52:54:00:00:00:01" ->
          CompletableFuture.completedStage(new LookupResult.Failed("no connection"));
      case "52:54:00:00:00:02" ->
          CompletableFuture.failedStage(new IllegalStateException("broken"));
      case "52:54:00:00:00:03" ->
          CompletableFuture.completedStage(new LookupResult.Unusable("no address"));
      case "52:54:00:00:00:04" ->
          CompletableFuture.completedStage(new LookupResult.Ambiguous("a and b"));
      default -> result(Optional.ofNullable(byMac.get(mac)));
    };
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ip) {
    return result(
        byMac.values().stream()
            .filter(h -> h.reservation().ipAddress().filter(ip::equals).isPresent())
            .findFirst());
  }

  private static CompletionStage<LookupResult> result(Optional<HardwareRecord> hardware) {
    return CompletableFuture.completedStage(
        hardware.map(LookupResult::found).orElseGet(LookupResult::notFound));
  }

  @Override
  public BackendStatus status() {
    return BackendStatus.ready("machines of the golden cases");
  }

  @Override
  public void close() {}

  /** Returns the arguments of a script's kernel command, as the specification counts them. */
  static List<String> kernelTokens(String script) {
    String joined = script.replaceAll("\\\\\n", " ");
    String line = joined.lines().filter(l -> l.startsWith("kernel ")).findFirst().orElseThrow();
    String arguments = line.substring(0, line.indexOf("&&"));
    List<String> tokens = List.of(arguments.trim().split(" +"));
    return tokens.subList(2, tokens.size());
  }
}
