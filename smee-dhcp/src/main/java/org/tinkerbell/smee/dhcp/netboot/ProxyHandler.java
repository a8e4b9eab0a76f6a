// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;
import org.tinkerbell.smee.dhcp.netboot.BootFileChoice.Kind;

/**
 * Tells netboot clients what to boot, and leaves addresses to another DHCP server (proxyDHCP, PXE
 * 2.1 §2.2; modes {@code proxy} and {@code auto-proxy}).
 *
 * <p>Everyone else is met with silence, which always has a reason. A REQUEST that names another
 * server in option 54 is for that server, unless it came in on port 4011, where only a proxy is
 * asked.
 *
 * <p>Thread safe and without state; blocks as little as the backend does.
 */
public final class ProxyHandler implements DhcpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyHandler.class);

  private static final int BOOT_SERVER_PORT = 4011;

  private final Backend backend;
  private final NetbootSettings settings;
  private final ProxyPolicy policy;
  private final boolean sayNotAllowed;
  private final BootFileListener listener;

  private ProxyHandler(Builder b) {
    backend = b.backend;
    settings = b.settings;
    policy = b.policy;
    sayNotAllowed = b.sayNotAllowed;
    listener = b.listener;
  }

  /**
   * Begins a handler.
   *
   * @param backend knows the machines; not closed by the handler
   * @param settings what the replies say
   * @return a builder with the policy {@link ProxyPolicy#KNOWN} and without a listener
   */
  public static Builder builder(Backend backend, NetbootSettings settings) {
    return new Builder(backend, settings);
  }

  @Override
  public CompletionStage<DhcpResult> handle(DhcpExchange exchange) {
    PxeClient client = PxeClient.of(exchange.request(), settings);
    Optional<DhcpResult> early = withoutRecord(exchange, client);
    if (early.isPresent()) {
      return CompletableFuture.completedFuture(early.get());
    }
    if (policy == ProxyPolicy.EVERYONE_ALIKE) {
      return CompletableFuture.completedFuture(
          withRecord(exchange, client, LookupResult.notFound()));
    }
    return Lookups.byMac(backend, client.mac().orElseThrow())
        .thenApply(result -> withRecord(exchange, client, result));
  }

  /**
   * Decides as {@link #handle} does, with a record that is at hand: for dry runs and tests.
   *
   * @param exchange the request and how it came in
   * @param result what the backend would say; of no account if the policy does not ask it
   * @return the decision
   */
  public DhcpResult decide(DhcpExchange exchange, LookupResult result) {
    PxeClient client = PxeClient.of(exchange.request(), settings);
    LookupResult asked = policy == ProxyPolicy.EVERYONE_ALIKE ? LookupResult.notFound() : result;
    return withoutRecord(exchange, client).orElseGet(() -> withRecord(exchange, client, asked));
  }

  /**
   * Decides what needs no record; empty if one is needed, and there is an address to find it by.
   */
  private Optional<DhcpResult> withoutRecord(DhcpExchange exchange, PxeClient client) {
    DhcpMessage request = exchange.request();
    if (request.op() != DhcpMessage.BOOTREQUEST) {
      return silence(IgnoreReason.NOT_A_REQUEST, "op " + request.op());
    }
    Optional<DhcpMessageType> type = request.messageType();
    if (type.isEmpty()) {
      return silence(IgnoreReason.NO_MESSAGE_TYPE, "");
    }
    boolean asks = type.get().equals(DhcpMessageType.REQUEST);
    if (!asks && !type.get().equals(DhcpMessageType.DISCOVER)) {
      return silence(IgnoreReason.UNSUPPORTED_MESSAGE_TYPE, type.get().toString());
    }
    if (!settings.netbootOptions()) {
      return silence(NetbootReasons.NETBOOT_OPTIONS_OFF, "");
    }
    if (!client.isNetbootClient()) {
      return silence(NetbootReasons.NOT_A_NETBOOT_CLIENT, client.whyNotNetbootClient());
    }
    Optional<Inet4Address> other = otherServer(exchange);
    if (asks && other.isPresent() && !settings.referenceParity()) {
      return silence(
          IgnoreReason.OTHER_SERVER_SELECTED, "REQUEST for " + other.get().getHostAddress());
    }
    return client.mac().isEmpty()
        ? silence(NetbootReasons.NO_HARDWARE_ADDRESS, "")
        : Optional.empty();
  }

  private static boolean isForBootServer(DhcpExchange exchange) {
    return exchange.arrival().local().getPort() == BOOT_SERVER_PORT;
  }

  private Optional<Inet4Address> otherServer(DhcpExchange exchange) {
    if (isForBootServer(exchange)) {
      return Optional.empty();
    }
    List<Inet4Address> own =
        List.of(
            settings.packetIp(),
            settings.nextServer(ClientType.PXE),
            settings.nextServer(ClientType.HTTP));
    return exchange.request().get(DhcpOptions.SERVER_IDENTIFIER).filter(id -> !own.contains(id));
  }

  private DhcpResult withRecord(DhcpExchange exchange, PxeClient client, LookupResult result) {
    Optional<HardwareRecord> hardware =
        result instanceof LookupResult.Found found
            ? Optional.of(found.hardware())
            : Optional.empty();
    if (hardware.isEmpty() && policy == ProxyPolicy.KNOWN) {
      return Lookups.ignored(result);
    }
    if (hardware.map(record -> record.reservation().disabled()).orElse(false)
        && !settings.referenceParity()) {
      return DhcpResult.ignore(NetbootReasons.DHCP_DISABLED, "");
    }
    Optional<Netboot> netboot = hardware.flatMap(HardwareRecord::netboot);
    if (netboot.isEmpty() && policy == ProxyPolicy.KNOWN) {
      return DhcpResult.ignore(
          NetbootReasons.NETBOOT_NOT_ALLOWED, "the record has no netboot part");
    }
    MacAddress mac = client.mac().orElseThrow();
    boolean allowed = netboot.map(Netboot::allowed).orElse(true);
    if (!allowed && !sayNotAllowed) {
      return DhcpResult.ignore(
          NetbootReasons.NETBOOT_NOT_ALLOWED, "the record does not allow netboot");
    }
    BootFileChoice choice = BootDecision.forProxy(client, mac, netboot, settings);
    if (!choice.boots()) {
      return DhcpResult.ignore(NetbootReasons.UNKNOWN_ARCHITECTURE, choice.why());
    }
    if (!allowed) {
      choice =
          new BootFileChoice(
              Kind.REFUSED,
              "/" + mac + "/netboot-not-allowed",
              choice.nextServer(),
              "the record does not allow netboot");
    }
    if (choice.isUnwritable()) {
      return DhcpResult.ignore(NetbootReasons.UNUSABLE_HARDWARE, NetbootReasons.NUL_IN_BOOT_FILE);
    }
    DhcpMessage reply = reply(exchange, client, hardware, choice);
    tell(exchange, client, choice);
    return DhcpResult.reply(reply);
  }

  private DhcpMessage reply(
      DhcpExchange exchange,
      PxeClient client,
      Optional<HardwareRecord> hardware,
      BootFileChoice choice) {
    DhcpMessage request = exchange.request();
    boolean asks = request.messageType().equals(Optional.of(DhcpMessageType.REQUEST));
    DhcpMessage.Builder reply = exchange.reply(asks ? DhcpMessageType.ACK : DhcpMessageType.OFFER);
    if (asks && !settings.referenceParity()) {
      reply.ciaddr(request.ciaddr());
    }
    VendorOptions vendor = new VendorOptions();
    if (client.isRaspberryPi()) {
      vendor.raspberryPi();
    }
    if (isForBootServer(exchange)) {
      VendorOptions.bootItemOf(request).ifPresent(vendor::bootItem);
    }
    if (settings.vlanOption()) {
      hardware.flatMap(record -> record.reservation().vlanId()).ifPresent(vendor::vlan);
    }
    reply
        .siaddr(choice.nextServer())
        .sname(choice.nextServer().getHostAddress())
        .set(DhcpOptions.SERVER_IDENTIFIER, choice.nextServer())
        .set(DhcpOptions.VENDOR_SPECIFIC, vendor.build())
        .set(DhcpOptions.VENDOR_CLASS, client.type().vendorClass());
    client
        .machineId()
        .or(() -> settings.referenceParity() ? Optional.of(new byte[0]) : Optional.empty())
        .ifPresent(id -> reply.set(DhcpOptions.CLIENT_MACHINE_ID, id));
    choice.put(reply, settings);
    return reply.build();
  }

  private void tell(DhcpExchange exchange, PxeClient client, BootFileChoice choice) {
    try {
      listener.chosen(exchange, client, choice);
    } catch (RuntimeException e) {
      LOG.debug("boot file listener failed", e);
    }
  }

  private static Optional<DhcpResult> silence(IgnoreReason reason, String detail) {
    return Optional.of(DhcpResult.ignore(reason, detail));
  }

  /** Collects what a handler needs. Not thread safe; may build several times. */
  public static final class Builder {
    private final Backend backend;
    private final NetbootSettings settings;
    private ProxyPolicy policy = ProxyPolicy.KNOWN;
    private boolean sayNotAllowed;
    private BootFileListener listener = (exchange, client, choice) -> {};

    private Builder(Backend backend, NetbootSettings settings) {
      this.backend = Objects.requireNonNull(backend, "backend");
      this.settings = Objects.requireNonNull(settings, "settings");
    }

    /**
     * Sets which machines are answered. Default: {@link ProxyPolicy#KNOWN}.
     *
     * @param value the policy
     * @return this builder
     */
    public Builder policy(ProxyPolicy value) {
      policy = Objects.requireNonNull(value, "policy");
      return this;
    }

    /**
     * Sets whether a machine whose record forbids netboot is answered with the name of a file that
     * does not exist, {@code /MAC/netboot-not-allowed}, as today's Tinkerbell does. Default: false,
     * it meets with silence, as with the standalone Smee.
     *
     * @param value whether it is answered
     * @return this builder
     */
    public Builder sayNotAllowed(boolean value) {
      sayNotAllowed = value;
      return this;
    }

    /**
     * Sets who is told what machines are given to boot. Default: nobody.
     *
     * @param value the listener
     * @return this builder
     */
    public Builder listener(BootFileListener value) {
      listener = Objects.requireNonNull(value, "listener");
      return this;
    }

    /**
     * Makes the handler.
     *
     * @return the handler
     */
    public ProxyHandler build() {
      return new ProxyHandler(this);
    }
  }
}
