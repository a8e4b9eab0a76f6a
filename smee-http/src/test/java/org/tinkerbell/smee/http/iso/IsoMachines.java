// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.http.ipxe.IpxeScriptSettings;

/** The machine and the image of the golden cases I1 to I34. */
final class IsoMachines implements Backend {
  static final String A = "08:00:27:29:4e:67";
  static final String B = "de:ed:be:ef:fe:ed";
  static final String DENIED = "52:54:00:aa:88:2c";
  static final String LONG = "52:54:00:aa:88:31";
  static final String BAD_SOURCE = "52:54:00:aa:88:32";
  static final String OWN_SOURCE = "52:54:00:aa:88:33";
  static final int AT = 47_196;
  static final int SIZE = 51_200;

  static final String PATCH_A =
      "facility=onprem console=ttyAMA0 console=ttyS0 console=tty0 console=tty1 console=ttyS1"
          + " vlan_id=30 hw_addr=08:00:27:29:4e:67 syslog_host=192.168.2.1"
          + " grpc_authority=192.168.2.1:42113 tinkerbell_tls=false tinkerbell_insecure_tls=false"
          + " worker_id=08:00:27:29:4e:67 k=v k2=v2"
          + " ipam=08-00-27-29-4e-67:30:192.168.2.153:255.255.255.0:192.168.2.1:m1:"
          + "8.8.8.8,1.1.1.1:example.com:132.163.96.2,132.163.96.3";

  private final Map<MacAddress, HardwareRecord> records = new HashMap<>();

  IsoMachines() {
    add(HardwareRecord.of(recordA(), facility("onprem")));
    add(HardwareRecord.of(machine(B).build(), facility("test")));
    add(HardwareRecord.of(machine(DENIED).build(), Netboot.builder().allowed(false).build()));
    add(HardwareRecord.of(machine(LONG).build(), facility("x".repeat(1024))));
    add(withSource(BAD_SOURCE, "ftp://x/y.iso"));
  }

  void add(HardwareRecord hardware) {
    records.put(hardware.macAddress(), hardware);
  }

  static HardwareRecord withSource(String mac, String source) {
    return new HardwareRecord(
        machine(mac).build(),
        Optional.of(facility("own")),
        Optional.empty(),
        Optional.of(URI.create(source)));
  }

  static Netboot facility(String code) {
    return Netboot.builder().allowed(true).facility(code).build();
  }

  static Reservation.Builder machine(String mac) {
    return Reservation.builder(MacAddress.parse(mac));
  }

  static Reservation recordA() {
    return machine(A)
        .ipAddress(address("192.168.2.153"))
        .subnetMask((Inet4Address) address("255.255.255.0"))
        .defaultGateway(address("192.168.2.1"))
        .nameServers(List.of(address("8.8.8.8"), address("1.1.1.1")))
        .ntpServers(List.of(address("132.163.96.2"), address("132.163.96.3")))
        .hostname("m1")
        .domainSearch(List.of("example.com"))
        .vlanId("30")
        .arch("x86_64")
        .build();
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  static IpxeScriptSettings.Builder settings() {
    return IpxeScriptSettings.builder()
        .extraKernelArgs(List.of("k=v", "k2=v2"))
        .syslogHost("192.168.2.1")
        .tinkServer("192.168.2.1:42113");
  }

  /** The image I: bytes that mean nothing, and the placeholder with what GRUB has around it. */
  static byte[] image() {
    byte[] image = new byte[SIZE];
    new SplittableRandom(5).nextBytes(image);
    put(image, AT - 8, "/kernel ");
    put(image, AT, placeholder());
    put(image, AT + 1024, " text\n");
    return image;
  }

  /** The image as machine A is to get it. */
  static byte[] imageForA() {
    byte[] image = image();
    put(image, AT, padded(PATCH_A, 1024));
    return image;
  }

  static String placeholder() {
    return StandardCharsets.US_ASCII.decode(Placeholder.hookOs().start(1024)).toString();
  }

  static String padded(String text, int length) {
    return text + " ".repeat(length - text.length());
  }

  static void put(byte[] image, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, image, at, bytes.length);
  }

  static byte[] slice(byte[] of, int first, int last) {
    return Arrays.copyOfRange(of, first, last + 1);
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
      default ->
          CompletableFuture.completedStage(
              Optional.ofNullable(records.get(mac))
                  .map(LookupResult::found)
                  .orElseGet(LookupResult::notFound));
    };
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ip) {
    return CompletableFuture.completedStage(LookupResult.notFound());
  }

  @Override
  public BackendStatus status() {
    return BackendStatus.ready("machines of the golden cases");
  }

  @Override
  public void close() {}
}
