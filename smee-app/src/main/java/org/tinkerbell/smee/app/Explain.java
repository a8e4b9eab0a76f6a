// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.HardwareRecord;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.Netboot;
import org.tinkerbell.smee.dhcp.Arrival;
import org.tinkerbell.smee.dhcp.DhcpExchange;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpMessage;
import org.tinkerbell.smee.dhcp.DhcpMessageType;
import org.tinkerbell.smee.dhcp.DhcpOptions;
import org.tinkerbell.smee.dhcp.DhcpResult;
import org.tinkerbell.smee.dhcp.SubOptions;
import org.tinkerbell.smee.dhcp.UserClass;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpRequest;
import org.tinkerbell.smee.http.HttpResponse;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;
import org.tinkerbell.smee.http.ipxe.ScriptDecision;

/**
 * Says what a machine would be told, and why, without a packet: its record, the reply to each kind
 * of client, the boot files that are named, and the script. What decides is what serves.
 */
final class Explain {
  private static final int WAIT_SECONDS = 10;

  /** Option 175 as every iPXE of today sends it, as far as it matters: sub-option 19, HTTP. */
  private static final SubOptions IPXE_WITH_HTTP =
      SubOptions.builder().set(SubOptions.Ipxe.HTTP, 1).build();

  /** A kind of client, as its DHCP packets show it. */
  private enum Client {
    BIOS("BIOS firmware", 0, false, ""),
    UEFI("x86-64 UEFI firmware", 7, false, ""),
    UEFI_HTTP("x86-64 UEFI HTTP boot", 16, true, ""),
    ARM64("ARM64 UEFI firmware", 11, false, ""),
    STOCK("stock iPXE", 7, false, "iPXE"),
    TINKERBELL("iPXE with Smee's script", 7, false, "Tinkerbell");

    private final String label;
    private final int architecture;
    private final boolean http;
    private final String userClass;

    Client(String label, int architecture, boolean http, String userClass) {
      this.label = label;
      this.architecture = architecture;
      this.http = http;
      this.userClass = userClass;
    }

    DhcpMessage discover(MacAddress mac) {
      DhcpMessage.Builder message =
          DhcpMessage.builder()
              .xid(1)
              .broadcast(true)
              .hardwareAddress(mac)
              .set(DhcpOptions.MESSAGE_TYPE, DhcpMessageType.DISCOVER)
              .set(
                  DhcpOptions.VENDOR_CLASS,
                  (http ? "HTTPClient" : "PXEClient")
                      + ":Arch:"
                      + String.valueOf(100_000 + architecture).substring(1)
                      + ":UNDI:003001")
              .set(DhcpOptions.CLIENT_ARCHITECTURE, List.of(architecture))
              .set(DhcpOptions.CLIENT_NDI, new byte[] {1, 3, 1})
              .set(DhcpOptions.CLIENT_MACHINE_ID, new byte[17]);
      if (!userClass.isEmpty()) {
        message
            .set(DhcpOptions.USER_CLASS, UserClass.bare(userClass))
            .set(DhcpOptions.IPXE_ENCAPSULATED, IPXE_WITH_HTTP);
      }
      return message.build();
    }
  }

  private final Config config;
  private final Backend records;
  private final BootFileCatalog catalog;
  private final List<String> lines = new ArrayList<>();

  private Explain(Config config, Backend records, BootFileCatalog catalog) {
    this.config = config;
    this.records = records;
    this.catalog = catalog;
  }

  /** Returns the explanation, as lines for a person. */
  static List<String> machine(
      Config config, Backend records, BootFileCatalog catalog, MacAddress mac) {
    Explain explain = new Explain(config, records, catalog);
    explain.record(mac);
    explain.dhcp(mac);
    explain.script(mac);
    return explain.lines;
  }

  private void line(String what, String text) {
    lines.add(String.format(java.util.Locale.ROOT, "%-27s %s", what, text));
  }

