// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.discover;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.hex;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.ip;
import static org.tinkerbell.smee.dhcp.netboot.Fixtures.pxe;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;

class PxeClientTest {

  @Test
  void everythingMissingIsNamedInOrder() {
    // Golden case X18.
    PxeClient client = PxeClient.of(discover().build());

    assertThat(client.isNetbootClient()).isFalse();
    assertThat(client.whyNotNetbootClient())
        .isEqualTo(
            "option 60 not set: option 60 not PXEClient or HTTPClient: option 93 not set: option 94"
                + " not set");
  }

  @Test
  void messageTypeAndMachineIdAreTestedToo() {
    DhcpMessage request =
        pxe(Fixtures.request(DhcpMessageType.INFORM), 7).setRaw(97, hex("0102")).build();

    assertThat(PxeClient.of(request).whyNotNetbootClient())
        .isEqualTo(
            "message type is neither DISCOVER nor REQUEST: option 97 not a zero and 16 octets");
  }

  @ParameterizedTest(name = "97 = \"{0}\"")
  @CsvSource({
    "'', true",
    "004a525bd43517df7f8b4799c18d010203, true",
    "0102030405060708090a0b0c0d0e0f1011, false",
    "000000004a525bd43517df7f8b, false",
    "00, false",
    "004a525bd43517df7f8b4799c18d01020304, false",
  })
  void machineIdIsAbsentEmptyOrSeventeenOctetsOfTypeZero(String id, boolean netboot) {
    PxeClient client = PxeClient.of(pxe(discover(), 7).setRaw(97, hex(id)).build());

    assertThat(client.isNetbootClient()).isEqualTo(netboot);
    assertThat(client.machineId().isPresent()).isEqualTo(netboot && !id.isEmpty());
  }

  @Test
  void emptyOptionsCountAsPresent() {
    DhcpMessage request =
        pxe(discover(), 7).setRaw(93, new byte[0]).setRaw(94, new byte[0]).build();

    PxeClient client = PxeClient.of(request);

    assertThat(client.isNetbootClient()).isTrue();
    assertThat(client.architecturesMalformed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "PXEClient, PXE",
    "PXEClient:Arch:00007:UNDI:003000, PXE",
    "HTTPClient:Arch:00016:UNDI:003000, HTTP",
    "PXEClien, NONE",
    "pxeclient, NONE",
    "' PXEClient', NONE",
    "udhcp 1.35.0, NONE",
  })
  void vendorClassIsComparedByPrefixAndWithCase(String vendorClass, ClientType type) {
    DhcpMessage request = pxe(discover(), 7).set(DhcpOptions.VENDOR_CLASS, vendorClass).build();

    assertThat(PxeClient.of(request).type()).isEqualTo(type);
    assertThat(PxeClient.of(request).isNetbootClient()).isEqualTo(type != ClientType.NONE);
  }

  @Test
  void userClassIsBareTextOrAnyElementOfList() {
    assertThat(client(77, "69505845").hasUserClass("iPXE")).isTrue();
    assertThat(client(77, "0469505845").hasUserClass("iPXE")).isTrue();
    assertThat(client(77, "0361626304" + "69505845").hasUserClass("iPXE")).isTrue();
    assertThat(client(77, "036162630a54696e6b657262656c6c").hasUserClass("Tinkerbell")).isTrue();
    assertThat(client(77, "6950584500").hasUserClass("iPXE")).isTrue();

    assertThat(client(77, "49505845").hasUserClass("iPXE")).isFalse();
    assertThat(client(77, "0569505845").hasUserClass("iPXE")).isFalse();
    assertThat(client(77, "0469505845ff").hasUserClass("iPXE")).isFalse();
    assertThat(client(77, "").hasUserClass("iPXE")).isFalse();
    assertThat(client(77, "").hasUserClass("")).isFalse();
  }

