// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.SubOptions;

/** Builds option 43 for PXE clients: sub-options in ascending order, no End octet. */
final class VendorOptions {

  /** Boot the file this message names, look for no boot servers. */
  private static final int BOOT_NAMED_FILE = 8;

  private static final int TRACE_PARENT = 69;
  private static final int VLAN_ID = 116;

  private static final String PI_MENU_TEXT = "Raspberry Pi Boot";
  private static final String PI_PROMPT = "PXE";

  private final SubOptions.Builder options = SubOptions.builder();

  /** Starts with what every PXE client is told. */
  VendorOptions() {
    options.set(SubOptions.Pxe.DISCOVERY_CONTROL, BOOT_NAMED_FILE);
  }

  /** Adds the menu without which the boot ROM of a Raspberry Pi ignores an offer. */
  VendorOptions raspberryPi() {
    ByteArrayOutputStream menu = new ByteArrayOutputStream();
    menu.write(0);
    menu.write(0);
    menu.write(PI_MENU_TEXT.length());
    menu.writeBytes(PI_MENU_TEXT.getBytes(StandardCharsets.US_ASCII));
    options.set(SubOptions.Pxe.BOOT_MENU, menu.toByteArray());
    options.set(SubOptions.Pxe.MENU_PROMPT, ("\0" + PI_PROMPT).getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** Adds the trace; zeros stand for none, as the reference sends the sub-option always. */
  VendorOptions trace(Optional<TraceParent> trace) {
    options.setRaw(
        TRACE_PARENT, trace.map(TraceParent::octets).orElseGet(() -> new byte[TraceParent.OCTETS]));
    return this;
  }

  /** Says again which boot server and layer the client asked for (PXE 2.1 §2.2.5, table 2-1). */
  VendorOptions bootItem(byte... item) {
    options.set(SubOptions.Pxe.BOOT_ITEM, item);
    return this;
  }

  /** Returns the boot server and layer that a client asks for, if it asks in this way. */
  static Optional<byte[]> bootItemOf(DhcpMessage request) {
    return request
        .raw(DhcpOptions.VENDOR_SPECIFIC.code())
        .map(SubOptions::read)
        .flatMap(vendor -> vendor.get(SubOptions.Pxe.BOOT_ITEM))
        .filter(item -> item.length == 4);
  }

  /** Adds the VLAN id as text, unless it is longer than any id. */
  VendorOptions vlan(String id) {
    byte[] text = id.getBytes(StandardCharsets.US_ASCII);
    if (text.length <= 255) {
      options.setRaw(VLAN_ID, text);
    }
    return this;
  }

  SubOptions build() {
    return options.build();
  }
}
