// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.spi;

import java.util.List;
import org.tinkerbell.smee.backend.Backend;

/**
 * Makes a backend from its settings. Found by {@link java.util.ServiceLoader}; needs a public
 * constructor without arguments that does no work, since every provider on the class path is made
 * though at most one is used.
 */
public interface BackendProvider {

  /**
   * Returns the name by which the backend is chosen.
   *
   * @return lower-case letters, digits and dashes, for example {@code file}
   */
  String name();

  /**
   * Returns one line for the help text of the flag that enables the backend.
   *
   * @return what the backend is
   */
  String description();

  /**
   * Returns the settings that the backend takes. Called before {@link #create}, without any effect.
   *
   * @return the settings in the order of the help text
   */
  List<BackendSetting> settings();

  /**
   * Makes and starts the backend. Called once, on the thread that starts the application.
   *
   * <p>Reading a local file is fine here. Waiting for a remote system is not: return, connect in
   * the background and say so in {@link Backend#status()}.
   *
   * @param settings a value for each setting that has one
   * @param observer is told what happens to the data, from any thread
   * @return the running backend; the caller closes it
   * @throws BackendException if the settings or the data at start cannot be used
   */
  Backend create(BackendSettings settings, BackendObserver observer);
}