  private void record(MacAddress mac) {
    Optional<LookupResult> found = wait(records.findByMac(mac));
    if (found.isEmpty()) {
      line("hardware record", "the look-up did not end within " + WAIT_SECONDS + " s");
    } else if (found.get() instanceof LookupResult.Found hit) {
      line("hardware record", describe(hit.hardware()));
    } else if (found.get() instanceof LookupResult.NotFound) {
      line("hardware record", "none for " + mac + "; " + records.status().detail());
    } else {
      line("hardware record", found.get().toString());
    }
  }

  private static String describe(HardwareRecord hardware) {
    String address =
        hardware.reservation().ipAddress().map(InetAddress::getHostAddress).orElse("no address");
    Optional<Netboot> netboot = hardware.netboot();
    String boot =
        netboot.isEmpty()
            ? "no netboot part"
            : netboot.get().allowed() ? "netboot allowed" : "netboot not allowed";
    return address
        + hardware.reservation().hostname().map(name -> ", " + name).orElse("")
        + ", "
        + boot
        + (hardware.reservation().disabled() ? ", DHCP disabled" : "");
  }

  private void dhcp(MacAddress mac) {
    if (config.dhcp().isEmpty()) {
      line("DHCP", "switched off");
      return;
    }
    Config.Dhcp dhcp = config.dhcp().get();
    line("DHCP mode", dhcp.mode().toString());
    for (Client client : Client.values()) {
      String[] why = {""};
      DhcpHandler handler =
          DhcpService.decisions(
              dhcp, records, catalog, (exchange, asked, choice) -> why[0] = choice.why());
      DhcpExchange exchange = DhcpExchange.of(client.discover(mac), arrival(dhcp.packetIp()));
      String text =
          wait(handler.handle(exchange))
              .map(result -> describe(result, why[0]))
              .orElse("no answer");
      line("  " + client.label, text);
    }
  }

  private static Arrival arrival(Inet4Address server) {
    return new Arrival(
        "explain",
        Optional.empty(),
        Optional.of(server),
        new InetSocketAddress(server, 67),
        new InetSocketAddress("0.0.0.0", 68),
        Instant.EPOCH);
  }

  private String describe(DhcpResult result, String why) {
    if (result instanceof DhcpResult.Ignore ignore) {
      return "silence: "
          + ignore.reason().token()
          + (ignore.detail().isEmpty() ? "" : ", " + ignore.detail());
    }
    DhcpMessage reply = ((DhcpResult.Reply) result).message();
    String file =
        reply.file().isEmpty() ? reply.get(DhcpOptions.BOOT_FILE_NAME).orElse("") : reply.file();
    String type = reply.messageType().map(DhcpMessageType::toString).orElse("reply");
    String address =
        reply.yiaddr().isAnyLocalAddress() ? "" : " " + reply.yiaddr().getHostAddress();
    String boot = file.isEmpty() ? "nothing to boot" : file + missing(file);
    return type + address + ", " + boot + (why.isEmpty() ? "" : " (" + why + ")");
  }

  /** Says so when a binary of ours is named that is not there. */
  private String missing(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return catalog.missing().contains(name)
        ? " [no such file in " + catalog.description() + "]"
        : "";
  }

  private void script(MacAddress mac) {
    if (!config.http().scripts()) {
      line("script", "switched off");
      return;
    }
    HttpHandler handler = Smee.scripts(config.script(), records);
    HttpRequest request = HttpRequest.builder("GET", "/" + mac + "/auto.ipxe").build();
    Optional<HttpResponse> response = wait(handler.handle(request));
    Optional<ScriptDecision> decision =
        response.flatMap(r -> r.attribute(IpxeScriptHandler.DECISION));
    if (response.isEmpty() || decision.isEmpty()) {
      line("script", "no answer");
      return;
    }
    String detail = decision.get().detail();
    line(
        "script",
        "status "
            + response.get().status()
            + ", "
            + decision.get().reason().token()
            + (detail.isEmpty() ? "" : ": " + detail)
            + (decision.get() instanceof ScriptDecision.Served served
                ? ", the " + served.kind().token() + " script"
                : ""));
  }

  private static <T> Optional<T> wait(CompletionStage<T> stage) {
    try {
      return Optional.of(stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }
}
