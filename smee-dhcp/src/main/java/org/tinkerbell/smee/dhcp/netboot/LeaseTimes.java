// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.time.Duration;
import java.util.List;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOption;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/**
 * How long a lease is, and when the client is to ask for more: T1 after a half of the lease, T2
 * after seven eighths (RFC 2131 §4.4.5).
 *
 * <p>These are the times that clients assume by themselves, so T1 and T2 go only to those whose
 * option 55 asks for them; others get what they always got.
 */
final class LeaseTimes {

  /** Of a shorter lease T1, T2 and the end would not be apart. */
  private static final long SHORTEST_SECONDS = 4;

  private LeaseTimes() {}

  static void put(
      DhcpMessage.Builder reply,
      Reservation reservation,
      DhcpMessage request,
      NetbootSettings settings) {
    Duration lease = reservation.leaseTime();
    long seconds = lease.toSeconds();
    reply.set(DhcpOptions.LEASE_TIME, seconds);
    if (settings.referenceParity()
        || seconds < SHORTEST_SECONDS
        || lease.equals(Reservation.INFINITE_LEASE)) {
      return;
    }
    List<Integer> asked = request.get(DhcpOptions.PARAMETER_REQUEST_LIST).orElse(List.of());
    putIfAsked(reply, asked, DhcpOptions.RENEWAL_TIME, seconds / 2);
    putIfAsked(reply, asked, DhcpOptions.REBINDING_TIME, seconds - seconds / 8);
  }

  private static void putIfAsked(
      DhcpMessage.Builder reply, List<Integer> asked, DhcpOption<Long> option, long seconds) {
    if (asked.contains(option.code())) {
      reply.set(option, seconds);
    }
  }
}
