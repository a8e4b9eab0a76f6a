// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Optional;
import java.util.function.Function;

/**
 * Another name of a flag: the one that today's Tinkerbell has for the same thing. It works on the
 * command line and, with {@code SMEE_} in front, as an environment variable.
 *
 * @param name without dashes
 * @param repeatable whether several values add up, separated by blanks, instead of the last winning
 * @param meaning turns a value of this name into one of the flag; empty means that the value stands
 *     for "not given"
 */
record Alias(String name, boolean repeatable, Function<String, Optional<String>> meaning) {
  private static final long TINK_PORT = 42113;

  /** A name whose values are the flag's own. */
  static Alias of(String name) {
    return new Alias(name, false, Optional::of);
  }

  /** A name whose empty text or port 0 stands for the flag's default. */
  static Alias emptyIsDefault(String name) {
    return new Alias(
        name,
        false,
        value -> value.isEmpty() || value.equals("0") ? Optional.empty() : Optional.of(value));
  }

  /** A name that takes an address without port. */
  static Alias withPort(String name, int port) {
    return new Alias(name, false, value -> Optional.of(value + ":" + port));
  }

  /** A name that can be given several times. */
  static Alias list(String name) {
    return new Alias(name, true, Optional::of);
  }

  /**
   * A name that takes the address of the Tink server with parts left out: the port is 42113 then,
   * the host this machine's.
   *
   * @param publicIp this machine's address; empty text if it is not known
   */
  static Alias tinkServer(String name, String publicIp) {
    return new Alias(name, false, value -> withDefaults(value, publicIp));
  }

  private static Optional<String> withDefaults(String value, String publicIp) {
    boolean literal = value.startsWith("[");
    int bracket = value.indexOf(']');
    int colon = literal ? value.indexOf(':', Math.max(bracket, 0)) : value.lastIndexOf(':');
    String host = colon < 0 ? value : value.substring(0, colon);
    String port = colon < 0 ? "" : value.substring(colon + 1);
    if (host.isEmpty()) {
      host = publicIp;
    }
    return host.isEmpty()
        ? Optional.empty()
        : Optional.of(host + ":" + (port.isEmpty() ? String.valueOf(TINK_PORT) : port));
  }

  /** Returns the name of the environment variable. */
  String variable() {
    return Flag.variable(name);
  }
}
