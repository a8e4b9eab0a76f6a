// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.util.BitSet;
import java.util.Optional;

/**
 * What an iPXE client says of itself in option 175 (Etherboot encapsulated options).
 *
 * <p>The option is a list of sub-options, code and length one octet each. A feature that is built
 * in is a sub-option of the value 1. A list that ends within a sub-option is read as far as it
 * goes.
 */
public final class IpxeFeatures {
  private static final int HTTP = 19;
  private static final int HTTPS = 20;
  private static final int TFTP = 21;
  private static final int VERSION = 235;

  private final BitSet codes;
  private final Optional<String> version;

  private IpxeFeatures(BitSet codes, Optional<String> version) {
    this.codes = codes;
    this.version = version;
  }

  /**
   * Reads the payload of option 175.
   *
   * @param payload the payload; may be empty or malformed
   * @return the features found
   */
  public static IpxeFeatures decode(byte... payload) {
    BitSet codes = new BitSet(256);
    Optional<String> version = Optional.empty();
    int at = 0;
    while (at < payload.length) {
      int code = payload[at++] & 0xff;
      if (code == 0) {
        continue;
      }
      if (code == 255 || at == payload.length) {
        break;
      }
      int length = payload[at++] & 0xff;
      if (length > payload.length - at) {
        break;
      }
      if (code == VERSION && length == 3) {
        version =
            Optional.of(
                (payload[at] & 0xff)
                    + "."
                    + (payload[at + 1] & 0xff)
                    + "."
                    + (payload[at + 2] & 0xff));
      }
      if (length == 0 || !allZero(payload, at, length)) {
        codes.set(code);
      }
      at += length;
    }
    return new IpxeFeatures(codes, version);
  }

  private static boolean allZero(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Tells whether a sub-option is there with a value other than zero.
   *
   * @param code 1 to 254
   * @return whether it is
   */
  public boolean has(int code) {
    return code >= 0 && codes.get(code);
  }

  /**
   * Tells whether the client can fetch {@code http} URLs (sub-option 19).
   *
   * @return whether it can
   */
  public boolean http() {
    return has(HTTP);
  }

  /**
   * Tells whether the client can fetch {@code https} URLs (sub-option 20).
   *
   * @return whether it can
   */
  public boolean https() {
    return has(HTTPS);
  }

  /**
   * Tells whether the client can fetch {@code tftp} URLs (sub-option 21).
   *
   * @return whether it can
   */
  public boolean tftp() {
    return has(TFTP);
  }

  /**
   * Returns the client's version (sub-option 235).
   *
   * @return for example {@code 1.21.1}
   */
  public Optional<String> version() {
    return version;
  }

  /** Returns the version and the codes, for logs. */
  @Override
  public String toString() {
    return "IpxeFeatures[" + version.map(v -> v + " ").orElse("") + codes + "]";
  }
}
