// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

/** {@link PlainYamlEvents} met something that it leaves to the engine, right or wrong. */
final class UnfamiliarYamlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnfamiliarYamlException(int line, int column) {
    super("not plain YAML in line " + line + " column " + column, null, false, false);
  }
}
