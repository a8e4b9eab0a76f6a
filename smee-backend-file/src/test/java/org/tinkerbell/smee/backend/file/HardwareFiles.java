// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/** The base record of the golden cases, and short ways to read a text and to look something up. */
final class HardwareFiles {
  static final String MAC = "52:54:00:aa:88:2a";
  static final String IP = "192.168.2.15";
  static final String BASE =
      """
      52:54:00:AA:88:2A:
        ipAddress: 192.168.2.15
        subnetMask: 255.255.255.0
        defaultGateway: 192.168.2.1
        broadcastAddress: 192.168.2.255
      """;

  private HardwareFiles() {}

  /** A text that was read, with the problems as {@code LINE:COLUMN: text}. */
  record Read(HardwareIndex index, List<String> problems) {
    LookupResult mac(String mac) {
      return index.byMac(MacAddress.parse(mac));
    }

    LookupResult ip(String ip) {
      return index.byIp(address(ip));
    }

    /** Returns the base record, which must be found without problems. */
    HardwareRecord base() {
      if (!problems.isEmpty()) {
        throw new AssertionError(problems);
      }
      return found(mac(MAC));
    }
  }

  static Read read(String text) throws BadFileException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  static Read read(byte[] text) throws BadFileException {
    Problems problems = new Problems(100);
    HardwareIndex index = HardwareText.read(text, problems);
    List<String> texts = new ArrayList<>();
    for (Problem problem : problems.inOrder()) {
      texts.add(problem.line() + ":" + problem.column() + ": " + problem.text());
    }
    return new Read(index, texts);
  }

  /** Reads the base record with further lines, which are indented here. */
  static Read withLines(String lines) throws BadFileException {
    return read(BASE + lines.indent(2));
  }

  static HardwareRecord found(LookupResult result) {
    if (result instanceof LookupResult.Found found) {
      return found.hardware();
    }
    throw new AssertionError("not found: " + result);
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns a record of the given last octet of address and IP address. */
  static String record(int octet) {
    return String.format(
        "52:54:00:00:00:%02x: {ipAddress: 192.168.2.%d, subnetMask: 255.255.255.0}%n",
        octet, octet);
  }
}
