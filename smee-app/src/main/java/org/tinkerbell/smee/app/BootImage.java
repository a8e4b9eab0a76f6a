// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What can be told of an iPXE binary by looking at its bytes. */
final class BootImage {

  /** The processors for which the EFI binaries are told apart; from the PE/COFF header. */
  enum Machine {
    X86_64(0x8664, "x86-64"),
    ARM64(0xaa64, "ARM64"),
    OTHER(-1, "another processor");

    private final int code;
    private final String label;

    Machine(int code, String label) {
      this.code = code;
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  private static final byte[] SET_USER_CLASS = "user-class".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TINKERBELL = "Tinkerbell".getBytes(StandardCharsets.US_ASCII);

  /** A type suffix, an equals sign or blanks may stand between the two words. */
  private static final int MAX_GAP = 16;

  private static final int PE_OFFSET_FIELD = 0x3c;

  private BootImage() {}

  /** Returns the processor an EFI binary is for; empty if it is none. */
  static Optional<Machine> machine(byte[] content) {
    if (content.length < PE_OFFSET_FIELD + 4 || content[0] != 'M' || content[1] != 'Z') {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int header = buffer.getInt(PE_OFFSET_FIELD);
    if (header < 0 || header > content.length - 6 || buffer.getInt(header) != 0x4550) {
      return Optional.empty();
    }
    int code = Short.toUnsignedInt(buffer.getShort(header + 4));
    for (Machine machine : Machine.values()) {
      if (machine.code == code) {
        return Optional.of(machine);
      }
    }
    return Optional.of(Machine.OTHER);
  }

  /** Tells whether an embedded script, readable as text, sets the user class Tinkerbell. */
  static boolean setsUserClass(byte[] content) {
    for (int at = indexOf(content, SET_USER_CLASS, 0, content.length);
        at >= 0;
        at = indexOf(content, SET_USER_CLASS, at + 1, content.length)) {
      int from = at + SET_USER_CLASS.length;
      int to = Math.min(content.length, from + MAX_GAP + TINKERBELL.length);
      if (indexOf(content, TINKERBELL, from, to) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Tells by the name whether the image is compressed, so that its script cannot be read. */
  static boolean isCompressed(String name) {
    return name.endsWith(".kpxe")
        || name.endsWith(".kkpxe")
        || name.endsWith(".pxe")
        || name.endsWith(".lkrn");
  }

  private static int indexOf(byte[] content, byte[] wanted, int from, int to) {
    for (int i = from; i <= to - wanted.length; i++) {
      int k = 0;
      while (k < wanted.length && content[i + k] == wanted[k]) {
        k++;
      }
      if (k == wanted.length) {
        return i;
      }
    }
    return -1;
  }
}
