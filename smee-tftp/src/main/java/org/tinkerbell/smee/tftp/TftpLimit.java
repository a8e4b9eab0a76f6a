// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

/** What a server turned away because there was too much of it. */
public enum TftpLimit {
  /** A request, since {@link TftpServer.Builder#maxTransfers} are running. */
  TRANSFERS("transfers"),
  /** A request, since {@link TftpServer.Builder#maxTransfersPerClient} are running. */
  TRANSFERS_PER_CLIENT("transfers-per-client"),
  /** A transfer that no client ever acknowledged, in favour of a newer request. */
  UNACKNOWLEDGED("unacknowledged"),
  /** A request, since {@link TftpServer.Builder#maxBufferedBytes} are in use. */
  BUFFERS("buffers"),
  /** A request, since no port of the range is free. */
  PORTS("ports"),
  /** A request longer than {@link TftpServer.Builder#maxRequestBytes}. */
  REQUEST_SIZE("request-size"),
  /** A request with a name longer than {@link TftpServer.Builder#maxFileNameLength}. */
  NAME_LENGTH("name-length"),
  /** An ERROR for a stranger, beyond {@link TftpServer.Builder#errorsPerSecond}. */
  ERROR_RATE("error-rate");

  private final String token;

  TftpLimit(String token) {
    this.token = token;
  }

  /** Returns a stable token, for labels of metrics. */
  @Override
  public String toString() {
    return token;
  }
}
