// SPDX-License-Identifier: Apache-2.0
/**
 * What is known of a machine, and how to look it up.
 *
 * <p>A {@link org.tinkerbell.smee.backend.Backend} answers two questions, by MAC address and by IP
 * address, with a {@link org.tinkerbell.smee.backend.LookupResult}. A found {@link
 * org.tinkerbell.smee.backend.HardwareRecord} has a {@link org.tinkerbell.smee.backend.Reservation}
 * (what DHCP hands out) and, if the machine may be netbooted at all, a {@link
 * org.tinkerbell.smee.backend.Netboot} part.
 *
 * <p>Everything here is immutable and may be shared between threads. To write a backend of your
 * own, see {@link org.tinkerbell.smee.backend.spi}.
 */
@NullMarked
package org.tinkerbell.smee.backend;

import org.jspecify.annotations.NullMarked;
