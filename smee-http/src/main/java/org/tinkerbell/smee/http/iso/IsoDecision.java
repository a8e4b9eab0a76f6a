// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * What a machine that asks for its ISO is answered, and why.
 *
 * @param macAddress by which the machine asked
 * @param reason why
 * @param detail what the reason does not say; one line for the log, often empty
 * @param source where the ISO comes from, without user name and password; empty if it did not come
 *     to that
 */
public record IsoDecision(
    Optional<MacAddress> macAddress, IsoReason reason, String detail, Optional<URI> source) {

  /** Checks that nothing is null. */
  public IsoDecision {
    Objects.requireNonNull(macAddress, "macAddress");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(source, "source");
  }
}
