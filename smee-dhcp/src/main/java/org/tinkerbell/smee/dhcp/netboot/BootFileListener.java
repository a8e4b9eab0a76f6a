// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import org.tinkerbell.smee.dhcp.DhcpExchange;

/**
 * Is told what a machine is given to boot, and why, each time it is answered.
 *
 * <p>Called by the thread that completed the look-up, mostly an event loop, before the reply is
 * sent: it must not block. What it throws is logged at debug level and changes nothing.
 */
@FunctionalInterface
public interface BootFileListener {

  /**
   * Takes notice of a choice.
   *
   * @param exchange the request and how it came in
   * @param client the same request, as netboot sees it
   * @param choice what goes into the reply
   */
  void chosen(DhcpExchange exchange, PxeClient client, BootFileChoice choice);
}
