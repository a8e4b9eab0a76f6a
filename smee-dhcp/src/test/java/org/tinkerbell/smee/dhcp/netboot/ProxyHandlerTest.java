// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.captured;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.discover;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.hex;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.pxe;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.request;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;

class ProxyHandlerTest {

  private static final HardwareRecord KNOWN =
      HardwareRecord.of(
          Reservation.builder(Fixtures.MAC).ipAddress(ip("192.168.99.43")).vlanId("16").build(),
          Netboot.builder().allowed(true).build());

  private static final HardwareRecord DENIED =
      HardwareRecord.of(KNOWN.reservation(), Netboot.builder().allowed(false).build());

  private static NetbootSettings.Builder settings() {
    return GoldenCase.of("P01").netbootSettings();
  }

  private static ProxyHandler.Builder proxy(LookupResult result) {
    return ProxyHandler.builder(Fixtures.backend(result), settings().build());
  }

  private static DhcpResult handle(ProxyHandler.Builder proxy, DhcpMessage request) {
    return Fixtures.handle(proxy.build(), request);
  }

  @ParameterizedTest
  @EnumSource(names = {"EVERYONE", "EVERYONE_ALIKE"})
  void everyoneIsServedWhateverTheBackendSays(ProxyPolicy policy) {
    DhcpMessage request = pxe(discover(), 7).build();
    for (LookupResult result :
        List.of(
            LookupResult.notFound(),
            new LookupResult.Failed("boom"),
            new LookupResult.Ambiguous("a, b"),
            new LookupResult.Unusable("no mac"))) {
      DhcpMessage offer = Fixtures.reply(handle(proxy(result).policy(policy), request));

      assertThat(offer.file()).isEqualTo("ipxe.efi");
    }
  }

  @Test
  void backendIsNotAskedWhereItDoesNotMatter() {
    CompletableFuture<LookupResult> never = new CompletableFuture<>();
    ProxyHandler handler =
        ProxyHandler.builder(Fixtures.backend(never), settings().build())
            .policy(ProxyPolicy.EVERYONE_ALIKE)
            .build();

    assertThat(handler.handle(Fixtures.exchange(pxe(discover(), 7).build())).toCompletableFuture())
        .isCompleted();
  }

  @Test
  void knownMachinesAloneMeetTheBackendsReasons() {
    DhcpMessage request = pxe(discover(), 7).build();

    assertThat(handle(proxy(new LookupResult.Failed("boom")), request))
        .isEqualTo(DhcpResult.ignore(IgnoreReason.BACKEND_FAILED, "boom"));
    assertThat(handle(proxy(LookupResult.found(HardwareRecord.of(KNOWN.reservation()))), request))
        .isEqualTo(
            DhcpResult.ignore(
                NetbootReasons.NETBOOT_NOT_ALLOWED, "the record has no netboot part"));
    Backend none = Backend.none();
    assertThat(Fixtures.handle(ProxyHandler.builder(none, settings().build()).build(), request))
        .isEqualTo(DhcpResult.ignore(IgnoreReason.UNKNOWN_HARDWARE, ""));
  }

  @Test
  void refusalIsSaidWhereAskedFor() {
    DhcpMessage request = pxe(discover(), 7).build();
    ProxyHandler.Builder everyone = proxy(LookupResult.found(DENIED)).policy(ProxyPolicy.EVERYONE);

    assertThat(Fixtures.ignore(handle(everyone, request)).reason())
        .isEqualTo(NetbootReasons.NETBOOT_NOT_ALLOWED);
    assertThat(Fixtures.reply(handle(everyone.sayNotAllowed(true), request)).file())
        .isEqualTo("/02:00:00:00:00:ff/netboot-not-allowed");
  }

  @Test
  void requestToTheOtherServerIsLeftToIt() {
    DhcpMessage request = captured("edk2-x64-proxy-request");

    assertThat(handle(proxy(LookupResult.found(KNOWN)), request))
        .isEqualTo(
            DhcpResult.ignore(IgnoreReason.OTHER_SERVER_SELECTED, "REQUEST for 192.168.77.2"));
  }

  @Test
  void requestToOneOfOurAddressesIsAnswered() {
    for (String own : new String[] {"10.0.0.5", "10.0.0.6", "10.0.0.7"}) {
      DhcpMessage request =
          pxe(request(DhcpMessageType.REQUEST), 7)
              .set(DhcpOptions.SERVER_IDENTIFIER, ip(own))
              .build();

      assertThat(Fixtures.reply(handle(proxy(LookupResult.found(KNOWN)), request)).messageType())
          .contains(DhcpMessageType.ACK);
    }
  }

  private static DhcpMessage atBootServerPort(DhcpMessage request) {
    DhcpExchange exchange =
        DhcpExchange.of(
            request,
            new Arrival(
                "boot server",
                Optional.empty(),
                Optional.empty(),
                new InetSocketAddress(Fixtures.PACKET_IP, 4011),
                new InetSocketAddress(ip("192.168.77.100"), 4011),
                Instant.EPOCH));
    return Fixtures.reply(
        proxy(LookupResult.found(KNOWN)).build().handle(exchange).toCompletableFuture().join());
  }

