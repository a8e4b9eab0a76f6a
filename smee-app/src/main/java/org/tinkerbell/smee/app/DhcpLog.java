// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.BoundListener;
import org.tinkerbell.smee.dhcp.DhcpDecodeException;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.netboot.BootFileChoice;
import org.tinkerbell.smee.dhcp.netboot.BootFileListener;
import org.tinkerbell.smee.dhcp.netboot.PxeClient;

/** Writes what DHCP does, with the reference's event texts and keys. */
final class DhcpLog implements DhcpObserver, BootFileListener {
  /** Reasons beside those of handlers, in docs/reference/reasons.md like them. */
  static final String MALFORMED = "malformed";

  static final String SEND_FAILED = "send-failed";

  private static final String NO_ADDRESS = "0.0.0.0";

  private final Logger log = Logging.logger("dhcp");
  private final Complaints complaints;

  DhcpLog(Complaints complaints) {
    this.complaints = complaints;
  }

  @Override
  public void received(DhcpExchange exchange) {
    packet(Level.INFO, exchange)
        .addKeyValue("type", type(exchange.request()))
        .log("received DHCP packet");
  }

  @Override
  public void chosen(DhcpExchange exchange, PxeClient client, BootFileChoice choice) {
    // The why is what an operator asks first; a machine that asks again has the same one.
    OptionalInt heldBack =
        complaints.admit("dhcp " + mac(exchange.request()) + " " + choice.kind() + choice.why());
    boolean asksForBootFile = client.isNetbootClient();
    Complaints.count(
            packet(heldBack.isPresent() && asksForBootFile ? Level.INFO : Level.DEBUG, exchange),
            heldBack)
        .addKeyValue("kind", choice.kind().name().toLowerCase(Locale.ROOT))
        .addKeyValue("why", choice.why())
        .log("chose boot file");
  }

  @Override
  public void replied(
      DhcpExchange exchange, DhcpResult.Reply reply, InetSocketAddress destination) {
    describe(packet(Level.INFO, exchange), reply.message(), destination).log("sent DHCP response");
  }

  @Override
  public void sendFailed(
      DhcpExchange exchange,
      DhcpResult.Reply reply,
      InetSocketAddress destination,
      Throwable cause) {
    OptionalInt heldBack = complaints.admit("dhcp " + mac(exchange.request()) + " " + SEND_FAILED);
    LoggingEventBuilder event =
        describe(
            packet(heldBack.isPresent() ? Level.ERROR : Level.DEBUG, exchange),
            reply.message(),
            destination);
    Complaints.count(event, heldBack)
        .addKeyValue("reason", SEND_FAILED)
        .addKeyValue("error", String.valueOf(cause.getMessage()))
        .log("failed to send DHCP response");
  }

  private static LoggingEventBuilder describe(
      LoggingEventBuilder event, DhcpMessage reply, InetSocketAddress destination) {
    event = event.addKeyValue("type", type(reply));
    String file = reply.file().isEmpty() ? bootFileOption(reply) : reply.file();
    if (!file.isEmpty()) {
      event = event.addKeyValue("bootFileName", file);
    }
    String nextServer = reply.siaddr().getHostAddress();
    if (!nextServer.equals(NO_ADDRESS)) {
      event = event.addKeyValue("nextServer", nextServer);
    }
    return event
        .addKeyValue("ipAddress", reply.yiaddr().getHostAddress())
        .addKeyValue("destination", Text.of(destination));
  }

  private static String bootFileOption(DhcpMessage reply) {
    return reply.get(DhcpOptions.BOOT_FILE_NAME).orElse("");
  }

  @Override
  public void ignored(DhcpExchange exchange, DhcpResult.Ignore ignore) {
    // Each new pair of machine and reason is said aloud once: that is what an operator looks for.
    OptionalInt heldBack =
        complaints.admit("dhcp " + mac(exchange.request()) + " " + ignore.reason().token());
    LoggingEventBuilder event =
        packet(heldBack.isPresent() ? level(ignore) : Level.DEBUG, exchange)
            .addKeyValue("type", type(exchange.request()))
            .addKeyValue("reason", ignore.reason().token());
    if (!ignore.detail().isEmpty()) {
      event = event.addKeyValue("detail", ignore.detail());
    }
    Complaints.count(event, heldBack).log("no DHCP response");
  }

  private static Level level(DhcpResult.Ignore ignore) {
    return switch (ignore.reason().token()) {
      case "backend-failed",
          "handler-failed",
          "handler-timed-out",
          "ambiguous-hardware",
          "unusable-hardware",
          "address-declined" ->
          Level.WARN;
      default -> Level.INFO;
    };
  }

  @Override
  public void malformed(Arrival arrival, DhcpDecodeException cause, byte[] head) {
    log.atDebug()
        .addKeyValue("remote", Text.of(arrival.remote()))
        .addKeyValue("interface", arrival.interfaceName().orElse(""))
        .addKeyValue("reason", MALFORMED)
        .addKeyValue("err", String.valueOf(cause.getMessage()))
        .addKeyValue("head", HexFormat.of().formatHex(head))
        .log("error parsing DHCPv4 request");
  }

  @Override
  public void dropped(Arrival arrival, String reason) {
    OptionalInt heldBack = complaints.admit("dhcp dropped " + reason);
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn()
                  .addKeyValue("remote", Text.of(arrival.remote()))
                  .addKeyValue("reason", reason),
              heldBack)
          .log("dropped DHCP packet");
    }
  }

  @Override
  public void listening(BoundListener listener) {
    log.atInfo().addKeyValue("address", listener.toString()).log("listening for DHCP");
  }

  @Override
  public void stopped(BoundListener listener) {
    log.atInfo().addKeyValue("address", listener.toString()).log("no longer listening for DHCP");
  }

  private LoggingEventBuilder packet(Level level, DhcpExchange exchange) {
    DhcpMessage request = exchange.request();
    return log.atLevel(level)
        .addKeyValue("mac", mac(request))
        .addKeyValue("xid", "0x" + HexFormat.of().toHexDigits(request.xid()))
        .addKeyValue("interface", exchange.arrival().interfaceName().orElse(""));
  }

  private static String mac(DhcpMessage message) {
    return message.hardwareAddress().map(MacAddress::toString).orElse("");
  }

  private static String type(DhcpMessage message) {
    return message.messageType().map(DhcpMessageType::toString).orElse("none");
  }
}
