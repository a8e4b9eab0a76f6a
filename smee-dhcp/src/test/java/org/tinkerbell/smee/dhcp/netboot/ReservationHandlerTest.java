// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.discover;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.hex;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.pxe;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.request;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.ClasslessRoute;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpCodec;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.EncodeOptions;
import org.tinkerbell.smee.dhcp.IgnoreReason;

class ReservationHandlerTest {
  private static final Inet4Address RESERVED = ip("192.168.99.43");
  private static final Inet4Address OTHER = ip("192.168.99.44");

  private static Reservation.Builder reservation() {
    return Reservation.builder(Fixtures.MAC)
        .ipAddress(RESERVED)
        .subnetMask(ip("255.255.255.0"))
        .defaultGateway(ip("192.168.99.1"));
  }

  private static HardwareRecord bootable(Reservation.Builder reservation) {
    return HardwareRecord.of(reservation.build(), Netboot.builder().allowed(true).build());
  }

  private static NetbootSettings.Builder settings() {
    return GoldenCase.of("R01").netbootSettings();
  }

  private static DhcpResult handle(DhcpMessage.Builder request) {
    return handle(request, bootable(reservation()), settings());
  }

  private static DhcpResult handle(
      DhcpMessage.Builder request, HardwareRecord hardware, NetbootSettings.Builder settings) {
    return handle(request, Fixtures.backend(LookupResult.found(hardware)), settings);
  }

  private static DhcpResult handle(
      DhcpMessage.Builder request, Backend backend, NetbootSettings.Builder settings) {
    return Fixtures.handle(
        ReservationHandler.builder(backend, settings.build()).build(), request.build());
  }

  /** RFC 2131 §4.3.2: the states a client can be in when it sends a DHCPREQUEST. */
  @Nested
  class Request {

    @ParameterizedTest(name = "54={0} 50={1} ciaddr={2}: {3}")
    @CsvSource({
      // selecting
      "10.0.0.5, 192.168.99.43, 0.0.0.0, ACK",
      "10.0.0.5, 192.168.99.44, 0.0.0.0, NAK",
      "10.0.0.5, '', 0.0.0.0, ACK",
      "10.0.0.1, 192.168.99.43, 0.0.0.0, ''",
      "0.0.0.0, 192.168.99.43, 0.0.0.0, ''",
      // init-reboot
      "'', 192.168.99.43, 0.0.0.0, ACK",
      "'', 192.168.99.44, 0.0.0.0, NAK",
      "'', 10.9.9.9, 0.0.0.0, NAK",
      // renewing, rebinding
      "'', '', 192.168.99.43, ACK",
      "'', '', 192.168.99.44, NAK",
      // no state of the standard
      "'', '', 0.0.0.0, ACK",
      "'', 192.168.99.43, 192.168.99.44, NAK",
      "'', 192.168.99.44, 192.168.99.43, NAK",
    })
    void isAnsweredByState(String server, String requested, String client, String answer) {
      Inet4Address ciaddr = ip(client);
      DhcpMessage.Builder request = request(DhcpMessageType.REQUEST).ciaddr(ciaddr);
      Ipv4.literal(server).ifPresent(ip -> request.set(DhcpOptions.SERVER_IDENTIFIER, ip));
      Ipv4.literal(requested).ifPresent(ip -> request.set(DhcpOptions.REQUESTED_ADDRESS, ip));

      DhcpResult result = handle(request);

      if (answer.isEmpty()) {
        DhcpResult.Ignore ignore = Fixtures.ignore(result);
        assertThat(ignore.reason()).isEqualTo(IgnoreReason.OTHER_SERVER_SELECTED);
        assertThat(ignore.detail()).isEqualTo("REQUEST for " + server);
        return;
      }
      DhcpMessage reply = Fixtures.reply(result);
      assertThat(reply.messageType().orElseThrow()).hasToString(answer);
      assertThat(reply.yiaddr()).isEqualTo(answer.equals("ACK") ? RESERVED : Ipv4.ANY);
      assertThat(reply.ciaddr()).isEqualTo(answer.equals("ACK") ? ciaddr : Ipv4.ANY);
    }

