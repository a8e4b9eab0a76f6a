// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.buffer.ByteBuf;

/** Where a transfer sends its packets. Used on the event loop only. */
interface PacketSink {

  /**
   * Sends packets that lie one behind the other.
   *
   * @param packets the datagrams; released here
   * @param packetBytes the length of each but the last, which may be shorter
   */
  void send(ByteBuf packets, int packetBytes);

  /** Tells whether more may be sent now; else too much waits for the network already. */
  boolean isWritable();

  /** Calls back when it is this one's turn to send more. Those who wait get theirs in order. */
  void whenTurn(Runnable turn);

  /** Has the packets leave now. */
  void flush();

  /** Lets go of a socket that only this transfer uses. */
  void close();
}
