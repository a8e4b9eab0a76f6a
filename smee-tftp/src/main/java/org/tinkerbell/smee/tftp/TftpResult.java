// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.Objects;

/** What a {@link TftpHandler} decided. */
public sealed interface TftpResult {

  /**
   * The file is there.
   *
   * @param content what is sent
   */
  record Content(TftpContent content) implements TftpResult {
    /** Checks that there is content. */
    public Content {
      Objects.requireNonNull(content, "content");
    }
  }

  /**
   * The client gets an ERROR packet.
   *
   * @param code what is wrong
   * @param message for people; NULs are removed and a long text is cut when it is sent
   */
  record Refusal(TftpErrorCode code, String message) implements TftpResult {
    /** Checks that nothing is missing. */
    public Refusal {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * Returns the result for a file that is there.
   *
   * @param content what is sent
   * @return the result
   */
  static TftpResult content(TftpContent content) {
    return new Content(content);
  }

  /**
   * Returns the result for a request that is turned down.
   *
   * @param code what is wrong
   * @param message for people
   * @return the result
   */
  static TftpResult refuse(TftpErrorCode code, String message) {
    return new Refusal(code, message);
  }

  /**
   * Returns the result for a missing file.
   *
   * @param message for people
   * @return a refusal with code 1
   */
  static TftpResult notFound(String message) {
    return new Refusal(TftpErrorCode.FILE_NOT_FOUND, message);
  }

  /**
   * Returns the result for a missing file, with the usual text {@code file [NAME] unknown: file
   * does not exist}.
   *
   * @param request names the file
   * @return a refusal with code 1
   */
  static TftpResult notFound(TftpRequest request) {
    return notFound(request.missingText());
  }
}
