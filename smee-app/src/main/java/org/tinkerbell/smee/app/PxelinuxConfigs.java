// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;

/**
 * The PXELINUX configurations on record, by the name that PXELINUX and U-Boot ask for.
 *
 * @param records asked for every such name
 */
record PxelinuxConfigs(Backend records) {

  /** The name that PXELINUX forms of its hardware type (1, Ethernet) and address. */
  private static final Pattern NAME =
      Pattern.compile("pxelinux\\.cfg/01-((?:\\p{XDigit}{2}-){5}\\p{XDigit}{2})");

  /**
   * Finds the text of a file.
   *
   * @param path without a leading slash
   * @return empty if it is no such name, if there is nothing on record, or if the look-up failed
   */
  CompletionStage<Optional<String>> find(String path) {
    Matcher name = NAME.matcher(path);
    return name.matches()
        ? netboot(records.findByMac(MacAddress.parse(name.group(1))))
            .thenApply(
                netboot -> netboot.flatMap(Netboot::pxelinuxConfig).filter(text -> !text.isEmpty()))
        : CompletableFuture.completedStage(Optional.empty());
  }

  /** Returns what was found; the backend's own log tells why a look-up failed. */
  static CompletionStage<Optional<Netboot>> netboot(CompletionStage<LookupResult> lookup) {
    return lookup.handle(
        (result, failure) ->
            failure == null && result instanceof LookupResult.Found hit
                ? Optional.of(hit.hardware()).flatMap(HardwareRecord::netboot)
                : Optional.empty());
  }
}
