// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.util.Optional;

/**
 * What a Raspberry Pi's boot ROM asks for over TFTP.
 *
 * @param serialNumber the board's serial number, whole or its last eight characters
 * @param firmwarePath folder of the firmware files below the TFTP asset folder
 * @param configTxt content of {@code config.txt}
 */
public record RaspberryPi(
    String serialNumber, Optional<String> firmwarePath, Optional<String> configTxt) {}
