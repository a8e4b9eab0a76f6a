// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One flag of the command line, and the environment variable that goes with it.
 *
 * @param name without dashes, for example {@code http-port}
 * @param group the bracketed group of the help text, by which the usage is sorted
 * @param type what values are accepted
 * @param defaultValue as text; empty text means none
 * @param help one line
 * @param aliases other names for it
 */
record Flag(
    String name, Group group, GoType type, String defaultValue, String help, List<Alias> aliases) {

  Flag {
    aliases = List.copyOf(aliases);
  }

  /** A flag with one name only. */
  Flag(String name, Group group, GoType type, String defaultValue, String help) {
    this(name, group, type, defaultValue, help, List.of());
  }

  /** Returns this flag with a second name whose values are the same. */
  Flag alias(String other) {
    return alias(Alias.of(other));
  }

  /** Returns this flag with one more name. */
  Flag alias(Alias other) {
    List<Alias> all = new ArrayList<>(aliases);
    all.add(other);
    return new Flag(name, group, type, defaultValue, help, all);
  }

  /** The groups in the order of the usage text. */
  enum Group {
    NONE(""),
    BACKEND("backend"),
    DHCP("dhcp"),
    HTTP("http"),
    ISO("iso"),
    OTEL("otel"),
    SYSLOG("syslog"),
    TFTP_HTTP("tftp/http"),
    TFTP("tftp");

    private final String label;

    Group(String label) {
      this.label = label;
    }

    /** Returns the group in brackets and a blank; nothing for the flags of no group. */
    String prefix() {
      return label.isEmpty() ? "" : "[" + label + "] ";
    }
  }

  /** Returns the name of the environment variable, for example {@code SMEE_HTTP_PORT}. */
  String variable() {
    return variable(name);
  }

  /** Returns the name of the environment variable that goes with the name of a flag. */
  static String variable(String name) {
    return "SMEE_" + name.toUpperCase(Locale.ROOT).replaceAll("[-./]", "_");
  }
}
