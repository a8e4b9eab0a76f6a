// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;

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
   * @param always whether the name becomes longer in any case
   * @return the choice with the longer name, or this one
   */
  BootFileChoice traced(TraceParent trace, boolean always) {
    if (kind != Kind.BINARY) {
      return this;
    }
    String name = file + "-" + trace;
    return always || octets(name).length <= MAX_FILE_OCTETS
        ? new BootFileChoice(kind, name, nextServer, why)
        : this;
  }

  /** Tells whether the name cannot be written: NUL ends the {@code file} field. */
  boolean isUnwritable() {
    return file.indexOf('\0') >= 0;
  }

  /**
   * Puts the name where it fits. A long one goes into option 67 alone: a name that is cut, as by
   * the reference, boots nothing, or something else.
   */
  void put(DhcpMessage.Builder reply, NetbootSettings settings) {
    byte[] name = octets(file);
    boolean fits = name.length <= MAX_FILE_OCTETS;
    if (fits) {
      reply.file(file);
    } else if (settings.referenceParity()) {
      reply.file(new String(name, 0, MAX_FILE_OCTETS, StandardCharsets.UTF_8));
    }
    boolean option = kind == Kind.RECORD || (!fits && !settings.referenceParity());
    if (option && !file.isEmpty()) {
      reply.set(DhcpOptions.BOOT_FILE_NAME, file);
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
