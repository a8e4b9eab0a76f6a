// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpOptions;

/** Builds option 43 for PXE clients: sub-options in ascending order, no End octet. */
final class VendorOptions {

  /** PXE discovery control: boot the file this message names, look for no boot servers. */
  private static final int DISCOVERY_CONTROL = 6;

  private static final byte BOOT_NAMED_FILE = 8;

  private static final int BOOT_MENU = 9;
  private static final int MENU_PROMPT = 10;
  private static final int TRACE_PARENT = 69;
  private static final int BOOT_ITEM = 71;
  private static final int VLAN_ID = 116;

  private static final String PI_MENU_TEXT = "Raspberry Pi Boot";
  private static final String PI_PROMPT = "PXE";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(96);

  /** Starts with what every PXE client is told. */
  VendorOptions() {
    put(DISCOVERY_CONTROL, BOOT_NAMED_FILE);
  }

  /** Adds the menu without which the boot ROM of a Raspberry Pi ignores an offer. */
  VendorOptions raspberryPi() {
    ByteArrayOutputStream menu = new ByteArrayOutputStream();
    menu.write(0);
    menu.write(0);
    menu.write(PI_MENU_TEXT.length());
    menu.writeBytes(PI_MENU_TEXT.getBytes(StandardCharsets.US_ASCII));
    put(BOOT_MENU, menu.toByteArray());
    put(MENU_PROMPT, ("\0" + PI_PROMPT).getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** Adds the trace; zeros stand for none, as the reference sends the sub-option always. */
  VendorOptions trace(Optional<TraceParent> trace) {
    put(TRACE_PARENT, trace.map(TraceParent::octets).orElseGet(() -> new byte[TraceParent.OCTETS]));
    return this;
  }

  /** Says again which boot server and layer the client asked for (PXE 2.1 §2.2.5, table 2-1). */
  VendorOptions bootItem(byte... item) {
    put(BOOT_ITEM, item);
    return this;
  }

  /** Returns the boot server and layer that a client asks for, if it asks in this way. */
  static Optional<byte[]> bootItemOf(DhcpMessage request) {
    byte[] bytes = request.get(DhcpOptions.VENDOR_SPECIFIC).orElseGet(() -> new byte[0]);
    int at = 0;
    while (at + 2 <= bytes.length) {
      int code = bytes[at] & 0xff;
      if (code == 0) {
        at++;
        continue;
      }
      int length = bytes[at + 1] & 0xff;
      if (code == 255 || length > bytes.length - at - 2) {
        break;
      }
      if (code == BOOT_ITEM && length == 4) {
        return Optional.of(Arrays.copyOfRange(bytes, at + 2, at + 6));
      }
      at += 2 + length;
    }
    return Optional.empty();
  }

  /** Adds the VLAN id as text, unless it is longer than any id. */
  VendorOptions vlan(String id) {
    byte[] text = id.getBytes(StandardCharsets.US_ASCII);
    if (text.length <= 255) {
      put(VLAN_ID, text);
    }
    return this;
  }

  byte[] octets() {
    return out.toByteArray();
  }

  private void put(int code, byte... value) {
    out.write(code);
    out.write(value.length);
    out.writeBytes(value);
  }
}
