// SPDX-License-Identifier: Apache-2.0
/**
 * A syslog receiver: RFC 3164 as devices really send it, and RFC 5424, over UDP (RFC 5426).
 *
 * <pre>{@code
 * try (SyslogServer server =
 *     SyslogServer.builder()
 *         .udp(new InetSocketAddress("127.0.0.1", 0))
 *         .handler(message -> System.out.println(message.severity() + " " + message.message()))
 *         .build()) {
 *   server.start().toCompletableFuture().join();
 *   System.out.println(server.boundAddresses());
 * }
 * }</pre>
 *
 * <p>Types: {@link org.tinkerbell.smee.syslog.SyslogServer} receives, {@link
 * org.tinkerbell.smee.syslog.SyslogParser} makes a {@link org.tinkerbell.smee.syslog.SyslogMessage}
 * of any bytes at all, a {@link org.tinkerbell.smee.syslog.SyslogHandler} takes it, and a {@link
 * org.tinkerbell.smee.syslog.SyslogObserver} is told what was received, dropped, not understood or
 * failed. The parser can be used without the server.
 *
 * <p>Threads: event loops only receive and put into a queue; one daemon thread per server parses
 * and calls the handler, in the order of arrival. A handler may therefore block; what does not fit
 * the queue meanwhile is dropped and counted.
 *
 * <p>Limits: 65535 bytes a datagram, 8192 datagrams and 16 MiB in the queue, no rate limit per
 * source unless set. Each can be set.
 */
@NullMarked
package org.tinkerbell.smee.syslog;

import org.jspecify.annotations.NullMarked;