    @Test
    void nakHasNothingButTheRefusal() {
      DhcpMessage.Builder request =
          pxe(request(DhcpMessageType.REQUEST), 7)
              .flags(0)
              .setRaw(61, hex("010200000000ff"))
              .set(DhcpOptions.REQUESTED_ADDRESS, OTHER);

      DhcpMessage nak = Fixtures.reply(handle(request));

      assertThat(nak.optionCodes()).containsExactlyInAnyOrder(53, 54, 56, 61);
      assertThat(nak.get(DhcpOptions.MESSAGE))
          .contains("192.168.99.44 is not the reserved address 192.168.99.43");
      assertThat(nak.get(DhcpOptions.SERVER_IDENTIFIER)).contains(Fixtures.PACKET_IP);
      assertThat(nak.siaddr()).isEqualTo(Ipv4.ANY);
      assertThat(nak.file()).isEmpty();
      assertThat(nak.isBroadcast()).isFalse();
    }

    @Test
    void relayedNakIsToBeBroadcast() {
      DhcpMessage.Builder request =
          request(DhcpMessageType.REQUEST)
              .flags(0)
              .giaddr(ip("192.168.99.2"))
              .setRaw(82, hex("010465746830"))
              .set(DhcpOptions.REQUESTED_ADDRESS, OTHER);

      DhcpMessage nak = Fixtures.reply(handle(request));

      assertThat(nak.isBroadcast()).isTrue();
      assertThat(nak.giaddr()).isEqualTo(ip("192.168.99.2"));
      assertThat(nak.raw(82)).contains(hex("010465746830"));
    }

    @Test
    void unknownMachineIsNeverRefused() {
      DhcpMessage.Builder request =
          request(DhcpMessageType.REQUEST).set(DhcpOptions.REQUESTED_ADDRESS, OTHER);

      assertThat(
              Fixtures.ignore(
                      handle(request, Fixtures.backend(LookupResult.notFound()), settings()))
                  .reason())
          .isEqualTo(IgnoreReason.UNKNOWN_HARDWARE);
    }

    @Test
    void identifiersOfAWrongLengthAreIgnored() {
      DhcpMessage.Builder request =
          request(DhcpMessageType.REQUEST).setRaw(54, hex("0a0909")).setRaw(50, hex("0a090901ff"));

      assertThat(Fixtures.reply(handle(request)).messageType()).contains(DhcpMessageType.ACK);
    }
  }

  /** RFC 5107: the relay names the address that clients take for the server's. */
  @Nested
  class ServerIdentifierOverride {
    private DhcpMessage.Builder relayed(DhcpMessageType type) {
      return request(type).giaddr(ip("192.168.99.2")).setRaw(82, hex("0b04c0a86302"));
    }

    @Test
    void goesIntoOption54() {
      DhcpMessage offer = Fixtures.reply(handle(relayed(DhcpMessageType.DISCOVER)));

      assertThat(offer.get(DhcpOptions.SERVER_IDENTIFIER)).contains(ip("192.168.99.2"));
      assertThat(offer.siaddr()).isEqualTo(Fixtures.PACKET_IP);
    }

    @Test
    void isUnderstoodInRequests() {
      DhcpMessage.Builder request = relayed(DhcpMessageType.REQUEST);

      request.set(DhcpOptions.SERVER_IDENTIFIER, ip("192.168.99.2"));
      assertThat(Fixtures.reply(handle(request)).messageType()).contains(DhcpMessageType.ACK);
      request.set(DhcpOptions.SERVER_IDENTIFIER, ip("192.168.99.3"));
      assertThat(handle(request)).isInstanceOf(DhcpResult.Ignore.class);
    }

    @Test
    void countsOnlyFromARelay() {
      DhcpMessage offer =
          Fixtures.reply(handle(relayed(DhcpMessageType.DISCOVER).giaddr(Ipv4.ANY)));

      assertThat(offer.get(DhcpOptions.SERVER_IDENTIFIER)).contains(Fixtures.PACKET_IP);
    }
  }

  @Test
  void informIsAnsweredWithoutAnAddress() {
    DhcpMessage.Builder inform = pxe(request(DhcpMessageType.INFORM), 7).ciaddr(OTHER);

    DhcpMessage ack = Fixtures.reply(handle(inform));

    assertThat(ack.messageType()).contains(DhcpMessageType.ACK);
    assertThat(ack.yiaddr()).isEqualTo(Ipv4.ANY);
    assertThat(ack.ciaddr()).isEqualTo(OTHER);
    assertThat(ack.optionCodes()).containsExactlyInAnyOrder(1, 3, 7, 53, 54);
    assertThat(ack.file()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5, 6, 9, 13, 255})
  void otherMessageTypesAreIgnored(int type) {
    DhcpResult.Ignore ignore = Fixtures.ignore(handle(request(DhcpMessageType.of(type))));

    assertThat(ignore.reason()).isEqualTo(IgnoreReason.UNSUPPORTED_MESSAGE_TYPE);
    assertThat(ignore.detail()).isEqualTo(DhcpMessageType.of(type).toString());
  }

