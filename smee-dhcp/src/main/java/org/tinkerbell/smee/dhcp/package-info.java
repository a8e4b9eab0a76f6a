// SPDX-License-Identifier: Apache-2.0
/**
 * DHCPv4: a message model, a codec and a server.
 *
 * <p>A server is a handler and one or more listeners:
 *
 * <pre>{@code
 * DhcpHandler handler =
 *     DhcpHandlers.immediate(
 *         exchange ->
 *             DhcpResult.reply(
 *                 exchange
 *                     .replyTo(address)
 *                     .set(DhcpOptions.LEASE_TIME, 86400L)
 *                     .set(DhcpOptions.SUBNET_MASK, mask)
 *                     .build()));
 * try (DhcpServer server =
 *     DhcpServer.builder()
 *         .listen(DhcpListener.onInterface("eth1"))
 *         .handler(handler)
 *         .build()) {
 *   server.start().toCompletableFuture().join();
 * }
 * }</pre>
 *
 * <p>The types, from the wire to the decision:
 *
 * <ul>
 *   <li>{@link org.tinkerbell.smee.dhcp.DhcpMessage}, {@link
 *       org.tinkerbell.smee.dhcp.DhcpMessageType}, {@link org.tinkerbell.smee.dhcp.DhcpOption} and
 *       {@link org.tinkerbell.smee.dhcp.DhcpOptions}: the model, free of Netty;
 *   <li>{@link org.tinkerbell.smee.dhcp.DhcpCodec}: bytes to messages and back, and {@link
 *       org.tinkerbell.smee.dhcp.DatagramDhcpDecoder} and {@link
 *       org.tinkerbell.smee.dhcp.DatagramDhcpEncoder} for pipelines of your own;
 *   <li>{@link org.tinkerbell.smee.dhcp.DhcpServer} with {@link
 *       org.tinkerbell.smee.dhcp.DhcpListener}: sockets, limits, where replies go;
 *   <li>{@link org.tinkerbell.smee.dhcp.DhcpHandler}: {@link org.tinkerbell.smee.dhcp.DhcpExchange}
 *       in, {@link org.tinkerbell.smee.dhcp.DhcpResult} out;
 *   <li>{@link org.tinkerbell.smee.dhcp.DhcpObserver}: is told what happened.
 * </ul>
 *
 * <p>Threads: a server runs on one event loop; handlers and observers are called there and must not
 * block. Messages, options and results are immutable.
 */
@NullMarked
package org.tinkerbell.smee.dhcp;

import org.jspecify.annotations.NullMarked;
