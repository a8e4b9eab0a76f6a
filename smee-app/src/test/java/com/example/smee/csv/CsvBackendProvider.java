// SPDX-License-Identifier: Apache-2.0
package com.example.smee.csv;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.backend.spi.BackendSetting;
import org.tinkerbell.smee.backend.spi.BackendSettings;
import org.tinkerbell.smee.backend.spi.ValueText;

/** Hardware records from a CSV file, read once at start: MAC, IP, mask, host name, netboot. */
public final class CsvBackendProvider implements BackendProvider {

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public String description() {
    return "enable the CSV backend for DHCP and the HTTP iPXE script";
  }

  @Override
  public List<BackendSetting> settings() {
    return List.of(BackendSetting.text("path", "the hardware CSV file path for the CSV backend"));
  }

  @Override
  public Backend create(BackendSettings settings, BackendObserver observer) {
    String path =
        settings
            .text("path")
            .orElseThrow(
                () -> new BackendException("the CSV backend needs a file: set -backend-csv-path"));
    try {
      return new CsvBackend(path, Files.readAllLines(Path.of(path)), observer);
    } catch (IOException | InvalidPathException e) {
      throw new BackendException(path + ": cannot be read (set by flag -backend-csv-path)", e);
    }
  }

  private static final class CsvBackend implements Backend {
    private static final LookupResult CLOSED = new LookupResult.Failed("the CSV backend is closed");

    private final Map<MacAddress, LookupResult> byMac = new HashMap<>();
    private final Map<InetAddress, LookupResult> byIp = new HashMap<>();
    private final BackendStatus loaded;
    private volatile boolean closed;

    CsvBackend(String path, List<String> lines, BackendObserver observer) {
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          add(path + ":" + (i + 1), lines.get(i).split(",", -1), observer);
        }
      }
      loaded = BackendStatus.ready(byMac.size() + " records from " + path);
      observer.loaded(path, byMac.size());
    }

    private void add(String place, String[] cells, BackendObserver observer) {
      Optional<MacAddress> mac = MacAddress.tryParse(cells[0]);
      if (mac.isEmpty()) {
        observer.recordProblem(place, "the line does not begin with a MAC address; it is skipped");
        return;
      }
      LookupResult result = read(place, mac.get(), cells, observer);
      put(byMac, mac.get(), place, result);
      if (cells.length > 1) {
        ValueText.ipAddress(cells[1]).ifPresent(ip -> put(byIp, ip, place, result));
      }
    }

    private static <K> void put(
        Map<K, LookupResult> index, K key, String place, LookupResult result) {
      index.merge(
          key,
          result,
          (before, now) -> new LookupResult.Ambiguous(key + " occurs again at " + place));
    }

    private static LookupResult read(
        String place, MacAddress mac, String[] cells, BackendObserver observer) {
      try {
        return LookupResult.found(hardware(mac, cells));
      } catch (IllegalArgumentException e) {
        observer.recordProblem(place, mac + ": " + e.getMessage() + "; the record is not used");
        return new LookupResult.Unusable(place + ": " + e.getMessage());
      }
    }

    private static HardwareRecord hardware(MacAddress mac, String[] cells) {
      if (cells.length != 5) {
        throw new IllegalArgumentException("there are " + cells.length + " columns (expected: 5)");
      }
      Reservation.Builder reservation =
          Reservation.builder(mac)
              .ipAddress(value("IP address", cells[1], ValueText::ipAddress))
              .hostname(cells[3]);
      if (!cells[1].contains(":")) {
        reservation.subnetMask(value("mask", cells[2], ValueText::ipv4Address));
      }
      boolean netboot = cells[4].equals("true");
      return HardwareRecord.of(reservation.build(), Netboot.builder().allowed(netboot).build());
    }

    private static <T> T value(String name, String cell, Function<String, Optional<T>> reader) {
      return reader
          .apply(cell)
          .orElseThrow(() -> new IllegalArgumentException(name + ": " + cell + " is none"));
    }

    @Override
    public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
      return CompletableFuture.completedStage(
          closed ? CLOSED : byMac.getOrDefault(macAddress, LookupResult.notFound()));
    }

    @Override
    public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
      return CompletableFuture.completedStage(
          closed ? CLOSED : byIp.getOrDefault(ipAddress, LookupResult.notFound()));
    }

    @Override
    public BackendStatus status() {
      return closed ? BackendStatus.notReady("the CSV backend is closed") : loaded;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
