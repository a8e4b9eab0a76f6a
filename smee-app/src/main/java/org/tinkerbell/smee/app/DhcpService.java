// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.dhcp.DhcpHandler;
import org.tinkerbell.smee.dhcp.DhcpListener;
import org.tinkerbell.smee.dhcp.DhcpObserver;
import org.tinkerbell.smee.dhcp.DhcpServer;
import org.tinkerbell.smee.dhcp.EncodeOptions;
import org.tinkerbell.smee.dhcp.netboot.BootBinaries;
import org.tinkerbell.smee.dhcp.netboot.BootFileListener;
import org.tinkerbell.smee.dhcp.netboot.NetbootSettings;
import org.tinkerbell.smee.dhcp.netboot.ProxyHandler;
import org.tinkerbell.smee.dhcp.netboot.ProxyPolicy;
import org.tinkerbell.smee.dhcp.netboot.ReservationHandler;

/** DHCP in the chosen mode, and in the proxy modes the port that PXE clients ask beside it. */
final class DhcpService implements AutoCloseable {

  /**
   * Where PXE clients ask a proxy that they know already (PXE 2.1 §2.2.5). What the proxy offers
   * saves them that, but some ask all the same.
   */
  private static final int BOOT_SERVER_PORT = 4011;

  private final DhcpServer server;
  private final Optional<DhcpServer> bootServer;

  private DhcpService(DhcpServer server, Optional<DhcpServer> bootServer) {
    this.server = server;
    this.bootServer = bootServer;
  }

  static DhcpService of(
      Config.Dhcp config,
      Backend records,
      BootFileCatalog catalog,
      Metrics metrics,
      Traces traces,
      Complaints complaints) {
    DhcpLog log = new DhcpLog(complaints);
    DhcpObserver observer = DhcpObservers.of(traces.dhcpObserver(), metrics.dhcp(), log);
    DhcpHandler handler =
        traces.dhcp(
            handler(
                config.mode(),
                traces.dhcpLookups(metrics.forDhcp(traces.lookups(records))),
                settings(config, catalog),
                traces,
                log));
    int port = config.listen().getPort();
    boolean second =
        config.mode() != Config.DhcpMode.RESERVATION
            && config.bootServer()
            && port != BOOT_SERVER_PORT;
    return new DhcpService(
        server(config, port, handler, observer),
        second
            ? Optional.of(server(config, BOOT_SERVER_PORT, handler, observer))
            : Optional.empty());
  }

  /**
   * Returns what decides, without sockets, logs and traces.
   *
   * @param listener is told what a machine is given to boot
   */
  static DhcpHandler decisions(
      Config.Dhcp config, Backend records, BootFileCatalog catalog, BootFileListener listener) {
    return handler(config.mode(), records, settings(config, catalog), Traces.off(), listener);
  }

  private static DhcpServer server(
      Config.Dhcp config, int port, DhcpHandler handler, DhcpObserver observer) {
    DhcpServer.Builder server =
        DhcpServer.builder().listen(listener(config, port)).handler(handler).observer(observer);
    if (config.netboot().parity()) {
      server.replyLayout(request -> EncodeOptions.standard());
    }
    return server.build();
  }

  private static NetbootSettings settings(Config.Dhcp config, BootFileCatalog catalog) {
    NetbootSettings.Builder settings =
        NetbootSettings.builder(config.packetIp())
            .tftpAddress(config.tftp())
            .binaryBaseUrl(config.binaryBase())
            .scriptBaseUrl(config.scriptBase())
            .prependMac(config.prependMac())
            .chainload(config.chainload())
            .bootFiles(catalog::breaksLoop)
            .netbootOptions(config.netboot().options())
            .binaries(config.netboot().parity() ? BootBinaries.STANDALONE : BootBinaries.DEFAULT)
            .architectureOverrides(config.netboot().binaries())
            .vlanOption(config.netboot().vlan())
            .strictPxe(config.netboot().strictPxe())
            .referenceParity(config.netboot().parity());
    config
        .netboot()
        .macFormat()
        .ifPresentOrElse(settings::binaryMacFormat, settings::noMacInBinaryUrls);
    config.syslogIp().ifPresent(settings::syslogIp);
    return settings.build();
  }

  private static DhcpHandler handler(
      Config.DhcpMode mode,
      Backend records,
      NetbootSettings settings,
      Traces traces,
      BootFileListener log) {
    return switch (mode) {
      case RESERVATION ->
          ReservationHandler.builder(records, settings)
              .trace(traces::handedOn)
              .listener(log)
              .build();
      case PROXY ->
          ProxyHandler.builder(records, settings).policy(ProxyPolicy.KNOWN).listener(log).build();
      case AUTO_PROXY ->
          ProxyHandler.builder(records, settings)
              .policy(ProxyPolicy.EVERYONE_ALIKE)
              .listener(log)
              .build();
    };
  }

  private static DhcpListener listener(Config.Dhcp config, int port) {
    if (config.iface().isPresent()) {
      return DhcpListener.onInterface(config.iface().get(), port);
    }
    InetAddress address = config.listen().getAddress();
    return address.isAnyLocalAddress()
        ? DhcpListener.everyInterface(port)
        : DhcpListener.onAddress(new InetSocketAddress(address, port));
  }

  /**
   * Binds the sockets. The log says where it listens, each time an interface comes or goes.
   *
   * @return fails with a text for the user if DHCP itself cannot be had; a taken port 4011 is only
   *     warned of
   */
  CompletionStage<?> start() {
    CompletionStage<?> started = server.start();
    if (bootServer.isPresent()) {
      DhcpServer second = bootServer.get();
      started =
          started.thenCompose(done -> second.start().handle((ignored, failure) -> warnOf(failure)));
    }
    return started;
  }

  /** Most machines boot without it, so it does not keep the others from booting. */
  private static boolean warnOf(@Nullable Throwable failure) {
    if (failure != null) {
      Logging.logger("dhcp")
          .atWarn()
          .addKeyValue("error", String.valueOf(failure.getMessage()))
          .log("PXE clients that ask at port 4011 get no answer");
    }
    return failure == null;
  }

  @Override
  public void close() {
    bootServer.ifPresent(DhcpServer::close);
    server.close();
  }
}
