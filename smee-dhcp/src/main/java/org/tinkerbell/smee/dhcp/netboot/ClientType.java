// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

/** How a client's firmware wants to fetch its boot file, by the beginning of option 60. */
public enum ClientType {
  /** {@code PXEClient}: PXE 2.1, a file name for TFTP. */
  PXE("PXEClient"),

  /** {@code HTTPClient}: UEFI HTTP boot, a complete URL. */
  HTTP("HTTPClient"),

  /** Any other vendor class, or none: not a netboot client. */
  NONE("");

  private final String vendorClass;

  ClientType(String vendorClass) {
    this.vendorClass = vendorClass;
  }

  /**
   * Returns what option 60 begins with.
   *
   * @return the text; empty for {@link #NONE}
   */
  public String vendorClass() {
    return vendorClass;
  }

  static ClientType of(String vendorClass) {
    if (vendorClass.startsWith(PXE.vendorClass)) {
      return PXE;
    }
    return vendorClass.startsWith(HTTP.vendorClass) ? HTTP : NONE;
  }
}
