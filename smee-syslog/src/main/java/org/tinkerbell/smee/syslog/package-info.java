// SPDX-License-Identifier: Apache-2.0
/**
 * A syslog receiver: RFC 3164 as devices really send it, and RFC 5424, over UDP (RFC 5426), TCP
 * (RFC 6587) and TLS (RFC 5425).
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
 * and calls the handler, in the order of arrival. A handler may therefore block; datagrams that do
 * not fit the queue meanwhile are dropped and counted, and connections are not read, so that their
 * senders wait.
 *
 * <p>Limits: 65535 bytes a datagram, 64 KiB a message over TCP, 32,768 messages and 16 MiB in the
 * queue, 1024 connections and 64 from one address, no rate limit per source unless set. Each can be
 * set.
 */
@NullMarked
package org.tinkerbell.smee.syslog;

import org.jspecify.annotations.NullMarked;
