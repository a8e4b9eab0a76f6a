// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.ClasslessRoute;

/** The options that DHCP servers and network boot use, under the names of their RFCs. */
public final class DhcpOptions {

  private static final @Nullable DhcpOption<?>[] BY_CODE = new DhcpOption<?>[256];

  /** The mask of the client's network (RFC 2132 §3.3). */
  public static final DhcpOption<Inet4Address> SUBNET_MASK =
      known(1, "Subnet Mask", OptionCodecs.address());

  /** Routers on the client's network, best first (RFC 2132 §3.5). */
  public static final DhcpOption<List<Inet4Address>> ROUTERS =
      known(3, "Router", OptionCodecs.addresses());

  /** Name servers, best first (RFC 2132 §3.8). */
  public static final DhcpOption<List<Inet4Address>> DOMAIN_NAME_SERVERS =
      known(6, "Domain Name Server", OptionCodecs.addresses());

  /** Syslog servers, best first (RFC 2132 §3.9). */
  public static final DhcpOption<List<Inet4Address>> LOG_SERVERS =
      known(7, "Log Server", OptionCodecs.addresses());

  /** The name of the client, with or without its domain (RFC 2132 §3.14). */
  public static final DhcpOption<String> HOST_NAME = known(12, "Host Name", OptionCodecs.text());

  /** The domain of the client (RFC 2132 §3.17). */
  public static final DhcpOption<String> DOMAIN_NAME =
      known(15, "Domain Name", OptionCodecs.text());

  /** The broadcast address of the client's network (RFC 2132 §5.3). */
  public static final DhcpOption<Inet4Address> BROADCAST_ADDRESS =
      known(28, "Broadcast Address", OptionCodecs.address());

  /** Time servers, best first (RFC 2132 §8.3). */
  public static final DhcpOption<List<Inet4Address>> NTP_SERVERS =
      known(42, "Network Time Protocol Servers", OptionCodecs.addresses());

  /**
   * What the vendor named by option 60 defines (RFC 2132 §8.4), as encapsulated options; {@link
   * DhcpMessage#raw} has what vendors do otherwise.
   */
  public static final DhcpOption<SubOptions> VENDOR_SPECIFIC =
      known(43, "Vendor Specific Information", OptionCodecs.subOptions());

  /** The address a client wants (RFC 2132 §9.1). */
  public static final DhcpOption<Inet4Address> REQUESTED_ADDRESS =
      known(50, "Requested IP Address", OptionCodecs.address());

  /** The lease in seconds; 4294967295 means without end (RFC 2132 §9.2). */
  public static final DhcpOption<Long> LEASE_TIME =
      known(51, "IP Address Lease Time", OptionCodecs.uint32());

  /**
   * 1, 2 or 3: {@code file}, {@code sname} or both hold options (RFC 2132 §9.3). The codec follows
   * it and takes it out; what is left in a message is an invalid one.
   */
  public static final DhcpOption<Integer> OVERLOAD =
      known(52, "Option Overload", OptionCodecs.uint8());

  /** The kind of the message (RFC 2132 §9.6). */
  public static final DhcpOption<DhcpMessageType> MESSAGE_TYPE =
      known(53, "DHCP Message Type", OptionCodecs.messageType());

  /** The server that answers, or that the client chose (RFC 2132 §9.7). */
  public static final DhcpOption<Inet4Address> SERVER_IDENTIFIER =
      known(54, "Server Identifier", OptionCodecs.address());

  /** Codes of the options a client wants, most wanted first (RFC 2132 §9.8). */
  public static final DhcpOption<List<Integer>> PARAMETER_REQUEST_LIST =
      known(55, "Parameter Request List", OptionCodecs.uint8List());

  /** Text for people, in NAK and DECLINE (RFC 2132 §9.9). */
  public static final DhcpOption<String> MESSAGE = known(56, "Message", OptionCodecs.text());

  /** The longest IP datagram the client takes, in bytes, at least 576 (RFC 2132 §9.10). */
  public static final DhcpOption<Integer> MAXIMUM_MESSAGE_SIZE =
      known(57, "Maximum DHCP Message Size", OptionCodecs.uint16());

