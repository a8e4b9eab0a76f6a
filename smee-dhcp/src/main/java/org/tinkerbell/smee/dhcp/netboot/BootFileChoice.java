// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What a client is given to boot, and why: the value that replies, logs and tests read.
 *
 * @param kind what sort of thing it is
 * @param file the file name or URL; empty for {@link Kind#NONE}
 * @param nextServer the address for siaddr; 0.0.0.0 where there is nothing to fetch
 * @param why one line for a person, for example {@code client is iPXE with HTTP, and ipxe.efi does
 *     not break the loop}
 */
public record BootFileChoice(Kind kind, String file, Inet4Address nextServer, String why) {

  /** The longest name that the {@code file} field of a message holds, a NUL behind it. */
  static final int MAX_FILE_OCTETS = 127;

  /** What a client is given to boot. */
  public enum Kind {
    /** An iPXE binary: the first stage. */
    BINARY,
    /** The URL of an iPXE script: the second stage. */
    SCRIPT,
    /** What the machine's record names in place of all this (options 66 and 67). */
    RECORD,
    /** Nothing, and said so to the machine: its record does not allow netboot. */
    REFUSED,
    /** Nothing. */
    NONE
  }

  /** Checks that nothing is null. */
  public BootFileChoice {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(nextServer, "nextServer");
    Objects.requireNonNull(why, "why");
  }

  /**
   * Tells whether the client is given something of ours to boot.
   *
   * @return true for {@link Kind#BINARY} and {@link Kind#SCRIPT}
   */
  public boolean boots() {
    return kind == Kind.BINARY || kind == Kind.SCRIPT;
  }

  /**
   * Returns this choice with the trace in the name of a binary, which TFTP and HTTP servers take
   * off again. A name that would then not fit the {@code file} field stays as it is: the trace is
   * worth less than firmware that reads no option 67.
   *
   * @param trace the trace of this boot
   * @return the choice with the longer name, or this one
   */
  BootFileChoice traced(TraceParent trace) {
    if (kind != Kind.BINARY) {
      return this;
    }
    String name = file + "-" + trace;
    return octets(name) > MAX_FILE_OCTETS ? this : new BootFileChoice(kind, name, nextServer, why);
  }

  /** Tells whether the name cannot be written: NUL ends the {@code file} field. */
  boolean isUnwritable() {
    return file.indexOf('\0') >= 0;
  }

  /** Tells whether the name has room in the {@code file} field. */
  boolean fitsFileField() {
    return octets(file) <= MAX_FILE_OCTETS;
  }

  private static int octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