  @Test
  void declineAndReleaseHaveTheirReasons() {
    DhcpMessage.Builder decline =
        request(DhcpMessageType.DECLINE)
            .set(DhcpOptions.REQUESTED_ADDRESS, RESERVED)
            .set(DhcpOptions.MESSAGE, "in use");
    DhcpResult.Ignore declined = Fixtures.ignore(handle(decline));
    assertThat(declined.reason()).isEqualTo(NetbootReasons.ADDRESS_DECLINED);
    assertThat(declined.detail()).isEqualTo("address 192.168.99.43: in use");

    decline.set(DhcpOptions.SERVER_IDENTIFIER, ip("10.0.0.1"));
    assertThat(Fixtures.ignore(handle(decline)).reason())
        .isEqualTo(IgnoreReason.OTHER_SERVER_SELECTED);

    DhcpMessage release = Fixtures.captured("systemd-networkd-release");
    DhcpResult.Ignore released = Fixtures.ignore(handle(release.toBuilder().remove(54)));
    assertThat(released.reason()).isEqualTo(NetbootReasons.RELEASED);
    assertThat(released.detail()).startsWith("address 192.168.77.");
  }

  @Test
  void messageWithoutHardwareAddressCannotBeLookedUp() {
    assertThat(Fixtures.ignore(handle(discover().chaddr(new byte[0]))).reason())
        .isEqualTo(NetbootReasons.NO_HARDWARE_ADDRESS);
  }

  @Nested
  class Look {
    @Test
    void resultsHaveTheirReasons() {
      assertThat(ignored(new LookupResult.Ambiguous("a, b")))
          .isEqualTo(DhcpResult.ignore(NetbootReasons.AMBIGUOUS_HARDWARE, "a, b"));
      assertThat(ignored(new LookupResult.Unusable("no mac")))
          .isEqualTo(DhcpResult.ignore(NetbootReasons.UNUSABLE_HARDWARE, "no mac"));
      assertThat(ignored(new LookupResult.Failed("boom")))
          .isEqualTo(DhcpResult.ignore(IgnoreReason.BACKEND_FAILED, "boom"));
      assertThat(ignored(LookupResult.notFound()))
          .isEqualTo(DhcpResult.ignore(IgnoreReason.UNKNOWN_HARDWARE, ""));
    }

    private DhcpResult ignored(LookupResult result) {
      return handle(discover(), Fixtures.backend(result), settings());
    }

    @Test
    void failedStageIsABackendFailure() {
      CompletableFuture<LookupResult> stage = new CompletableFuture<>();
      stage.completeExceptionally(new IllegalStateException("boom"));

      assertThat(handle(discover(), Fixtures.backend(stage), settings()))
          .isEqualTo(
              DhcpResult.ignore(
                  IgnoreReason.BACKEND_FAILED, "java.lang.IllegalStateException: boom"));
      assertThat(handle(discover(), Fixtures.backend(stage.thenApply(r -> r)), settings()))
          .isEqualTo(
              DhcpResult.ignore(
                  IgnoreReason.BACKEND_FAILED, "java.lang.IllegalStateException: boom"));
    }

    @Test
    void stageWithoutResultIsABackendFailure() {
      assertThat(
              handle(
                  discover(),
                  Fixtures.backend(CompletableFuture.<LookupResult>completedFuture(null)),
                  settings()))
          .isEqualTo(DhcpResult.ignore(IgnoreReason.BACKEND_FAILED, "the backend gave no result"));
    }

    @Test
    void backendThatThrowsIsABackendFailure() {
      assertThat(Fixtures.ignore(handle(discover(), new Throwing(), settings())).reason())
          .isEqualTo(IgnoreReason.BACKEND_FAILED);
    }

