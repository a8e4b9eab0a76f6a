// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * A datagram that waits for the handler.
 *
 * @param content not shared with anybody
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Datagram(byte[] content, InetSocketAddress source, Instant receivedAt) {}
