// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A machine's own operating system installation environment, in place of the service's.
 *
 * @param baseUrl where kernel and initrd lie; empty means the service's {@code -osie-url}
 * @param kernel file name of the kernel below the base URL; empty means the default name
 * @param initrd file name of the initial RAM disk below the base URL; empty means the default name
 * @param kernelParams kernel arguments appended after all others, in this order
 */
public record Osie(
    Optional<URI> baseUrl,
    Optional<String> kernel,
    Optional<String> initrd,
    List<String> kernelParams) {

  /** An environment that changes nothing. */
  public static final Osie DEFAULT =
      new Osie(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  /** Copies the list. */
  public Osie {
    kernelParams = List.copyOf(kernelParams);
  }
}