  /** Seconds until the client renews (RFC 2132 §9.11). */
  public static final DhcpOption<Long> RENEWAL_TIME =
      known(58, "Renewal (T1) Time Value", OptionCodecs.uint32());

  /** Seconds until the client asks any server (RFC 2132 §9.12). */
  public static final DhcpOption<Long> REBINDING_TIME =
      known(59, "Rebinding (T2) Time Value", OptionCodecs.uint32());

  /** The kind of client, such as {@code PXEClient:Arch:00007:UNDI:003000} (RFC 2132 §9.13). */
  public static final DhcpOption<String> VENDOR_CLASS =
      known(60, "Vendor Class Identifier", OptionCodecs.text());

  /** An opaque key of the client; a server returns it unchanged (RFC 2132 §9.14, RFC 6842). */
  public static final DhcpOption<byte[]> CLIENT_IDENTIFIER =
      known(61, "Client Identifier", OptionCodecs.bytes());

  /** The TFTP server as text (RFC 2132 §9.4). */
  public static final DhcpOption<String> TFTP_SERVER_NAME =
      known(66, "TFTP Server Name", OptionCodecs.text());

  /** The boot file, where {@code file} does not hold it (RFC 2132 §9.5). */
  public static final DhcpOption<String> BOOT_FILE_NAME =
      known(67, "Bootfile Name", OptionCodecs.text());

  /** The class of the user or program (RFC 3004); iPXE sends bare text. */
  public static final DhcpOption<UserClass> USER_CLASS =
      known(77, "User Class", OptionCodecs.userClass());

  /** Sub-options of a relay; a server returns them unchanged (RFC 3046). */
  public static final DhcpOption<SubOptions> RELAY_AGENT_INFORMATION =
      known(82, "Relay Agent Information", OptionCodecs.relaySubOptions());

  /** Processor architectures the client can boot (RFC 4578 §2.1). */
  public static final DhcpOption<List<Integer>> CLIENT_ARCHITECTURE =
      known(93, "Client System Architecture", OptionCodecs.uint16List());

  /** The network driver interface of the client (RFC 4578 §2.2). */
  public static final DhcpOption<byte[]> CLIENT_NDI =
      known(94, "Client Network Device Interface", OptionCodecs.bytes());

  /** A type octet, 0, and the UUID of the machine (RFC 4578 §2.3). */
  public static final DhcpOption<byte[]> CLIENT_MACHINE_ID =
      known(97, "Client Machine Identifier", OptionCodecs.bytes());

  /** Domains to search for bare host names (RFC 3397). */
  public static final DhcpOption<List<String>> DOMAIN_SEARCH =
      known(119, "Domain Search", OptionCodecs.domainNames());

  /** Routes; a client that takes them ignores option 3 (RFC 3442). */
  public static final DhcpOption<List<ClasslessRoute>> CLASSLESS_STATIC_ROUTES =
      known(121, "Classless Static Route", OptionCodecs.routes());

  /** Features and settings of iPXE, as encapsulated options. */
  public static final DhcpOption<SubOptions> IPXE_ENCAPSULATED =
      known(175, "iPXE Encapsulated Options", OptionCodecs.subOptions());

  private DhcpOptions() {}

  /**
   * Returns what is known of a code.
   *
   * @param code 0 to 255
   * @return the option, or empty if none of the constants here has the code
   * @throws IllegalArgumentException if {@code code} is outside the range
   */
  public static Optional<DhcpOption<?>> byCode(int code) {
    if (code < 0 || code > 255) {
      throw new IllegalArgumentException("code: " + code + " (expected: 0 to 255)");
    }
    return Optional.ofNullable(BY_CODE[code]);
  }

  private static <T> DhcpOption<T> known(int code, String name, OptionCodec<T> codec) {
    DhcpOption<T> option = DhcpOption.define(code, name, codec);
    BY_CODE[code] = option;
    return option;
  }
}