  @Test
  void userClassIsShownAsText() {
    assertThat(client(77, "0469505845").userClass()).contains("iPXE");
    assertThat(client(77, "69505845").userClass()).contains("iPXE");
    assertThat(client(77, "").userClass()).isEmpty();
  }

  @Test
  void parityKnowsTheBareTextOnly() {
    DhcpMessage request = pxe(discover(), 7).setRaw(77, hex("0469505845")).build();
    NetbootSettings parity =
        NetbootSettings.builder(Fixtures.PACKET_IP).referenceParity(true).build();

    assertThat(PxeClient.of(request, parity).hasUserClass("iPXE")).isFalse();
  }

  @ParameterizedTest(name = "X17 {0}")
  @ValueSource(
      strings = {
        "b8:27:eb",
        "dc:a6:32",
        "e4:5f:01",
        "28:cd:c1",
        "d8:3a:dd",
        "2c:cf:67",
        "88:a2:9e"
      })
  void raspberryPiIsToldByItsAddress(String prefix) {
    PxeClient client = PxeClient.of(withMac(prefix + ":00:00:01"));

    assertThat(client.isRaspberryPi()).isTrue();
    assertThat(client.architecture()).isEqualTo(ClientArchitecture.RASPBERRY_PI);
    assertThat(client.architectures()).containsExactly(ClientArchitecture.X86_BIOS);
  }

  @ParameterizedTest(name = "X17 {0}")
  @ValueSource(strings = {"b8:27:ec", "02:00:00", "00:b8:27", "b8:28:eb"})
  void otherAddressesAreNoRaspberryPi(String prefix) {
    assertThat(PxeClient.of(withMac(prefix + ":eb:00:01")).isRaspberryPi()).isFalse();
  }

  @Test
  void raspberryPiIsToldByItsMachineId() {
    DhcpMessage request =
        pxe(discover(), 0).setRaw(97, hex("0052506934c1400000000000000000aabb")).build();
    NetbootSettings parity =
        NetbootSettings.builder(Fixtures.PACKET_IP).referenceParity(true).build();

    assertThat(PxeClient.of(request).isRaspberryPi()).isTrue();
    assertThat(PxeClient.of(request, parity).isRaspberryPi()).isFalse();
    assertThat(PxeClient.of(withMac("2c:cf:67:00:00:01"), parity).isRaspberryPi()).isFalse();
    assertThat(PxeClient.of(withMac("d8:3a:dd:00:00:01"), parity).isRaspberryPi()).isTrue();
  }

  @Test
  void raspberryPiPrefixesCanBeSet() {
    NetbootSettings settings =
        NetbootSettings.builder(Fixtures.PACKET_IP)
            .raspberryPiPrefixes(List.of("02-00-00"))
            .build();

    assertThat(PxeClient.of(discover().build(), settings).isRaspberryPi()).isTrue();
    assertThat(PxeClient.of(withMac("b8:27:eb:00:00:01"), settings).isRaspberryPi()).isFalse();
  }

  @Test
  void firstKnownArchitectureCounts() {
    assertThat(client(93, "00c80007").architecture()).isEqualTo(ClientArchitecture.EFI_X86_64);
    assertThat(client(93, "0016" + "0007").architecture()).isEqualTo(ClientArchitecture.of(22));
    assertThat(client(93, "0027").architecture()).isEqualTo(ClientArchitecture.UNKNOWN);
    assertThat(client(93, "ffff").architectures()).containsExactly(ClientArchitecture.of(0xffff));
    assertThat(client(93, "000700").architecturesMalformed()).isTrue();
    assertThat(client(93, "000700").architectures()).isEmpty();
  }

