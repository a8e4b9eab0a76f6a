// SPDX-License-Identifier: Apache-2.0
/** x. */
@NullMarked
package org.tinkerbell.smee.tftp;

import org.jspecify.annotations.NullMarked;
