// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.util.Locale;
import java.util.Optional;

/**
 * How the octets of a file travel (RFC 1350 §1). The obsolete mode {@code mail} is not among them:
 * a request for it is refused.
 */
public enum TftpMode {
  /** The file as it is. */
  OCTET,
  /** Text: LF becomes CR LF, CR becomes CR NUL (RFC 764). */
  NETASCII;

  /**
   * Returns the mode with this name, compared without regard to case (RFC 1350 §5).
   *
   * @param name the text of the request
   * @return the mode, or empty if it is not one of these
   */
  public static Optional<TftpMode> of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "octet" -> Optional.of(OCTET);
      case "netascii" -> Optional.of(NETASCII);
      default -> Optional.empty();
    };
  }

  /** Returns the name on the wire, {@code octet} or {@code netascii}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
