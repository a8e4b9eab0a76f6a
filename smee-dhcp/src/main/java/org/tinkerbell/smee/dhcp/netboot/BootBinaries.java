// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which iPXE binary an architecture boots. Immutable.
 *
 * <table>
 *   <caption>The tables</caption>
 *   <tr><th>codes</th><th>{@link #STANDALONE}</th><th>{@link #MONOREPO}</th><th>{@link #DEFAULT}</th></tr>
 *   <tr><td>0 to 5</td><td>undionly.kpxe</td><td>undionly.kpxe</td><td>undionly.kpxe</td></tr>
 *   <tr><td>6 to 9, 15, 16</td><td>ipxe.efi</td><td>ipxe.efi</td><td>ipxe.efi</td></tr>
 *   <tr><td>10, 11, 18, 19, 41</td><td>snp.efi</td><td>snp-arm64.efi</td><td>snp.efi</td></tr>
 *   <tr><td>17</td><td>-</td><td>-</td><td>ipxe.efi</td></tr>
 *   <tr><td>20</td><td>-</td><td>undionly.kpxe</td><td>undionly.kpxe</td></tr>
 * </table>
 *
 * <p>Some of these are kept for compatibility only: a 32-bit UEFI (6) cannot run an x86-64 binary,
 * a 32-bit ARM (10, 18) not an ARM64 one. {@link #with} corrects them where such machines exist.
 */
public final class BootBinaries {

  /** The table of the standalone Go Smee. */
  public static final BootBinaries STANDALONE = table("snp.efi");

  /** The table of today's Tinkerbell repository. */
  public static final BootBinaries MONOREPO =
      table("snp-arm64.efi").with(ClientArchitecture.X86_BIOS_HTTP, "undionly.kpxe");

  /**
   * The names of {@link #STANDALONE}, for every code of {@link #MONOREPO}, and 17, as firmware that
   * calls x86-64 by the number 9 calls its HTTP boot 17.
   */
  public static final BootBinaries DEFAULT =
      STANDALONE
          .with(ClientArchitecture.EFI_BC_HTTP, "ipxe.efi")
          .with(ClientArchitecture.X86_BIOS_HTTP, "undionly.kpxe");

  /** The highest code the reference's codec names; beyond it a code counts as unknown. */
  private static final int LAST_NAMED = 36;

  private final Map<ClientArchitecture, String> files;

  private BootBinaries(Map<ClientArchitecture, String> files) {
    this.files = files;
  }

  private static BootBinaries table(String arm) {
    TreeMap<ClientArchitecture, String> files = new TreeMap<>();
    for (int code : new int[] {0, 1, 2, 3, 4, 5}) {
      files.put(ClientArchitecture.of(code), "undionly.kpxe");
    }
    for (int code : new int[] {6, 7, 8, 9, 15, 16}) {
      files.put(ClientArchitecture.of(code), "ipxe.efi");
    }
    for (int code : new int[] {10, 11, 18, 19, 41}) {
      files.put(ClientArchitecture.of(code), arm);
    }
    return new BootBinaries(files);
  }

  /**
   * Makes a table from nothing.
   *
   * @param files file names by architecture, not empty; {@link ClientArchitecture#UNKNOWN} is the
   *     file for every unknown architecture
   * @return the table
   * @throws IllegalArgumentException if a name is empty
   */
  public static BootBinaries of(Map<ClientArchitecture, String> files) {
    TreeMap<ClientArchitecture, String> copy = new TreeMap<>(files);
    copy.forEach(
        (architecture, name) -> {
          if (name.isEmpty()) {
            throw new IllegalArgumentException(
                "files: empty name for " + architecture + " (expected: a file name)");
          }
        });
    return new BootBinaries(copy);
  }

  /**
   * Returns this table with another file for one architecture.
   *
   * @param architecture the architecture; {@link ClientArchitecture#UNKNOWN} is every unknown one
   * @param file the name, not empty
   * @return the changed table
   * @throws IllegalArgumentException if the name is empty
   */
  public BootBinaries with(ClientArchitecture architecture, String file) {
    return withAll(Map.of(architecture, file));
  }

  /**
   * Returns this table with others laid over it.
   *
   * @param overrides file names by architecture, not empty
   * @return the changed table
   * @throws IllegalArgumentException if a name is empty
   */
  public BootBinaries withAll(Map<ClientArchitecture, String> overrides) {
    Objects.requireNonNull(overrides, "overrides");
    TreeMap<ClientArchitecture, String> all = new TreeMap<>(files);
    all.putAll(overrides);
    return of(all);
  }

  /**
   * Returns the file for exactly this architecture.
   *
   * @param architecture the architecture
   * @return the file name
   */
  public Optional<String> file(ClientArchitecture architecture) {
    return Optional.ofNullable(files.get(architecture));
  }

  /**
   * Picks the architecture that counts among those a client names: the first that the table or the
   * registry up to 36 knows. A Raspberry Pi's own code is passed over, as only its MAC address
   * tells that board.
   *
   * @param architectures the values of option 93, in order
   * @param namedOnly whether the table counts for nothing here, as with the reference
   * @return that architecture, or {@link ClientArchitecture#UNKNOWN}
   */
  ClientArchitecture pick(List<ClientArchitecture> architectures, boolean namedOnly) {
    for (ClientArchitecture architecture : architectures) {
      boolean named = architecture.code() <= LAST_NAMED;
      boolean mapped =
          !namedOnly
              && files.containsKey(architecture)
              && !architecture.equals(ClientArchitecture.RASPBERRY_PI);
      if (named || mapped) {
        return architecture;
      }
    }
    return ClientArchitecture.UNKNOWN;
  }

  /** Returns the table, for logs. */
  @Override
  public String toString() {
    return files.toString();
  }
}
