// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.util.BitSet;
import java.util.Optional;
import org.tinkerbell.smee.dhcp.SubOptions;

/**
 * What an iPXE client says of itself in option 175 (Etherboot encapsulated options).
 *
 * <p>The option is a list of sub-options, code and length one octet each. A feature that is built
 * in is a sub-option of the value 1. A list that ends within a sub-option is read as far as it
 * goes.
 */
public final class IpxeFeatures {
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
    SubOptions options = SubOptions.read(payload);
    BitSet codes = new BitSet(256);
    for (int code : options.codes()) {
      byte[] value = options.raw(code).orElseThrow();
      if (value.length == 0 || !allZero(value)) {
        codes.set(code);
      }
    }
    Optional<String> version =
        options
            .get(SubOptions.Ipxe.VERSION)
            .filter(octets -> octets.length == 3)
            .map(o -> (o[0] & 0xff) + "." + (o[1] & 0xff) + "." + (o[2] & 0xff));
    return new IpxeFeatures(codes, version);
  }

  private static boolean allZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
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
    return has(SubOptions.Ipxe.HTTP.code());
  }

  /**
   * Tells whether the client can fetch {@code https} URLs (sub-option 20).
   *
   * @return whether it can
   */
  public boolean https() {
    return has(SubOptions.Ipxe.HTTPS.code());
  }

  /**
   * Tells whether the client can fetch {@code tftp} URLs (sub-option 21).
   *
   * @return whether it can
   */
  public boolean tftp() {
    return has(SubOptions.Ipxe.TFTP.code());
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
