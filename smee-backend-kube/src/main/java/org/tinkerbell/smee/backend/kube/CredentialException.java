// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.io.IOException;

/** Credentials cannot be read; to be told from a network that does not work. */
final class CredentialException extends IOException {
  private static final long serialVersionUID = 1L;

  CredentialException(String message, Throwable cause) {
    super(message, cause);
  }
}
