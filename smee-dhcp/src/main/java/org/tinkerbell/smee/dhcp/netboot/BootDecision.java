// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp.netboot;

import java.net.Inet4Address;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.backend.Reservation;
import org.tinkerbell.smee.dhcp.netboot.BootFileChoice.Kind;

/**
 * Decides what a client is given to boot: a pure function of the client, the machine's record and
 * the settings. The first row that matches wins.
 *
 * <table>
 *   <caption>Boot files</caption>
 *   <tr><th>client</th><th>file</th></tr>
 *   <tr><td>user class {@code Tinkerbell}</td><td>URL of the script</td></tr>
 *   <tr><td>iPXE, where {@link Chainload} wants no binary</td><td>URL of the script</td></tr>
 *   <tr><td>UEFI HTTP boot</td><td>HTTP URL of the binary</td></tr>
 *   <tr><td>iPXE</td><td>TFTP URL of the binary: iPXE follows nothing less when option 43.6 is
 *       sent, and one with drivers of its own must not take the name for a UNDI loader</td></tr>
 *   <tr><td>PXE firmware</td><td>name of the binary; EDK2 would send a URL as a file name</td></tr>
 * </table>
 */
public final class BootDecision {
  private static final String NO_SCRIPT = "/no-ipxe-script-defined";
  private static final String NOT_ALLOWED = "/netboot-not-allowed";

  private BootDecision() {}

  /**
   * Decides for a machine with a record, in reservation mode.
   *
   * @param client the request
   * @param hardware the machine's record
   * @param settings the settings
   * @return what it boots, and why
   */
  public static BootFileChoice forRecord(
      PxeClient client, HardwareRecord hardware, NetbootSettings settings) {
    Reservation reservation = hardware.reservation();
    if (reservation.bootFileName().isPresent() || reservation.tftpServerName().isPresent()) {
      return new BootFileChoice(
          Kind.RECORD,
          reservation.bootFileName().orElse(""),
          settings.packetIp(),
          "the record names the TFTP server or the boot file itself");
    }
    if (!settings.netbootOptions()) {
      return nothing(settings.packetIp(), "netboot options are switched off");
    }
    if (!client.isNetbootClient()) {
      return nothing(settings.packetIp(), client.whyNotNetbootClient());
    }
    if (hardware.netboot().isEmpty()) {
      return nothing(settings.packetIp(), "the record has no netboot part");
    }
    Netboot netboot = hardware.netboot().get();
    if (!netboot.allowed()) {
      return refused("the record does not allow netboot");
    }
    MacAddress mac = client.mac().orElse(hardware.macAddress());
    Optional<String> file = netboot.ipxeBinary().or(() -> tableFile(client, settings));
    return choose(
        client,
        mac,
        file,
        () -> netboot.ipxeScriptUrl().map(URI::toString).or(() -> settings.scriptUrl(mac)),
        settings);
  }

  /**
   * Decides for a client of a proxy. A script that the record names is not handed out: the script
   * server sends the machine there.
   */
  static BootFileChoice forProxy(
      PxeClient client, MacAddress mac, Optional<Netboot> netboot, NetbootSettings settings) {
    Optional<String> table = tableFile(client, settings);
    Optional<String> file =
        settings.referenceParity() && table.isEmpty()
            ? table
            : netboot.flatMap(Netboot::ipxeBinary).or(() -> table);
    return choose(client, mac, file, () -> settings.scriptUrl(mac), settings);
  }

  private static Optional<String> tableFile(PxeClient client, NetbootSettings settings) {
    return settings.binaries().file(client.architecture(settings));
  }

  private static BootFileChoice choose(
      PxeClient client,
      MacAddress mac,
      Optional<String> file,
      Supplier<Optional<String>> scriptUrl,
      NetbootSettings settings) {
    Inet4Address nextServer = settings.nextServer(client.type());
    boolean mayWantScript = client.isIpxe() || settings.isScriptUserClass(client);
    if (mayWantScript && (file.isPresent() || !settings.referenceParity())) {
      String script = scriptUrl.get().orElse(NO_SCRIPT);
      Optional<String> why = whyScript(client, file, script, settings);
      if (why.isPresent()) {
        return new BootFileChoice(Kind.SCRIPT, script, nextServer, why.get());
      }
    }
    return file.map(name -> binary(client, mac, name, nextServer, settings))
        .orElseGet(() -> noBinary(client, settings));
  }

