// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.UserClass;

/**
 * What a request tells of the machine that sent it. Immutable; every message has such a view, also
 * one that has nothing to do with netboot.
 */
public final class PxeClient {

  /** The user class of stock iPXE. */
  static final String IPXE = "iPXE";

  private static final int VENDOR_CLASS = 60;
  private static final int RELAY_AGENT_INFORMATION = 82;
  private static final int ARCHITECTURE = 93;
  private static final int INTERFACE = 94;
  private static final int MACHINE_ID = 97;
  private static final int IPXE_OPTIONS = 175;

  private static final int MACHINE_ID_OCTETS = 17;

  private static final List<DhcpMessageType> DISCOVER_OR_REQUEST =
      List.of(DhcpMessageType.DISCOVER, DhcpMessageType.REQUEST);

  /** Type 0 and the first field of the UUID that Raspberry Pi boot ROMs make up: {@code RPi4}. */
  private static final byte[] RASPBERRY_PI_ID = {0, 'R', 'P', 'i', '4'};

  private static final NetbootSettings DEFAULTS =
      NetbootSettings.builder(Ipv4.of(0x7f000001)).build();

  private final Optional<MacAddress> mac;
  private final ClientType type;
  private final String vendorClass;
  private final String whyNotNetbootClient;
  private final Optional<UserClass> userClass;
  private final boolean bareUserClassOnly;
  private final List<ClientArchitecture> architectures;
  private final boolean architecturesMalformed;
  private final boolean raspberryPi;
  private final Optional<byte[]> machineId;
  private final Optional<IpxeFeatures> ipxe;
  private final Optional<RelayAgent> relay;

  private PxeClient(DhcpMessage message, NetbootSettings settings) {
    boolean parity = settings.referenceParity();
    mac = message.hardwareAddress();
    vendorClass = message.raw(VENDOR_CLASS).map(PxeClient::text).orElse("");
    type = ClientType.of(vendorClass);
    userClass = message.get(DhcpOptions.USER_CLASS);
    bareUserClassOnly = parity;
    byte[] list = message.raw(ARCHITECTURE).orElse(new byte[0]);
    architecturesMalformed =
        message.has(ARCHITECTURE) && (list.length == 0 || list.length % 2 != 0);
    architectures = architecturesMalformed ? List.of() : architectures(list);
    machineId = message.raw(MACHINE_ID).filter(PxeClient::isMachineId);
    raspberryPi =
        mac.map(settings::isRaspberryPi).orElse(false)
            || (!parity && machineId.map(PxeClient::isRaspberryPiId).orElse(false));
    ipxe = message.raw(IPXE_OPTIONS).map(IpxeFeatures::decode);
    relay =
        message.giaddr().isAnyLocalAddress()
            ? Optional.empty()
            : Optional.of(
                new RelayAgent(
                    message.giaddr(), message.raw(RELAY_AGENT_INFORMATION).orElse(new byte[0])));
    whyNotNetbootClient = String.join(": ", failures(message));
  }

  /**
   * Reads a request, with the default list of Raspberry Pi addresses.
   *
   * @param message the request
   * @return the view
   */
  public static PxeClient of(DhcpMessage message) {
    return of(message, DEFAULTS);
  }

