// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.Inet4Address;
import java.util.Objects;
import java.util.Optional;

/**
 * One request on its way through the server.
 *
 * <p>Immutable. Two exchanges are equal only if they are the same object, so an observer can key
 * what it knows of a request by the exchange.
 */
public final class DhcpExchange {

  private final DhcpMessage request;
  private final Arrival arrival;

  private DhcpExchange(DhcpMessage request, Arrival arrival) {
    this.request = request;
    this.arrival = arrival;
  }

  /**
   * Makes an exchange, as the server does for each request; for tests and dry runs.
   *
   * @param request what came in
   * @param arrival how it came in
   * @return the exchange
   */
  public static DhcpExchange of(DhcpMessage request, Arrival arrival) {
    return new DhcpExchange(
        Objects.requireNonNull(request, "request"), Objects.requireNonNull(arrival, "arrival"));
  }

  /**
   * Returns what came in.
   *
   * @return the request
   */
  public DhcpMessage request() {
    return request;
  }

  /**
   * Returns how it came in.
   *
   * @return the arrival
   */
  public Arrival arrival() {
    return arrival;
  }

  /**
   * Starts a reply of any type (RFC 2131 §4.3.1, table 3): direction 2; hardware type and address,
   * transaction id, flags and relay address of the request; option 53; options 61 (RFC 6842 §3) and
   * 82 (RFC 3046 §2.2) of the request, unless they are empty. A NAK through a relay gets the
   * BROADCAST flag (RFC 2131 §4.3.2). Everything else, option 54 too, is left to the caller.
   *
   * @param type the value of option 53
   * @return a new builder
   */
  public DhcpMessage.Builder reply(DhcpMessageType type) {
    DhcpMessage.Builder reply =
        DhcpMessage.builder()
            .op(DhcpMessage.BOOTREPLY)
            .htype(request.htype())
            .xid(request.xid())
            .flags(request.flags())
            .giaddr(request.giaddr())
            .chaddrField(request.chaddrField(), request.hlen())
            .set(DhcpOptions.MESSAGE_TYPE, type);
    if (type.equals(DhcpMessageType.NAK) && request.isRelayed()) {
      reply.broadcast(true);
    }
    echo(reply, DhcpOptions.CLIENT_IDENTIFIER.code());
    echo(reply, DhcpOptions.RELAY_AGENT_INFORMATION.code());
    return reply;
  }

  /**
   * Starts the usual reply: an OFFER to a DISCOVER, an ACK to a REQUEST, with {@code yiaddr} and,
   * where {@link Arrival#serverAddress} is known, option 54; and an ACK to an INFORM, without
   * {@code yiaddr} (RFC 2131 §4.3.5).
   *
   * <p>A request of another type, or one by which the client chose another server, has no such
   * reply. The exception thrown then may escape from the handler: the server takes it as the
   * decision to ignore the request for that reason.
   *
   * @param yiaddr the address for the client
   * @return a new builder, as from {@link #reply}
   * @throws IllegalStateException if the request is not one to be answered so
   */
  public DhcpMessage.Builder replyTo(Inet4Address yiaddr) {
    Objects.requireNonNull(yiaddr, "yiaddr");
    DhcpMessageType type =
        request
            .messageType()
            .orElseThrow(() -> new UnanswerableException(IgnoreReason.NO_MESSAGE_TYPE, ""));
    if (type.equals(DhcpMessageType.DISCOVER)) {
      return identified(reply(DhcpMessageType.OFFER).yiaddr(yiaddr));
    }
    if (type.equals(DhcpMessageType.REQUEST)) {
      Optional<Inet4Address> chosen = request.get(DhcpOptions.SERVER_IDENTIFIER);
      Optional<Inet4Address> own = arrival.serverAddress();
      if (chosen.isPresent() && own.isPresent() && !chosen.equals(own)) {
        throw new UnanswerableException(
            IgnoreReason.OTHER_SERVER_SELECTED, chosen.get().getHostAddress());
      }
      return identified(reply(DhcpMessageType.ACK).yiaddr(yiaddr).ciaddr(request.ciaddr()));
    }
    if (type.equals(DhcpMessageType.INFORM)) {
      return identified(reply(DhcpMessageType.ACK).ciaddr(request.ciaddr()));
    }
    throw new UnanswerableException(IgnoreReason.UNSUPPORTED_MESSAGE_TYPE, type.toString());
  }

  private DhcpMessage.Builder identified(DhcpMessage.Builder reply) {
    arrival.serverAddress().ifPresent(own -> reply.set(DhcpOptions.SERVER_IDENTIFIER, own));
    return reply;
  }

  private void echo(DhcpMessage.Builder reply, int code) {
    request
        .raw(code)
        .filter(payload -> payload.length > 0)
        .ifPresent(payload -> reply.put(code, payload));
  }

  /** Returns the request and where it came from. */
  @Override
  public String toString() {
    return request + " from " + arrival.remote() + " at " + arrival.listener();
  }
}
