// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

/** Something in the file that is left out or replaced, while the rest is used. */
record Problem(int line, int column, String text) {}
