// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

/** The text of {@code smee -h}, laid out as the Go Smee's. */
final class Usage {
  /** Where the texts of flags begin, counted from 1, as in the Go Smee's usage. */
  private static final int TEXT_COLUMN = 39;

  private Usage() {}

  static String of(FlagTable table) {
    StringBuilder text = new StringBuilder();
    text.append("Smee is the DHCP and Network boot service for use in the Tinkerbell stack.\n\n");
    text.append("USAGE\n");
    text.append("  smee [flags]\n");
    text.append("  smee explain MAC [flags] say what a machine would be told to boot, and why\n");
    text.append(
        "  smee print ipxe-script   print the script to embed into an iPXE of your own\n\n");
    text.append("FLAGS\n");
    for (Flag flag : table.flags()) {
      text.append(name(flag.name())).append(flag.group().prefix()).append(flag.help());
      if (!flag.defaultValue().isEmpty()) {
        text.append(" (default \"").append(flag.defaultValue()).append("\")");
      }
      text.append('\n');
    }
    text.append("\nOTHER NAMES, those of today's Tinkerbell\n");
    for (Flag flag : table.flags()) {
      for (Alias alias : flag.aliases()) {
        text.append(name(alias.name())).append('-').append(flag.name()).append('\n');
      }
    }
    text.append(
        "\n  -h, -help prints this text, -version the version; -check only checks the flags, the\n");
    text.append("  variables and the hardware file.\n");
    text.append(
        "  Each flag can be given as an environment variable: -http-port is SMEE_HTTP_PORT.\n");
    text.append("  The flag wins. ").append(PublicAddress.INTERFACE_VARIABLE);
    text.append(" names the interface whose address is the default above.\n");
    return text.toString();
  }

  /** Returns the beginning of a line, up to where its text stands. */
  private static String name(String flag) {
    String name = "  -" + flag;
    return name + " ".repeat(Math.max(1, TEXT_COLUMN - 1 - name.length()));
  }
}
