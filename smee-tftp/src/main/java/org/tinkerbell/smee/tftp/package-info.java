// SPDX-License-Identifier: Apache-2.0
/**
 * A TFTP server and client.
 *
 * <h2>A first server</h2>
 *
 * <pre>{@code
 * TftpServer server = TftpServer.builder()
 *     .bind(new InetSocketAddress("192.0.2.1", 69))
 *     .handler(TftpContent.directory(Path.of("/srv/tftp")))
 *     .build();
 * server.start().toCompletableFuture().join();
 * }</pre>
 *
 * <h2>Map</h2>
 *
 * <ul>
 *   <li>{@link org.tinkerbell.smee.tftp.TftpServer} takes requests and sends files. For each
 *       request it asks a {@link org.tinkerbell.smee.tftp.TftpHandler}, which returns a {@link
 *       org.tinkerbell.smee.tftp.TftpResult}: some {@link org.tinkerbell.smee.tftp.TftpContent}, or
 *       a refusal. {@link org.tinkerbell.smee.tftp.TftpRouter} is a handler that chooses others by
 *       file name.
 *   <li>{@link org.tinkerbell.smee.tftp.TftpObserver} is told all that happens; logs and metrics
 *       are made of it.
 *   <li>{@link org.tinkerbell.smee.tftp.TftpClient} downloads files.
 *   <li>{@link org.tinkerbell.smee.tftp.TftpPacket} and {@link org.tinkerbell.smee.tftp.TftpCodec}
 *       are the protocol itself, for those who build something else.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * <p>A server lives on one event loop. Handlers and observers are called there and must return at
 * once; a handler's stage may complete on any thread. What may block, like reading files, happens
 * on worker threads. Values are immutable and may be shared; builders may not.
 *
 * <h2>Limits</h2>
 *
 * <p>Every queue, buffer and wait has a bound, a setter at {@link
 * org.tinkerbell.smee.tftp.TftpServer.Builder} and, where something is turned away, a call of
 * {@link org.tinkerbell.smee.tftp.TftpObserver#limited}.
 */
@NullMarked
package org.tinkerbell.smee.tftp;

import org.jspecify.annotations.NullMarked;
