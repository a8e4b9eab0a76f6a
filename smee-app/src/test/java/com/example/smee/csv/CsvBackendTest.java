// SPDX-License-Identifier: Apache-2.0
package com.example.smee.csv;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendSettings;
import org.tinkerbell.smee.backend.testkit.BackendContract;

class CsvBackendTest extends BackendContract {
  @TempDir Path folder;

  private static String line(HardwareRecord hardware) {
    Reservation reservation = hardware.reservation();
    return String.join(
        ",",
        hardware.macAddress().toString(),
        reservation.ipAddress().map(InetAddress::getHostAddress).orElse(""),
        reservation.subnetMask().map(InetAddress::getHostAddress).orElse(""),
        reservation.hostname().orElse(""),
        String.valueOf(hardware.netbootAllowed()));
  }

  private Backend backend(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("hardware.csv"), text);
    CsvBackendProvider provider = new CsvBackendProvider();
    BackendSettings settings =
        BackendSettings.of(provider.settings(), Map.of("path", file.toString()));
    return provider.create(settings, BackendObserver.NONE);
  }

  @Override
  protected Backend backendWith(List<HardwareRecord> records) throws Exception {
    return backend(records.stream().map(CsvBackendTest::line).collect(Collectors.joining("\n")));
  }

  /** The file has no other columns. */
  @Override
  protected Optional<HardwareRecord> expected(HardwareRecord hardware) {
    Reservation.Builder columns = Reservation.builder(hardware.macAddress());
    hardware.reservation().ipAddress().ifPresent(columns::ipAddress);
    hardware.reservation().subnetMask().ifPresent(columns::subnetMask);
    hardware.reservation().hostname().ifPresent(columns::hostname);
    Netboot netboot = Netboot.builder().allowed(hardware.netbootAllowed()).build();
    return Optional.of(HardwareRecord.of(columns.build(), netboot));
  }

  @Override
  protected Optional<Backend> backendWithBroken(HardwareRecord sound, HardwareRecord broken)
      throws Exception {
    String spoilt = line(broken).replaceFirst("255[^,]*", "none");
    return Optional.of(backend(line(sound) + "\n" + spoilt));
  }
}
