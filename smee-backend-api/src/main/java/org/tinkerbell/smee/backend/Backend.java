// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend;

import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A source of hardware records.
 *
 * <p>The look-ups are called for every packet, by many threads at once, most of them event loops:
 * they must not block. The shipped backends answer from an index in memory with a stage that is
 * complete already. A stage that fails is treated like {@link LookupResult.Failed}.
 */
public interface Backend extends AutoCloseable {

  /**
   * Looks up the machine that has this MAC address.
   *
   * @param macAddress the address of the asking interface
   * @return the result; never fails for an unknown machine
   */
  CompletionStage<LookupResult> findByMac(MacAddress macAddress);

  /**
   * Looks up the machine that has this IP address.
   *
   * @param ipAddress the address a request came from
   * @return the result; never fails for an unknown machine
   */
  CompletionStage<LookupResult> findByIp(InetAddress ipAddress);

  /**
   * Looks up the Raspberry Pi that has this serial number, for boards whose address another DHCP
   * server gives. Default: no machine is found by it; they boot all the same from the address of
   * their record.
   *
   * @param serialNumber the serial number, whole or its last eight characters, in either case
   * @return the result; never fails for an unknown machine
   * @see RaspberryPi#shortSerialNumber
   */
  default CompletionStage<LookupResult> findBySerialNumber(String serialNumber) {
    return CompletableFuture.completedStage(LookupResult.notFound());
  }

  /**
   * Tells whether the backend can answer, for health checks.
   *
   * @return the present state; never blocks
   */
  BackendStatus status();

  /** Ends watching and frees what is held. Look-ups fail afterwards. May be called twice. */
  @Override
  void close();

  /**
   * Returns the backend that knows no machine.
   *
   * @return a backend that is always ready
   */
  static Backend none() {
    return NoopBackend.INSTANCE;
  }
}
