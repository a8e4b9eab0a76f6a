// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.util.Locale;
import java.util.Optional;

/**
 * What a Raspberry Pi's boot ROM asks for over TFTP.
 *
 * @param serialNumber the board's serial number, whole or its last eight characters
 * @param firmwarePath folder of the firmware files below the TFTP asset folder
 * @param configTxt content of {@code config.txt}
 */
public record RaspberryPi(
    String serialNumber, Optional<String> firmwarePath, Optional<String> configTxt) {
  private static final int SHORT = 8;

  /**
   * Returns the part of a serial number that a boot ROM puts before the names of files.
   *
   * @param serialNumber a serial number, whole or not, in either case
   * @return its last eight characters, or all if it has fewer, in lower case
   */
  public static String shortSerialNumber(String serialNumber) {
    return serialNumber
        .substring(Math.max(0, serialNumber.length() - SHORT))
        .toLowerCase(Locale.ROOT);
  }
}
