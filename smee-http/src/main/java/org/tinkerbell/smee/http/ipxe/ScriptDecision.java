// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.ipxe;

import java.util.Objects;
import java.util.Optional;
import org.tinkerbell.smee.backend.MacAddress;

/** What a machine that asks for its script is answered, and why. */
public sealed interface ScriptDecision {

  /**
   * Returns the machine's MAC address.
   *
   * @return the one on record, else the one it asked by, if it did
   */
  Optional<MacAddress> macAddress();

  /**
   * Returns why.
   *
   * @return the reason, with a stable token
   */
  ScriptReason reason();

  /**
   * Returns what the reason does not say.
   *
   * @return one line for the log; often empty
   */
  String detail();

  /**
   * The machine gets a script.
   *
   * @param kind which one
   * @param macAddress the machine
   * @param reason {@link ScriptReason#KNOWN_HARDWARE}, or for {@link ScriptKind#STATIC} why the
   *     machine has no script of its own
   * @param detail one line for the log; often empty
   * @param script the whole text, beginning with {@code #!ipxe}
   */
  record Served(
      ScriptKind kind,
      Optional<MacAddress> macAddress,
      ScriptReason reason,
      String detail,
      String script)
      implements ScriptDecision {

    /** Checks that nothing is null. */
    public Served {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(macAddress, "macAddress");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(script, "script");
    }

    /** Returns everything but the script, which may hold credentials. */
    @Override
    public String toString() {
      return "Served[" + kind.token() + ", " + reason.token() + "]";
    }
  }

  /**
   * The machine gets no script.
   *
   * @param macAddress the machine
   * @param reason why; has the status of the response
   * @param detail one line for the log; often empty
   */
  record Refused(Optional<MacAddress> macAddress, ScriptReason reason, String detail)
      implements ScriptDecision {

    /** Checks that nothing is null. */
    public Refused {
      Objects.requireNonNull(macAddress, "macAddress");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(detail, "detail");
    }
  }
}
