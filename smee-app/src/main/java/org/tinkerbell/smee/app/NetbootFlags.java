// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.netboot.ClientArchitecture;

/**
 * Reads the flags that say what machines are told to boot beside the addresses to fetch it from.
 */
final class NetbootFlags {
  static final String OVERRIDES = "ipxe-override-arch-mapping";
  static final String MAC_FORMAT = "ipxe-binary-inject-mac-addr-format";

  private final FlagValues flags;
  private final BiConsumer<String, String> problems;

  private NetbootFlags(FlagValues flags, BiConsumer<String, String> problems) {
    this.flags = flags;
    this.problems = problems;
  }

  /**
   * Reads them.
   *
   * @param problems is told the flag and what is wrong with it
   */
  static Config.Netboot read(FlagValues flags, BiConsumer<String, String> problems) {
    NetbootFlags reader = new NetbootFlags(flags, problems);
    return new Config.Netboot(
        flags.bool("dhcp-enable-netboot-options"),
        reader.overrides(),
        reader.macFormat(),
        flags.bool("dhcp-vlan-option"),
        flags.bool("dhcp-strict-pxe"),
        flags.bool("dhcp-reference-parity"));
  }

  private Map<ClientArchitecture, String> overrides() {
    Map<ClientArchitecture, String> overrides = new TreeMap<>();
    String text = flags.text(OVERRIDES);
    for (String entry : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = entry.indexOf('=');
      Optional<Long> code =
          equals < 0 ? Optional.empty() : GoType.integer(entry.substring(0, equals).trim());
      String file = entry.substring(equals + 1).trim();
      if (code.isEmpty() || code.get() < 0 || code.get() > 0xffff || file.isEmpty()) {
        problems.accept(
            OVERRIDES,
            "\"" + entry.trim() + "\" is not an architecture and a file such as 16=ipxe.efi");
      } else {
        overrides.put(ClientArchitecture.of(code.get().intValue()), file);
      }
    }
    return overrides;
  }

  private Optional<MacAddress.Format> macFormat() {
    String text = flags.text(MAC_FORMAT);
    if (text.equals("empty")) {
      return Optional.empty();
    }
    if (text.isEmpty()) {
      return Optional.of(MacAddress.Format.COLON);
    }
    for (MacAddress.Format format : MacAddress.Format.values()) {
      if (format.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
        return Optional.of(format);
      }
    }
    problems.accept(MAC_FORMAT, "\"" + text + "\" is not colon, dash, dot, no-delimiter or empty");
    return Optional.empty();
  }
}