  @Test
  void bootServerPortIsAnswered() {
    DhcpMessage request =
        captured("edk2-x64-proxy-request-4011").toBuilder()
            .set(DhcpOptions.SERVER_IDENTIFIER, ip("192.168.77.2"))
            .build();

    DhcpMessage ack = atBootServerPort(request);

    assertThat(ack.messageType()).contains(DhcpMessageType.ACK);
    assertThat(ack.file()).isEqualTo("ipxe.efi");
    assertThat(ack.ciaddr()).isEqualTo(request.ciaddr());
    assertThat(ack.yiaddr()).isEqualTo(Ipv4.ANY);
    assertThat(ack.raw(43)).contains(hex("060108"));
  }

  @ParameterizedTest(name = "43 = {0}: {1}")
  @CsvSource({
    "4704800000ff, 0601084704800000ff",
    "000601084704000f0001ff, 0601084704000f0001",
    "47028000ff, 060108",
    "47048000, 060108",
    "ff470480000001, 060108",
    "470480, 060108",
  })
  void bootItemAskedForIsNamedAgain(String asked, String answered) {
    DhcpMessage request =
        captured("edk2-x64-proxy-request-4011").toBuilder().setRaw(43, hex(asked)).build();

    assertThat(atBootServerPort(request).raw(43)).contains(hex(answered));
    DhcpMessage elsewhere =
        Fixtures.reply(
            handle(
                proxy(LookupResult.found(KNOWN)),
                pxe(discover(), 7).setRaw(43, hex(asked)).build()));
    assertThat(elsewhere.raw(43)).contains(hex("060108"));
  }

  @Test
  void stockFilesEndTheLoopHereToo() {
    NetbootSettings stock = settings().bootFiles(BootFiles.STOCK).build();
    List<String> told = new ArrayList<>();
    ProxyHandler handler =
        ProxyHandler.builder(Backend.none(), stock)
            .policy(ProxyPolicy.EVERYONE)
            .listener((exchange, client, choice) -> told.add(choice.why()))
            .build();

    assertThat(Fixtures.reply(Fixtures.handle(handler, captured("edk2-x64-pxe-discover"))).file())
        .isEqualTo("ipxe.efi");
    DhcpMessage second =
        Fixtures.reply(Fixtures.handle(handler, captured("ipxe-efi-x64-after-proxy-discover")));
    assertThat(second.file()).endsWith("/auto.ipxe");
    assertThat(told).hasSize(2).last().isEqualTo("client's user class is Tinkerbell");
    DhcpMessage rom = Fixtures.reply(Fixtures.handle(handler, captured("bios-ipxe-rom-discover")));
    assertThat(rom.file()).isEqualTo("http://10.0.0.8:8080/52:54:00:77:00:01/auto.ipxe");
    assertThat(rom.get(DhcpOptions.VENDOR_CLASS)).contains("PXEClient");
    assertThat(rom.siaddr()).isEqualTo(ip("10.0.0.6"));
  }

  @Test
  void longNameGoesIntoOption67() {
    NetbootSettings settings =
        settings().scriptBaseUrl(URI.create(GoldenCase.longScriptUrl())).build();
    ProxyHandler handler =
        ProxyHandler.builder(Fixtures.backend(LookupResult.found(KNOWN)), settings).build();

    DhcpMessage offer =
        Fixtures.reply(Fixtures.handle(handler, captured("tinkerbell-shipped-ipxe-efi-discover")));

    assertThat(offer.file()).isEmpty();
    assertThat(offer.get(DhcpOptions.BOOT_FILE_NAME).orElseThrow())
        .startsWith("https://boot.example/52:54:00:77:00:01/abc");
  }

  @Test
  void recordWithNulInTheBootFileNameIsUnusable() {
    HardwareRecord hardware =
        HardwareRecord.of(
            KNOWN.reservation(), Netboot.builder().allowed(true).ipxeBinary("a\0b").build());

    DhcpResult.Ignore ignore =
        Fixtures.ignore(handle(proxy(LookupResult.found(hardware)), pxe(discover(), 7).build()));

    assertThat(ignore.reason()).isEqualTo(NetbootReasons.UNUSABLE_HARDWARE);
  }

  @Test
  void vlanIdIsSentWhereAskedFor() {
    ProxyHandler handler =
        ProxyHandler.builder(
                Fixtures.backend(LookupResult.found(KNOWN)), settings().vlanOption(true).build())
            .build();

    assertThat(Fixtures.reply(Fixtures.handle(handler, pxe(discover(), 7).build())).raw(43))
        .contains(hex("060108" + "7402" + "3136"));
  }

  @Test
  void messageWithoutTypeOrAddressIsIgnored() {
    assertThat(Fixtures.ignore(handle(proxy(LookupResult.found(KNOWN)), noType())).reason())
        .isEqualTo(IgnoreReason.NO_MESSAGE_TYPE);
    DhcpMessage noAddress = pxe(discover(), 7).chaddr(new byte[0]).build();
    assertThat(Fixtures.ignore(handle(proxy(LookupResult.found(KNOWN)), noAddress)).reason())
        .isEqualTo(NetbootReasons.NO_HARDWARE_ADDRESS);
  }

  private static DhcpMessage noType() {
    return pxe(discover(), 7).remove(53).build();
  }

  @Test
  void listenerThatThrowsChangesNothing() {
    ProxyHandler.Builder proxy =
        proxy(LookupResult.found(KNOWN))
            .listener(
                (exchange, client, choice) -> {
                  throw new IllegalStateException("listener");
                });

    assertThat(Fixtures.reply(handle(proxy, pxe(discover(), 7).build())).file())
        .isEqualTo("ipxe.efi");
  }
}
