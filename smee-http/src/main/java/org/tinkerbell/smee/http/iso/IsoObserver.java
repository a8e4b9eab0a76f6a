// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http.iso;

import java.net.URI;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * Is told what became of the bodies that {@link IsoHandler} patched. What became of the requests is
 * in {@link IsoHandler#DECISION}.
 *
 * <p>Called on the threads that read the sources: it must be quick and must not block.
 */
public interface IsoObserver {

  /**
   * Returns the observer that does nothing.
   *
   * @return an observer
   */
  static IsoObserver none() {
    return new IsoObserver() {};
  }

  /**
   * The end of a body was reached.
   *
   * @param macAddress for which machine
   * @param source where the ISO comes from, without user name and password
   * @param placeholders how many placeholders, or parts of one, were replaced in it
   * @param whole whether it was a whole ISO; one without a placeholder is then the wrong one
   */
  default void bodyPatched(MacAddress macAddress, URI source, int placeholders, boolean whole) {}
}