  /**
   * Reads a request.
   *
   * @param message the request
   * @param settings knows the addresses of Raspberry Pi boards, and whether the RFC 3004 form of
   *     the user class is understood
   * @return the view
   */
  public static PxeClient of(DhcpMessage message, NetbootSettings settings) {
    return new PxeClient(message, settings);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  private static List<ClientArchitecture> architectures(byte[] list) {
    List<ClientArchitecture> architectures = new ArrayList<>(list.length / 2);
    for (int i = 0; i < list.length; i += 2) {
      architectures.add(ClientArchitecture.of((list[i] & 0xff) << 8 | (list[i + 1] & 0xff)));
    }
    return List.copyOf(architectures);
  }

  private static boolean isMachineId(byte[] octets) {
    return octets.length == MACHINE_ID_OCTETS && octets[0] == 0;
  }

  private static boolean isRaspberryPiId(byte[] id) {
    return Arrays.equals(id, 0, RASPBERRY_PI_ID.length, RASPBERRY_PI_ID, 0, RASPBERRY_PI_ID.length);
  }

  private List<String> failures(DhcpMessage message) {
    List<String> failures = new ArrayList<>(4);
    Optional<DhcpMessageType> messageType = message.messageType();
    if (messageType.filter(DISCOVER_OR_REQUEST::contains).isEmpty()) {
      failures.add("message type is neither DISCOVER nor REQUEST");
    }
    if (!message.has(VENDOR_CLASS)) {
      failures.add("option 60 not set");
    }
    if (type == ClientType.NONE) {
      failures.add("option 60 not PXEClient or HTTPClient");
    }
    if (!message.has(ARCHITECTURE)) {
      failures.add("option 93 not set");
    }
    if (!message.has(INTERFACE)) {
      failures.add("option 94 not set");
    }
    if (message.raw(MACHINE_ID).map(id -> id.length > 0 && !isMachineId(id)).orElse(false)) {
      failures.add("option 97 not a zero and 16 octets");
    }
    return failures;
  }

  /**
   * Returns the address of the asking interface.
   *
   * @return the address; empty if the message has none
   */
  public Optional<MacAddress> mac() {
    return mac;
  }

  /**
   * Returns how the client fetches its boot file.
   *
   * @return the type, {@link ClientType#NONE} if option 60 begins with neither word
   */
  public ClientType type() {
    return type;
  }

  /**
   * Returns the vendor class (option 60).
   *
   * @return one char per octet; empty if there is none
   */
  public String vendorClass() {
    return vendorClass;
  }

  /**
   * Tells whether the client asks for netboot, as RFC 4578 and the PXE specification have it:
   * DISCOVER or REQUEST, options 60, 93 and 94, and no option 97 that is malformed.
   *
   * @return whether it does
   */
  public boolean isNetbootClient() {
    return whyNotNetbootClient.isEmpty();
  }

  /**
   * Returns everything that speaks against a netboot client, joined by {@code ": "}.
   *
   * @return the text; empty for a netboot client
   */
  public String whyNotNetbootClient() {
    return whyNotNetbootClient;
  }

  /**
   * Returns the user class (option 77), for logs: the first element if it is a list (RFC 3004 §4),
   * else the bare text that iPXE sends.
   *
   * @return the text as sent by the client, not escaped
   */
  public Optional<String> userClass() {
    return userClass.map(
        value -> value.elements().isEmpty() ? value.bareText() : value.elements().get(0));
  }

  /**
   * Tells whether option 77 is this text, or a list that has it.
   *
   * @param name the text; case matters
   * @return whether it is
   */
  public boolean hasUserClass(String name) {
    return userClass
        .filter(value -> bareUserClassOnly ? value.bareText().equals(name) : value.contains(name))
        .isPresent();
  }

  /**
   * Returns the architectures the client lists (option 93), in its order.
   *
   * @return an immutable list; empty if the option is absent or malformed
   */
  public List<ClientArchitecture> architectures() {
    return architectures;
  }

  /**
   * Tells whether option 93 is there and is no list of 16-bit values.
   *
   * @return whether it is malformed
   */
  public boolean architecturesMalformed() {
    return architecturesMalformed;
  }

  /**
   * Returns the architecture that counts: {@link ClientArchitecture#RASPBERRY_PI} for such a board,
   * else the first in the list that is known.
   *
   * @return the architecture; {@link ClientArchitecture#UNKNOWN} if none is known
   */
  public ClientArchitecture architecture() {
    return architecture(DEFAULTS);
  }

  /** Returns the architecture that counts where these settings are in use. */
  ClientArchitecture architecture(NetbootSettings settings) {
    return raspberryPi
        ? ClientArchitecture.RASPBERRY_PI
        : settings.binaries().pick(architectures, settings.referenceParity());
  }

  /** Returns the architectures as text, for reasons. */
  String architectureText() {
    return architectures.isEmpty()
        ? "unknown"
        : architectures.stream()
            .limit(8)
            .map(ClientArchitecture::toString)
            .collect(Collectors.joining(", "));
  }

  /** Tells whether the client calls itself a Raspberry Pi, but is none. */
  boolean claimsRaspberryPi() {
    return !raspberryPi
        && !architectures.isEmpty()
        && architectures.get(0).equals(ClientArchitecture.RASPBERRY_PI);
  }

  /**
   * Tells whether the machine is a Raspberry Pi, by its MAC address or by the machine id that its
   * boot ROM makes up.
   *
   * @return whether it is
   */
  public boolean isRaspberryPi() {
    return raspberryPi;
  }

  /**
   * Returns the machine id (option 97, RFC 4578 §2.3) if it is valid.
   *
   * @return a copy of the 17 octets, of which the first is 0
   */
  public Optional<byte[]> machineId() {
    return machineId.map(byte[]::clone);
  }

  /**
   * Returns the machine id as people know it: firmware writes its first three fields in
   * little-endian order.
   *
   * @return the UUID
   */
  public Optional<UUID> uuid() {
    return machineId.map(
        id ->
            new UUID(
                octet(id, 4) << 56
                    | octet(id, 3) << 48
                    | octet(id, 2) << 40
                    | octet(id, 1) << 32
                    | octet(id, 6) << 24
                    | octet(id, 5) << 16
                    | octet(id, 8) << 8
                    | octet(id, 7),
                bigEndian(id, 9)));
  }

  private static long octet(byte[] octets, int at) {
    return octets[at] & 0xffL;
  }

  private static long bigEndian(byte[] octets, int from) {
    long value = 0;
    for (int i = from; i < from + 8; i++) {
      value = value << 8 | octet(octets, i);
    }
    return value;
  }

  /**
   * Tells whether the client runs iPXE already: it sends option 175, or the user class iPXE.
   *
   * @return whether it does
   */
  public boolean isIpxe() {
    return ipxe.isPresent() || hasUserClass(IPXE);
  }

  /**
   * Returns what the client says of its iPXE (option 175).
   *
   * @return the features; empty if it says nothing
   */
  public Optional<IpxeFeatures> ipxe() {
    return ipxe;
  }

  /**
   * Returns the relay agent the request came through.
   *
   * @return the relay; empty if giaddr is 0.0.0.0
   */
  public Optional<RelayAgent> relay() {
    return relay;
  }

  /** Returns what tells clients apart in a log; text from the client is left out. */
  @Override
  public String toString() {
    return "PxeClient["
        + mac.map(MacAddress::toString).orElse("no address")
        + " "
        + type
        + " "
        + architecture()
        + (isIpxe() ? " iPXE" : "")
        + (raspberryPi ? " Raspberry Pi" : "")
        + "]";
  }
}
