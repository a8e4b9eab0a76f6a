// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.util.List;

/**
 * A processor architecture type, as option 93 lists them (RFC 4578 §2.1; IANA registry "Processor
 * Architecture Types").
 *
 * <p>An open set: codes that are not named here survive and can be mapped to boot files like any
 * other. RFC 4578 prints 7 and 9 the wrong way round, so that firmware uses both for x86-64.
 *
 * @param code 0 to 65535
 */
public record ClientArchitecture(int code) implements Comparable<ClientArchitecture> {

  /** 0: x86 BIOS. */
  public static final ClientArchitecture X86_BIOS = of(0);

  /** 6: 32-bit x86 UEFI. */
  public static final ClientArchitecture EFI_IA32 = of(6);

  /** 7: x86-64 UEFI. */
  public static final ClientArchitecture EFI_X86_64 = of(7);

  /** 9: EFI byte code, and x86-64 UEFI of firmware that follows the letter of RFC 4578. */
  public static final ClientArchitecture EFI_BC = of(9);

  /** 10: 32-bit ARM UEFI. */
  public static final ClientArchitecture EFI_ARM32 = of(10);

  /** 11: 64-bit ARM UEFI. */
  public static final ClientArchitecture EFI_ARM64 = of(11);

  /** 15: 32-bit x86 UEFI HTTP boot. */
  public static final ClientArchitecture EFI_IA32_HTTP = of(15);

  /** 16: x86-64 UEFI HTTP boot. */
  public static final ClientArchitecture EFI_X86_64_HTTP = of(16);

  /** 17: EFI byte code HTTP boot. */
  public static final ClientArchitecture EFI_BC_HTTP = of(17);

  /** 18: 32-bit ARM UEFI HTTP boot. */
  public static final ClientArchitecture EFI_ARM32_HTTP = of(18);

  /** 19: 64-bit ARM UEFI HTTP boot. */
  public static final ClientArchitecture EFI_ARM64_HTTP = of(19);

  /** 20: x86 BIOS HTTP boot. */
  public static final ClientArchitecture X86_BIOS_HTTP = of(20);

  /** 41: Raspberry Pi boot ROM. */
  public static final ClientArchitecture RASPBERRY_PI = of(41);

  /**
   * 255: not an assigned code. In the table of boot files it stands for every code that neither the
   * table nor the registry (up to 36) has, and for none at all.
   */
  public static final ClientArchitecture UNKNOWN = of(255);

  private static final List<String> NAMES =
      List.of(
          "x86 BIOS",
          "NEC PC98",
          "EFI Itanium",
          "DEC Alpha",
          "Arc x86",
          "Intel Lean Client",
          "EFI IA32",
          "EFI x86-64",
          "EFI Xscale",
          "EFI BC",
          "EFI ARM32",
          "EFI ARM64",
          "PowerPC Open Firmware",
          "PowerPC ePAPR",
          "PowerPC OPAL v3",
          "EFI x86 boot from HTTP",
          "EFI x86-64 boot from HTTP",
          "EFI BC boot from HTTP",
          "EFI ARM32 boot from HTTP",
          "EFI ARM64 boot from HTTP",
          "x86 BIOS boot from HTTP",
          "U-Boot ARM32",
          "U-Boot ARM64",
          "U-Boot ARM32 boot from HTTP",
          "U-Boot ARM64 boot from HTTP",
          "EFI RISC-V 32-bit",
          "EFI RISC-V 32-bit boot from HTTP",
          "EFI RISC-V 64-bit",
          "EFI RISC-V 64-bit boot from HTTP",
          "EFI RISC-V 128-bit",
          "EFI RISC-V 128-bit boot from HTTP",
          "s390 Basic",
          "s390 Extended",
          "EFI MIPS 32-bit",
          "EFI MIPS 64-bit",
          "EFI Sunway 32-bit",
          "EFI Sunway 64-bit",
          "EFI LoongArch 32-bit",
          "EFI LoongArch 32-bit boot from HTTP",
          "EFI LoongArch 64-bit",
          "EFI LoongArch 64-bit boot from HTTP",
          "Raspberry Pi boot");

  /**
   * Checks the code.
   *
   * @throws IllegalArgumentException if {@code code} does not fit 16 bits
   */
  public ClientArchitecture {
    if (code < 0 || code > 0xffff) {
      throw new IllegalArgumentException("code: " + code + " (expected: 0 to 65535)");
    }
  }

  /**
   * Returns the architecture with this code.
   *
   * @param code 0 to 65535
   * @return the architecture
   * @throws IllegalArgumentException if {@code code} does not fit 16 bits
   */
  public static ClientArchitecture of(int code) {
    return new ClientArchitecture(code);
  }

  /**
   * Tells whether the IANA registry has a name for the code.
   *
   * @return true for 0 to 41
   */
  public boolean isAssigned() {
    return code < NAMES.size();
  }

  /**
   * Returns the name of the architecture, for logs and traces.
   *
   * @return for example {@code EFI x86-64}; {@code unknown} if the code is not assigned
   */
  public String name() {
    return isAssigned() ? NAMES.get(code) : "unknown";
  }

  @Override
  public int compareTo(ClientArchitecture other) {
    return Integer.compare(code, other.code);
  }

  /** Returns the code and the name, for example {@code 7 (EFI x86-64)}. */
  @Override
  public String toString() {
    return code + " (" + name() + ")";
  }
}
