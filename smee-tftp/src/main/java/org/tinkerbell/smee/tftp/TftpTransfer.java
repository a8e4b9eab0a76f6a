// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a transfer went, or how far it got.
 *
 * @param request what was asked for
 * @param bytes octets that the receiver acknowledged (as they are on the wire, so after the
 *     conversion of netascii)
 * @param blockSize octets in a block
 * @param windowSize blocks in a window; 1 without the option
 * @param duration from the request to the end
 * @param retransmissions how many times something had to be sent again after a timeout
 */
public record TftpTransfer(
    TftpRequest request,
    long bytes,
    int blockSize,
    int windowSize,
    Duration duration,
    int retransmissions) {

  /**
   * Returns the name that was asked for.
   *
   * @return the name as it came
   */
  public String fileName() {
    return request.fileName();
  }

  /**
   * Returns the other side.
   *
   * @return its address and port
   */
  public InetSocketAddress remote() {
    return request.remote();
  }

  /**
   * Returns the address that the request was sent to.
   *
   * @return the address and the port of the requests
   */
  public InetSocketAddress local() {
    return request.local();
  }
}