    @Test
    void lateResultIsAnsweredLate() {
      CompletableFuture<LookupResult> stage = new CompletableFuture<>();
      CompletableFuture<DhcpResult> answer =
          ReservationHandler.builder(Fixtures.backend(stage), settings().build())
              .build()
              .handle(Fixtures.exchange(discover().build()))
              .toCompletableFuture();

      assertThat(answer).isNotDone();
      stage.complete(LookupResult.found(bootable(reservation())));
      assertThat(answer).isCompleted();
      assertThat(Fixtures.reply(answer.join()).yiaddr()).isEqualTo(RESERVED);
    }
  }

  private static final class Throwing implements Backend {
    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
      throw new IllegalStateException("closed");
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      throw new IllegalStateException("closed");
    }

    @Override
    public BackendStatus status() {
      return BackendStatus.notReady("closed");
    }

    @Override
    public void close() {}
  }

  @Nested
  class Routes {
    private final ClasslessRoute ten = new ClasslessRoute(ip("10.0.0.0"), 8, ip("192.168.99.10"));

    @Test
    void gatewayIsRepeatedAmongRoutes() {
      assertThat(routes(List.of(ten), settings()))
          .containsExactly(ten, new ClasslessRoute(Ipv4.ANY, 0, ip("192.168.99.1")));
    }

    @Test
    void defaultRouteOfTheRecordStays() {
      ClasslessRoute own = new ClasslessRoute(Ipv4.ANY, 0, ip("192.168.99.9"));

      assertThat(routes(List.of(own, ten), settings())).containsExactly(own, ten);
    }

    @Test
    void parityAddsNothing() {
      assertThat(routes(List.of(ten), settings().referenceParity(true))).containsExactly(ten);
    }

    @Test
    void noRoutesMakeNoOption() {
      assertThat(routes(List.of(), settings())).isEmpty();
    }

    private List<ClasslessRoute> routes(
        List<ClasslessRoute> routes, NetbootSettings.Builder settings) {
      HardwareRecord hardware = bootable(reservation().classlessStaticRoutes(routes));
      return Fixtures.reply(handle(discover(), hardware, settings))
          .get(DhcpOptions.CLASSLESS_STATIC_ROUTES)
          .orElse(List.of());
    }
  }

  @Test
  void whatDhcpv4CannotCarryIsLeftOut() {
    Reservation.Builder reservation =
        reservation()
            .defaultGateway(Fixtures.ipv6("2001:db8::1"))
            .broadcastAddress(Fixtures.ipv6("2001:db8::ff"))
            .nameServers(List.of(Fixtures.ipv6("2001:db8::53"), ip("8.8.8.8")))
            .ntpServers(List.of(Fixtures.ipv6("2001:db8::123")))
            .domainSearch(
                List.of("a..b", "", ".", "x".repeat(64), "ok.example.", "y.".repeat(130)));

    DhcpMessage offer = Fixtures.reply(handle(discover(), bootable(reservation), settings()));

    assertThat(offer.optionCodes()).containsExactlyInAnyOrder(1, 6, 7, 51, 53, 54, 119);
    assertThat(offer.get(DhcpOptions.DOMAIN_NAME_SERVERS)).contains(List.of(ip("8.8.8.8")));
    assertThat(offer.get(DhcpOptions.DOMAIN_SEARCH)).contains(List.of("ok.example"));
    assertThat(DhcpCodec.encode(offer)).hasSize(300);
  }

  @ParameterizedTest(name = "lease {0}, asked for {1}: T1 {2}, T2 {3}")
  @CsvSource({
    "3600, 3a3b, 1800, 3150",
    "3600, 01333a3b, 1800, 3150",
    "3600, 3a, 1800, ",
    "3600, 3b, , 3150",
    "3600, 0133, , ",
    "4, 3a3b, 2, 4",
    "8, 3a3b, 4, 7",
    "3, 3a3b, , ",
    "4294967295, 3a3b, , ",
  })
  void timesToRenewAndRebindGoToThoseWhoAsk(long lease, String asked, Long t1, Long t2) {
    HardwareRecord hardware = bootable(reservation().leaseTime(Duration.ofSeconds(lease)));

    DhcpMessage offer =
        Fixtures.reply(handle(discover().setRaw(55, hex(asked)), hardware, settings()));

    assertThat(offer.get(DhcpOptions.LEASE_TIME)).contains(lease);
    assertThat(offer.get(DhcpOptions.RENEWAL_TIME)).isEqualTo(Optional.ofNullable(t1));
    assertThat(offer.get(DhcpOptions.REBINDING_TIME)).isEqualTo(Optional.ofNullable(t2));
  }

  @Test
  void timesToRenewAndRebindAreNotSentInParityNorWithoutALease() {
    DhcpMessage.Builder asking = discover().setRaw(55, hex("3a3b"));
    DhcpMessage parity =
        Fixtures.reply(handle(asking, bootable(reservation()), settings().referenceParity(true)));
    assertThat(parity.optionCodes()).contains(51).doesNotContain(58, 59);

    DhcpMessage.Builder inform =
        request(DhcpMessageType.INFORM).ciaddr(RESERVED).setRaw(55, hex("333a3b"));
    assertThat(Fixtures.reply(handle(inform)).optionCodes()).doesNotContain(51, 58, 59);
  }

  @Test
  void infiniteLeasePassesUnchanged() {
    HardwareRecord hardware = bootable(reservation().leaseTime(Reservation.INFINITE_LEASE));

    assertThat(Fixtures.reply(handle(discover(), hardware, settings())).raw(51))
        .contains(hex("ffffffff"));
  }

  @Nested
  class Size {
    private DhcpMessage offer(int limit) {
      HardwareRecord hardware =
          bootable(
              reservation()
                  .leaseTime(Duration.ofHours(1))
                  .hostname("h".repeat(60))
                  .domainName("d".repeat(60) + ".example")
                  .nameServers(List.of(ip("8.8.8.8")))
                  .ntpServers(Collections.nCopies(20, ip("8.8.8.8")))
                  .domainSearch(List.of("s".repeat(60) + ".example", "t".repeat(60))));
      DhcpMessage.Builder request = pxe(discover(), 7);
      if (limit >= 0) {
        request.set(DhcpOptions.MAXIMUM_MESSAGE_SIZE, limit);
      }
      return Fixtures.reply(handle(request, hardware, settings()));
    }

    @ParameterizedTest(name = "57 = {0}")
    @ValueSource(ints = {0, 64, 575, 576})
    void replyStaysWithinWhatTheClientTakes(int limit) {
      DhcpMessage offer = offer(limit);

      EncodeOptions layout = new EncodeOptions(576 - 28, List.of());
      assertThat(DhcpCodec.encode(offer, layout).length).isLessThanOrEqualTo(576 - 28);
      assertThat(offer.has(119)).isFalse();
      assertThat(offer.optionCodes()).contains(1, 3, 6, 12, 15, 43, 51, 53, 54);
    }

    @Test
    void clientThatSaysNothingGetsEverything() {
      assertThat(DhcpCodec.encode(offer(-1)).length).isGreaterThan(576 - 28);
      assertThat(offer(-1).has(119)).isTrue();
      assertThat(offer(1472)).isEqualTo(offer(-1));
    }

    @Test
    void sizeIsThatOnTheWire() {
      DhcpMessage offer = offer(-1);

      assertThat(ReplySize.size(offer)).isEqualTo(DhcpCodec.encode(offer).length);
      DhcpMessage long43 =
          offer.toBuilder().setRaw(43, new byte[600]).setRaw(44, new byte[0]).build();
      assertThat(ReplySize.size(long43)).isEqualTo(DhcpCodec.encode(long43).length);
    }
  }

  @Test
  void vlanIdIsSentWhereAskedFor() {
    HardwareRecord hardware = bootable(reservation().vlanId("16"));

    DhcpMessage offer =
        Fixtures.reply(handle(pxe(discover(), 7), hardware, settings().vlanOption(true)));

    assertThat(offer.raw(43)).contains(hex("060108451a" + "00".repeat(26) + "7402" + "3136"));
  }

  @Test
  void strictPxeSendsClassAndMachineId() {
    NetbootSettings.Builder strict = settings().strictPxe(true);
    DhcpMessage offer = Fixtures.reply(handle(pxe(discover(), 7), bootable(reservation()), strict));

    assertThat(offer.get(DhcpOptions.VENDOR_CLASS)).contains("PXEClient");
    assertThat(offer.raw(97)).contains(hex("004a525bd43517df7f8b4799c18d010203"));

    DhcpMessage without =
        Fixtures.reply(handle(pxe(discover(), 7).remove(97), bootable(reservation()), strict));
    assertThat(without.has(97)).isFalse();
    assertThat(Fixtures.reply(handle(discover(), bootable(reservation()), strict)).has(60))
        .isFalse();
  }

  @Nested
  class NoPxeDhcp {
    private DhcpMessage offer(HardwareRecord hardware, NetbootSettings.Builder settings) {
      return Fixtures.reply(
          handle(Fixtures.captured("ipxe-efi-x64-2026-discover").toBuilder(), hardware, settings));
    }

    @Test
    void isSaidToIpxe() {
      assertThat(offer(bootable(reservation()), settings()).raw(175)).contains(hex("b00101"));
    }

    @Test
    void isNotSaidWhereAnotherServerMayHaveTheBootFile() {
      assertThat(offer(bootable(reservation()), settings().netbootOptions(false)).has(175))
          .isFalse();
      assertThat(offer(HardwareRecord.of(reservation().build()), settings()).has(175)).isFalse();
      assertThat(offer(bootable(reservation()), settings().referenceParity(true)).has(175))
          .isFalse();
    }
  }

  @Test
  void longBootFileOfTheRecordIsNotCut() {
    String url = GoldenCase.longScriptUrl();
    HardwareRecord hardware = bootable(reservation().bootFileName(url).tftpServerName("10.0.0.1"));

    DhcpMessage offer = Fixtures.reply(handle(discover(), hardware, settings()));

    assertThat(offer.file()).isEmpty();
    assertThat(offer.get(DhcpOptions.BOOT_FILE_NAME)).contains(url);
    assertThat(offer.get(DhcpOptions.TFTP_SERVER_NAME)).contains("10.0.0.1");
    assertThat(DhcpCodec.encode(offer)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordWithNulInTheBootFileNameIsUnusable(boolean ofReservation) {
    HardwareRecord hardware =
        ofReservation
            ? bootable(reservation().bootFileName("a\0b"))
            : HardwareRecord.of(
                reservation().build(), Netboot.builder().allowed(true).ipxeBinary("a\0b").build());

    DhcpResult.Ignore ignore = Fixtures.ignore(handle(pxe(discover(), 7), hardware, settings()));

    assertThat(ignore.reason()).isEqualTo(NetbootReasons.UNUSABLE_HARDWARE);
    assertThat(ignore.toString()).isEqualTo("unusable-hardware: boot file name with a NUL in it");
  }

  @Test
  void longestNameThatFitsStaysInTheField() {
    String name = "n".repeat(127);
    HardwareRecord hardware =
        HardwareRecord.of(
            reservation().build(), Netboot.builder().allowed(true).ipxeBinary(name).build());

    assertThat(Fixtures.reply(handle(pxe(discover(), 7), hardware, settings())).file())
        .isEqualTo(name);
    HardwareRecord wide =
        HardwareRecord.of(
            reservation().build(),
            Netboot.builder().allowed(true).ipxeBinary("ü".repeat(64)).build());
    DhcpMessage offer = Fixtures.reply(handle(pxe(discover(), 7), wide, settings()));
    assertThat(offer.file()).isEmpty();
    assertThat(offer.get(DhcpOptions.BOOT_FILE_NAME)).contains("ü".repeat(64));
  }

  @Test
  void listenerIsToldWhatAndWhy() {
    List<String> told = new ArrayList<>();
    ReservationHandler handler =
        ReservationHandler.builder(
                Fixtures.backend(LookupResult.found(bootable(reservation()))),
                settings().bootFiles(BootFiles.STOCK).build())
            .listener(
                (exchange, client, choice) ->
                    told.add(client.mac().orElseThrow() + " " + choice.kind() + " " + choice.why()))
            .build();

    Fixtures.reply(Fixtures.handle(handler, Fixtures.captured("ipxe-efi-x64-2026-discover")));
    Fixtures.ignore(Fixtures.handle(handler, request(DhcpMessageType.RELEASE).build()));

    assertThat(told)
        .containsExactly(
            "52:54:00:77:00:01 SCRIPT client is iPXE with HTTP, and ipxe.efi does not set the user"
                + " class");
  }

  @Test
  void listenerThatThrowsChangesNothing() {
    ReservationHandler handler =
        ReservationHandler.builder(
                Fixtures.backend(LookupResult.found(bootable(reservation()))), settings().build())
            .listener(
                (exchange, client, choice) -> {
                  throw new IllegalStateException("listener");
                })
            .trace(exchange -> Optional.of(GoldenCase.TRACE))
            .build();

    assertThat(Fixtures.reply(Fixtures.handle(handler, discover().build())).yiaddr())
        .isEqualTo(RESERVED);
  }
}
