// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.IgnoreReason;
import org.tinkerbell.smee.dhcp.SubOptions;

/**
 * Answers machines that have a record with the address reserved for them and, if they ask for it,
 * with what to boot (mode {@code reservation}).
 *
 * <table>
 *   <caption>Requests of machines that have a record</caption>
 *   <tr><th>request</th><th>answer</th></tr>
 *   <tr><td>DISCOVER</td><td>OFFER</td></tr>
 *   <tr><td>REQUEST, 54 names another server</td><td>none</td></tr>
 *   <tr><td>REQUEST, 50 or ciaddr is another address</td><td>NAK (RFC 2131 §4.3.2)</td></tr>
 *   <tr><td>REQUEST</td><td>ACK</td></tr>
 *   <tr><td>INFORM</td><td>ACK without an address (RFC 2131 §4.3.5)</td></tr>
 *   <tr><td>DECLINE, RELEASE, others</td><td>none</td></tr>
 * </table>
 *
 * <p>Machines without a record are left to other servers. Every silence has a reason, see {@link
 * IgnoreReason} and {@link NetbootReasons}.
 *
 * <p>Thread safe and without state; blocks as little as the backend does.
 */
public final class ReservationHandler implements DhcpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ReservationHandler.class);

  /** iPXE need not wait for a proxyDHCP server. */
  private static final SubOptions NO_PROXY =
      SubOptions.builder().set(SubOptions.Ipxe.NO_PROXY, 1).build();

  private final Backend backend;
  private final NetbootSettings settings;
  private final Function<DhcpExchange, Optional<TraceParent>> trace;
  private final BootFileListener listener;

  private ReservationHandler(Builder b) {
    backend = b.backend;
    settings = b.settings;
    trace = b.trace;
    listener = b.listener;
  }

  /**
   * Begins a handler.
   *
   * @param backend knows the machines; not closed by the handler
   * @param settings what the replies say beside the record
   * @return a builder without tracing and listener
   */
  public static Builder builder(Backend backend, NetbootSettings settings) {
    return new Builder(backend, settings);
  }

  @Override
  public CompletionStage<DhcpResult> handle(DhcpExchange exchange) {
    Optional<DhcpResult> early = withoutRecord(exchange.request());
    if (early.isPresent()) {
      return CompletableFuture.completedFuture(early.get());
    }
    MacAddress mac = exchange.request().hardwareAddress().orElseThrow();
    return Lookups.byMac(backend, mac).thenApply(result -> withRecord(exchange, result));
  }

  /**
   * Decides as {@link #handle} does, with a record that is at hand: for dry runs and tests.
   *
   * @param exchange the request and how it came in
   * @param result what the backend would say
   * @return the decision
   */
  public DhcpResult decide(DhcpExchange exchange, LookupResult result) {
    return withoutRecord(exchange.request()).orElseGet(() -> withRecord(exchange, result));
  }

  /**
   * Decides what needs no record; empty if one is needed, and there is an address to find it by.
   */
  private Optional<DhcpResult> withoutRecord(DhcpMessage request) {
    if (request.op() != DhcpMessage.BOOTREQUEST) {
      return silence(IgnoreReason.NOT_A_REQUEST, "op " + request.op());
    }
    Optional<DhcpMessageType> messageType = request.messageType();
    if (messageType.isEmpty()) {
      return silence(IgnoreReason.NO_MESSAGE_TYPE, "");
    }
    DhcpMessageType type = messageType.get();
    Optional<Inet4Address> other = ServerIdentity.otherThan(settings, request);
    boolean selects =
        type.equals(DhcpMessageType.REQUEST)
            || type.equals(DhcpMessageType.DECLINE)
            || type.equals(DhcpMessageType.RELEASE);
    if (selects && other.isPresent() && !settings.referenceParity()) {
      return silence(
          IgnoreReason.OTHER_SERVER_SELECTED, type + " for " + other.get().getHostAddress());
    }
    if (type.equals(DhcpMessageType.DECLINE)) {
      return silence(NetbootReasons.ADDRESS_DECLINED, declined(request));
    }
    if (type.equals(DhcpMessageType.RELEASE)) {
      return silence(NetbootReasons.RELEASED, "address " + request.ciaddr().getHostAddress());
    }
    boolean answered =
        type.equals(DhcpMessageType.DISCOVER)
            || type.equals(DhcpMessageType.REQUEST)
            || (type.equals(DhcpMessageType.INFORM) && !settings.referenceParity());
    if (!answered) {
      return silence(IgnoreReason.UNSUPPORTED_MESSAGE_TYPE, type.toString());
    }
    if (request.hardwareAddress().isEmpty()) {
      return silence(NetbootReasons.NO_HARDWARE_ADDRESS, "");
    }
    return Optional.empty();
  }

  private static String declined(DhcpMessage request) {
    String address =
        request
            .get(DhcpOptions.REQUESTED_ADDRESS)
            .map(Inet4Address::getHostAddress)
            .orElse("not named");
    return "address "
        + address
        + request.get(DhcpOptions.MESSAGE).map(text -> ": " + text).orElse("");
  }

  private DhcpResult withRecord(DhcpExchange exchange, LookupResult result) {
    if (result instanceof LookupResult.Found found) {
      return answer(exchange, found.hardware());
    }
    return Lookups.ignored(result);
  }

  private DhcpResult answer(DhcpExchange exchange, HardwareRecord hardware) {
    DhcpMessage request = exchange.request();
    Reservation reservation = hardware.reservation();
    if (reservation.disabled()) {
      return ignore(NetbootReasons.DHCP_DISABLED, "");
    }
    if (settings.referenceParity() && hardware.netboot().isEmpty()) {
      return ignore(NetbootReasons.UNUSABLE_HARDWARE, "the record has no netboot part");
    }
    DhcpMessageType type = request.messageType().orElse(DhcpMessageType.DISCOVER);
    if (type.equals(DhcpMessageType.INFORM)) {
      return configured(exchange, hardware, exchange.reply(DhcpMessageType.ACK));
    }
    Optional<Inet4Address> address = Ipv4.only(reservation.ipAddress());
    if (settings.referenceParity() && reservation.ipAddress().isEmpty()) {
      address = Optional.of(Ipv4.ANY);
    }
    if (address.isEmpty()) {
      return ignore(
          NetbootReasons.NO_IPV4_ADDRESS,
          reservation
              .ipAddress()
              .map(ip -> "the record has " + ip.getHostAddress())
              .orElse("the record has no address"));
    }
    if (type.equals(DhcpMessageType.REQUEST)) {
      Optional<Inet4Address> wrong = wrongAddress(request, address.get());
      if (wrong.isPresent() && !settings.referenceParity()) {
        return nak(exchange, wrong.get(), address.get());
      }
    }
    DhcpMessage.Builder reply =
        exchange
            .reply(
                type.equals(DhcpMessageType.REQUEST) ? DhcpMessageType.ACK : DhcpMessageType.OFFER)
            .yiaddr(address.get());
    LeaseTimes.put(reply, reservation, request, settings);
    return configured(exchange, hardware, reply);
  }

  /** Returns the address a REQUEST is about, if that is another than the reserved one. */
  private static Optional<Inet4Address> wrongAddress(DhcpMessage request, Inet4Address reserved) {
    Optional<Inet4Address> requested = request.get(DhcpOptions.REQUESTED_ADDRESS);
    if (requested.isPresent() && !requested.get().equals(reserved)) {
      return requested;
    }
    Inet4Address ciaddr = request.ciaddr();
    return ciaddr.isAnyLocalAddress() || ciaddr.equals(reserved)
        ? Optional.empty()
        : Optional.of(ciaddr);
  }

  /** RFC 2131 §4.3.2 and table 3; a relay must broadcast it, so the flag is set. */
  private DhcpResult nak(DhcpExchange exchange, Inet4Address wrong, Inet4Address reserved) {
    DhcpMessage request = exchange.request();
    DhcpMessage.Builder reply =
        exchange
            .reply(DhcpMessageType.NAK)
            .set(DhcpOptions.SERVER_IDENTIFIER, ServerIdentity.of(settings, request))
            .set(
                DhcpOptions.MESSAGE,
                wrong.getHostAddress()
                    + " is not the reserved address "
                    + reserved.getHostAddress());
    if (request.isRelayed()) {
      reply.broadcast(true);
    }
    return DhcpResult.reply(reply.build());
  }

  /** Adds to a reply what does not depend on its type. */
  private DhcpResult configured(
      DhcpExchange exchange, HardwareRecord hardware, DhcpMessage.Builder reply) {
    DhcpMessage request = exchange.request();
    PxeClient client = PxeClient.of(request, settings);
    Optional<TraceParent> traceParent = trace.apply(exchange);
    BootFileChoice decided = BootDecision.forRecord(client, hardware, settings);
    if (decided.isUnwritable()) {
      return ignore(NetbootReasons.UNUSABLE_HARDWARE, NetbootReasons.NUL_IN_BOOT_FILE);
    }
    BootFileChoice choice =
        traceParent
            .map(parent -> decided.traced(parent, settings.referenceParity()))
            .orElse(decided);

    if (!settings.referenceParity()
        && !request.messageType().equals(Optional.of(DhcpMessageType.DISCOVER))) {
      reply.ciaddr(request.ciaddr());
    }
    reply
        .siaddr(choice.nextServer())
        .set(DhcpOptions.SERVER_IDENTIFIER, ServerIdentity.of(settings, request));
    AddressOptions.put(reply, hardware.reservation(), settings);
    choice.put(reply, settings);
    netboot(reply, client, hardware.reservation(), choice, traceParent);
    DhcpMessage message =
        settings.referenceParity() ? reply.build() : ReplySize.fit(reply.build(), request);
    tell(exchange, client, choice);
    return DhcpResult.reply(message);
  }

  private void netboot(
      DhcpMessage.Builder reply,
      PxeClient client,
      Reservation reservation,
      BootFileChoice choice,
      Optional<TraceParent> traceParent) {
    if (choice.kind() != BootFileChoice.Kind.NONE
        && settings.netbootOptions()
        && client.ipxe().isPresent()
        && !settings.referenceParity()) {
      reply.set(DhcpOptions.IPXE_ENCAPSULATED, NO_PROXY);
    }
    boolean refused = choice.kind() == BootFileChoice.Kind.REFUSED;
    if ((choice.boots() || refused) && (client.type() == ClientType.HTTP || settings.strictPxe())) {
      reply.set(DhcpOptions.VENDOR_CLASS, client.type().vendorClass());
    }
    if (!choice.boots()) {
      return;
    }
    VendorOptions vendor = new VendorOptions();
    if (client.isRaspberryPi()) {
      vendor.raspberryPi();
    }
    vendor.trace(traceParent);
    if (settings.vlanOption()) {
      reservation.vlanId().ifPresent(vendor::vlan);
    }
    reply.set(DhcpOptions.VENDOR_SPECIFIC, vendor.build());
    if (settings.strictPxe()) {
      client.machineId().ifPresent(id -> reply.set(DhcpOptions.CLIENT_MACHINE_ID, id));
    }
  }

  private void tell(DhcpExchange exchange, PxeClient client, BootFileChoice choice) {
    try {
      listener.chosen(exchange, client, choice);
    } catch (RuntimeException e) {
      LOG.debug("boot file listener failed", e);
    }
  }

  private static Optional<DhcpResult> silence(IgnoreReason reason, String detail) {
    return Optional.of(ignore(reason, detail));
  }

  private static DhcpResult ignore(IgnoreReason reason, String detail) {
    return DhcpResult.ignore(reason, detail);
  }

  /** Collects what a handler needs. Not thread safe; may build several times. */
  public static final class Builder {
    private final Backend backend;
    private final NetbootSettings settings;
    private Function<DhcpExchange, Optional<TraceParent>> trace = exchange -> Optional.empty();
    private BootFileListener listener = (exchange, client, choice) -> {};

    private Builder(Backend backend, NetbootSettings settings) {
      this.backend = Objects.requireNonNull(backend, "backend");
      this.settings = Objects.requireNonNull(settings, "settings");
    }

    /**
     * Sets where the trace of a boot comes from. Default: there is none.
     *
     * @param value gives the trace of an exchange; must not block
     * @return this builder
     */
    public Builder trace(Function<DhcpExchange, Optional<TraceParent>> value) {
      trace = Objects.requireNonNull(value, "trace");
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
    public ReservationHandler build() {
      return new ReservationHandler(this);
    }
  }
}
