// SPDX-License-Identifier: Apache-2.0
/**
 * What a DHCP server for network boot answers: policy on top of the protocol.
 *
 * <p>Policy is pure: a decision is a function of the request, the machine's record and the settings
 * and comes out as a value with its reason. Sockets, clocks and logs are elsewhere.
 *
 * <pre>{@code
 * NetbootSettings settings =
 *     NetbootSettings.builder(packetIp)
 *         .scriptBaseUrl(URI.create("http://10.0.0.5:8080/auto.ipxe"))
 *         .bootFiles(BootFiles.STOCK)
 *         .build();
 * ReservationHandler handler =
 *     ReservationHandler.builder(backend, settings)
 *         .listener((exchange, client, choice) -> log(client, choice.file(), choice.why()))
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li>{@link org.tinkerbell.smee.dhcp.netboot.PxeClient}: what a request tells of the machine;
 *   <li>{@link org.tinkerbell.smee.dhcp.netboot.NetbootSettings}: what the replies say beside the
 *       record; {@link org.tinkerbell.smee.dhcp.netboot.BootBinaries} and {@link
 *       org.tinkerbell.smee.dhcp.netboot.BootFiles} describe the iPXE binaries at hand;
 *   <li>{@link org.tinkerbell.smee.dhcp.netboot.BootDecision}: what the machine boots, as a {@link
 *       org.tinkerbell.smee.dhcp.netboot.BootFileChoice};
 *   <li>{@link org.tinkerbell.smee.dhcp.netboot.ReservationHandler} and {@link
 *       org.tinkerbell.smee.dhcp.netboot.ProxyHandler}: the whole reply.
 * </ul>
 *
 * <p>Every type here is immutable but the builders; the handlers may be called by any thread.
 */
@NullMarked
package org.tinkerbell.smee.dhcp.netboot;

import org.jspecify.annotations.NullMarked;
