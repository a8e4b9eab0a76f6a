// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.io.IOException;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A download failed: the server refused it, stopped answering, or does not speak TFTP. */
public final class TftpException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient @Nullable TftpErrorCode code;

  TftpException(String message, @Nullable TftpErrorCode code) {
    super(message);
    this.code = code;
  }

  /**
   * Returns the code of the server's ERROR packet.
   *
   * @return the code, or empty if the server did not send one
   */
  public Optional<TftpErrorCode> errorCode() {
    return Optional.ofNullable(code);
  }
}