  @Test
  void firmwareOnTheWireIsUnderstood() {
    PxeClient edk2 = PxeClient.of(Fixtures.captured("edk2-x64-http-discover"));
    assertThat(edk2.type()).isEqualTo(ClientType.HTTP);
    assertThat(edk2.isNetbootClient()).isTrue();
    assertThat(edk2.architecture()).isEqualTo(ClientArchitecture.EFI_X86_64_HTTP);
    assertThat(edk2.isIpxe()).isFalse();
    assertThat(edk2.uuid()).contains(UUID.fromString("7e57b007-0000-4000-8000-525400770001"));

    PxeClient rom = PxeClient.of(Fixtures.captured("bios-ipxe-rom-discover"));
    assertThat(rom.isIpxe()).isTrue();
    assertThat(rom.hasUserClass("iPXE")).isTrue();
    assertThat(rom.ipxe().orElseThrow().http()).isTrue();
    assertThat(rom.ipxe().orElseThrow().https()).isFalse();
    assertThat(rom.ipxe().orElseThrow().version()).contains("1.0.0");

    PxeClient shipped = PxeClient.of(Fixtures.captured("tinkerbell-shipped-ipxe-efi-discover"));
    assertThat(shipped.hasUserClass("Tinkerbell")).isTrue();
    assertThat(shipped.ipxe().orElseThrow().https()).isTrue();
    assertThat(shipped.ipxe().orElseThrow().version()).contains("1.21.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dhclient-discover",
        "udhcpc-discover",
        "dhcpcd-discover",
        "systemd-networkd-discover"
      })
  void operatingSystemsAreNoNetbootClients(String name) {
    PxeClient client = PxeClient.of(Fixtures.captured(name));

    assertThat(client.isNetbootClient()).isFalse();
    assertThat(client.isIpxe()).isFalse();
  }

  @Test
  void bareVendorClassThatIpxeRepeatsIsEnough() {
    PxeClient client = PxeClient.of(Fixtures.captured("ipxe-efi-x64-after-proxy-discover"));

    assertThat(client.vendorClass()).isEqualTo("PXEClient");
    assertThat(client.isNetbootClient()).isTrue();
    assertThat(client.architecture()).isEqualTo(ClientArchitecture.EFI_X86_64);
  }

  @Test
  void relayIsRead() {
    DhcpMessage request =
        discover()
            .giaddr(ip("192.168.99.2"))
            .setRaw(82, hex("010465746830" + "0202aabb" + "0b040a000063"))
            .build();

    RelayAgent relay = PxeClient.of(request).relay().orElseThrow();

    assertThat(relay.giaddr()).isEqualTo(ip("192.168.99.2"));
    assertThat(relay.circuitId()).contains(hex("65746830"));
    assertThat(relay.remoteId()).contains(hex("aabb"));
    assertThat(relay.serverIdentifierOverride()).contains(ip("10.0.0.99"));
    assertThat(relay).hasToString("RelayAgent[192.168.99.2 circuit=65746830 remote=aabb]");
    assertThat(PxeClient.of(discover().build()).relay()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "01", "0105aa", "0b03000000", "0b0400000000", "0bff0a000063"})
  void malformedRelayInformationTellsNothing(String information) {
    DhcpMessage request =
        discover().giaddr(ip("192.168.99.2")).setRaw(82, hex(information)).build();

    assertThat(PxeClient.of(request).relay().orElseThrow().serverIdentifierOverride()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "130101, true, ''",
    "13010114, true, ''",
    "130100, false, ''",
    "1300, true, ''",
    "eb03020000130101, true, 2.0.0",
    "00130101, true, ''",
    "ff130101, false, ''",
    "eb0401020304, false, ''",
    "1305, false, ''",
    "13, false, ''",
    "'', false, ''",
  })
  void ipxeFeaturesAreReadAsFarAsTheyGo(String payload, boolean http, String version) {
    IpxeFeatures features = IpxeFeatures.decode(hex(payload));

    assertThat(features.http()).isEqualTo(http);
    assertThat(features.version().orElse("")).isEqualTo(version);
  }

  private static PxeClient client(int code, String payload) {
    return PxeClient.of(pxe(discover(), 7).setRaw(code, hex(payload)).build());
  }

  private static DhcpMessage withMac(String mac) {
    return pxe(discover(), 0).hardwareAddress(MacAddress.parse(mac)).build();
  }
}