  /** Returns why the client is given the script, or empty if it is not. */
  private static Optional<String> whyScript(
      PxeClient client, Optional<String> file, String script, NetbootSettings settings) {
    if (settings.isScriptUserClass(client)) {
      return Optional.of("client's user class is " + client.userClass().orElse(""));
    }
    if (!client.isIpxe()) {
      return Optional.empty();
    }
    return switch (settings.chainload()) {
      case ALWAYS -> Optional.empty();
      case NEVER -> Optional.of("client is iPXE, and chainloading is off");
      case AUTO -> whyScriptAtOnce(client, file, script, settings);
    };
  }

  private static Optional<String> whyScriptAtOnce(
      PxeClient client, Optional<String> file, String script, NetbootSettings settings) {
    if (!canFetch(client, script)) {
      return Optional.empty();
    }
    if (file.isEmpty()) {
      return Optional.of("client is iPXE with HTTP, and there is no file for its architecture");
    }
    String name = file.get();
    return breaksLoop(name, settings)
        ? Optional.empty()
        : Optional.of("client is iPXE with HTTP, and " + name + " does not set the user class");
  }

  private static boolean breaksLoop(String name, NetbootSettings settings) {
    return settings.bootFiles().breaksLoop(name.substring(name.lastIndexOf('/') + 1));
  }

  /**
   * Tells whether an iPXE can fetch the script. One without TLS is sent to an {@code https} URL all
   * the same: it says what is wrong, while another binary without TLS would only loop.
   */
  private static boolean canFetch(PxeClient client, String script) {
    return !script.regionMatches(true, 0, "http", 0, "http".length())
        || client.ipxe().map(features -> features.http() || features.https()).orElse(false);
  }

  private static BootFileChoice binary(
      PxeClient client,
      MacAddress mac,
      String name,
      Inet4Address nextServer,
      NetbootSettings settings) {
    if (client.type() == ClientType.HTTP) {
      return new BootFileChoice(
          Kind.BINARY, settings.httpBinaryUrl(mac, name), nextServer, "client is UEFI HTTP boot");
    }
    if (client.hasUserClass(PxeClient.IPXE) || (client.isIpxe() && !settings.referenceParity())) {
      return new BootFileChoice(
          Kind.BINARY, settings.tftpBinaryUrl(mac, name), nextServer, whyBinary(name, settings));
    }
    return new BootFileChoice(Kind.BINARY, name, nextServer, "client is PXE firmware");
  }

  private static String whyBinary(String name, NetbootSettings settings) {
    if (settings.chainload() == Chainload.ALWAYS) {
      return "client is iPXE, which is always chainloaded";
    }
    return breaksLoop(name, settings)
        ? "client is iPXE, and " + name + " sets the user class"
        : "client is iPXE without HTTP";
  }

  private static BootFileChoice noBinary(PxeClient client, NetbootSettings settings) {
    if (client.architecturesMalformed()) {
      String why = "option 93 is malformed";
      return settings.referenceParity() ? refused(why) : nothing(Ipv4.ANY, why);
    }
    if (client.claimsRaspberryPi()) {
      return refused("architecture 41 counts only from the MAC address of a Raspberry Pi");
    }
    String why = "no boot file for architecture " + client.architectureText();
    return settings.referenceParity() ? refused(why) : nothing(Ipv4.ANY, why);
  }

  private static BootFileChoice refused(String why) {
    return new BootFileChoice(Kind.REFUSED, NOT_ALLOWED, Ipv4.ANY, why);
  }

  private static BootFileChoice nothing(Inet4Address nextServer, String why) {
    return new BootFileChoice(Kind.NONE, "", nextServer, Objects.requireNonNull(why));
  }
}
