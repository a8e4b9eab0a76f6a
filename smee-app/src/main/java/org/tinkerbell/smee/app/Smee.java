// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.http.HttpHandler;
import org.tinkerbell.smee.http.HttpObserver;
import org.tinkerbell.smee.http.HttpRouter;
import org.tinkerbell.smee.http.HttpServer;
import org.tinkerbell.smee.http.TrustedProxies;
import org.tinkerbell.smee.http.ipxe.AutoexecScript;
import org.tinkerbell.smee.http.ipxe.IpxeScriptHandler;
import org.tinkerbell.smee.http.ipxe.IpxeScriptSettings;
import org.tinkerbell.smee.http.iso.IsoHandler;
import org.tinkerbell.smee.syslog.SyslogServer;
import org.tinkerbell.smee.tftp.TftpPortMode;
import org.tinkerbell.smee.tftp.TftpServer;

/**
 * Builds the servers from the configuration, starts them in the order syslog, TFTP, HTTP, DHCP (a
 * machine is told where to come to only when there is something to come to), and stops them in the
 * other direction.
 */
final class Smee implements AutoCloseable {

  /** How long downloads may go on after Smee was told to stop. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** Longer than a source of ISOs may take to be reached and to answer. */
  private static final Duration HANDLER_LIMIT = Duration.ofSeconds(60);

  /** How often the same complaint about the same machine is made. */
  private static final Duration COMPLAINT_INTERVAL = Duration.ofMinutes(5);

  private final Optional<Backend> backend;
  private final Optional<SyslogServer> syslog;
  private final Optional<TftpServer> tftp;
  private final HttpServer http;
  private final Optional<IsoHandler> iso;
  private final Optional<DhcpService> dhcp;
  private final Readiness readiness;
  private final MetricsHandler metricsHandler;
  private final Traces traces;

  private Smee(
      Optional<Backend> backend,
      Optional<SyslogServer> syslog,
      Optional<TftpServer> tftp,
      HttpServer http,
      Optional<IsoHandler> iso,
      Optional<DhcpService> dhcp,
      Readiness readiness,
      MetricsHandler metricsHandler,
      Traces traces) {
    this.backend = backend;
    this.syslog = syslog;
    this.tftp = tftp;
    this.http = http;
    this.iso = iso;
    this.dhcp = dhcp;
    this.readiness = readiness;
    this.metricsHandler = metricsHandler;
    this.traces = traces;
  }

  /**
   * Makes everything and loads the hardware records, but binds no socket.
   *
   * @throws org.tinkerbell.smee.backend.spi.BackendException if the records cannot be had
   */
  static Smee create(Config config) {
    Complaints complaints = new Complaints(COMPLAINT_INTERVAL, System::nanoTime);
    Metrics metrics =
        new Metrics(
                config.dhcp().map(part -> part.mode().toString()).orElse("off"), System::nanoTime)
            .withProcess();
    BackendObserver observer = BackendObservers.of(metrics.backend(), new BackendLog());
    Optional<Backend> backend =
        config.backend().map(choice -> choice.provider().create(choice.settings(), observer));
    Backend records = backend.orElse(Backend.none());
    metrics.backend().staleness(records::status);
    BootFileCatalog catalog = BootFileCatalog.load(config.ipxeDir(), config.ipxePatch());
    if (config.tftp().isPresent() || config.http().binaries() || config.dhcp().isPresent()) {
      BootFileReport.log(catalog, config.ipxePatch());
    }
    AutoexecScript autoexec =
        AutoexecScript.of(config.script().base(), config.script().prependMac());
    Traces traces = traces(config, complaints);
    BootFileHandlers bootFiles = new BootFileHandlers(catalog, autoexec);
    Readiness readiness = new Readiness(records::status);
    MetricsHandler metricsHandler = new MetricsHandler(metrics::text);
    HttpRouter.Builder router =
        HttpRouter.builder()
            .get("/healthcheck", HealthHandler.of(BuildInfo.load()))
            .get("/healthz", HealthHandler.alive())
            .get("/livez", HealthHandler.alive())
            .get("/readyz", readiness.handler())
            .get("/metrics", metricsHandler)
            // Where today's Tinkerbell has parts of it.
            .get("/smee/metrics", metricsHandler)
            .get("/http/metrics", metricsHandler)
            .get(
                "**/" + BootFileHandlers.AUTOEXEC,
                traces.route("**/" + BootFileHandlers.AUTOEXEC, bootFiles.httpAutoexec()));
    if (config.http().scripts()) {
      HttpHandler scripts =
          metrics.countingScripts(
              traces.scripts(
                  scripts(config.script(), metrics.forScripts(traces.lookups(records)))));
      // Today's Smee has its scripts here; without this the binaries' folder would answer.
      router
          .get("/ipxe/script/**", traces.route("/ipxe/script/**", scripts))
          .otherwise(traces.route("/", scripts));
      if (config.http().pxe().filter(pxe -> pxe.prefix().equals("/")).isPresent()) {
        // Else the files, which then are everywhere, would take the place of the scripts.
        router.get("**/auto.ipxe", traces.route("**/auto.ipxe", scripts));
      }
    }
    if (config.http().binaries()) {
      router.get("/ipxe/**", traces.route("/ipxe/**", traces.bootFiles(bootFiles.http())));
    }
    if (config.http().pxe().isPresent()) {
      Config.PxeHttp pxe = config.http().pxe().get();
      HttpHandler files =
          new PxeHttpFiles(metrics.forScripts(traces.lookups(records)), pxe.assetDir());
      router.get(pxe.prefix() + "**", traces.route(pxe.prefix() + "**", files));
    }
    List<HttpObserver> httpObservers = new ArrayList<>();
    httpObservers.add(traces.httpObserver());
    httpObservers.add(metrics.http());
    httpObservers.add(new HttpLog(complaints));
    Optional<IsoHandler> iso = Optional.empty();
    if (config.iso().isPresent()) {
      IsoReport report = metrics.iso(complaints);
      httpObservers.add(report);
      iso =
          Optional.of(
              iso(
                  config.iso().get(),
                  config.script(),
                  metrics.forScripts(traces.lookups(records)),
                  report));
      router.get("/iso/**", traces.route("/iso/**", iso.get()));
    }
    return new Smee(
        backend,
        config.syslog().map(part -> syslog(part, metrics.forSyslog(records), metrics, complaints)),
        config
            .tftp()
            .map(part -> tftp(part, records, catalog, bootFiles, metrics, traces, complaints)),
        http(config.http(), traces.http(router.build()), new HttpObservers(httpObservers)),
        iso,
        config
            .dhcp()
            .map(part -> DhcpService.of(part, records, catalog, metrics, traces, complaints)),
        readiness,
        metricsHandler,
        traces);
  }

  /** What is not switched on is not loaded. */
  private static Traces traces(Config config, Complaints complaints) {
    Optional<Config.Otel> otel = config.otel();
    return otel.isPresent() ? OtelTraces.start(config, otel.get(), complaints) : Traces.off();
  }

  private static SyslogServer syslog(
      Config.Syslog config, Backend records, Metrics metrics, Complaints complaints) {
    Optional<SyslogLines> lines =
        Logging.writesJson()
            ? Optional.of(new SyslogLines(Stdout.INSTANCE::writeLines, ZoneId.systemDefault()))
            : Optional.empty();
    SyslogLog log = new SyslogLog(complaints, new Machines(records, System::nanoTime), lines);
    SyslogServer.Builder builder =
        SyslogServer.builder()
            .udp(config.listen())
            .handler(metrics.syslog().counting(log))
            .observer(SyslogObservers.of(metrics.syslog(), log));
    if (config.tcp()) {
      builder.tcp(config.listen());
    }
    return builder.build();
  }

  private static TftpServer tftp(
      Config.Tftp config,
      Backend records,
      BootFileCatalog catalog,
      BootFileHandlers bootFiles,
      Metrics metrics,
      Traces traces,
      Complaints complaints) {
    HardwareFiles others =
        new HardwareFiles(metrics.forTftp(traces.lookups(records)), config.assetDir());
    TftpServer.Builder builder =
        TftpServer.builder()
            .bind(config.listen())
            .mode(config.singlePort() ? TftpPortMode.SINGLE_PORT : TftpPortMode.PORT_PER_TRANSFER)
            .timeout(config.timeout())
            .handler(bootFiles.tftp(others))
            .observer(
                TftpObservers.of(
                    traces.tftpObserver(), metrics.tftp(), new TftpLog(catalog, complaints)));
    OptionalInt maxBlockSize = config.maxBlockSize();
    if (maxBlockSize.isPresent()) {
      builder.maxBlockSize(maxBlockSize.getAsInt());
    }
    return builder.build();
  }

  private static HttpServer http(Config.Http config, HttpHandler handler, HttpObserver observer) {
    HttpServer.Builder builder =
        HttpServer.builder()
            .bind(config.listen())
            .handler(handler)
            .trustedProxies(TrustedProxies.parse(config.trustedProxies()))
            .handlerTimeout(HANDLER_LIMIT)
            .observer(observer);
    config
        .https()
        .ifPresent(
            https -> builder.bindTls(https.listen()).certificate(https.certificate(), https.key()));
    return builder.build();
  }

  /** Returns what decides about scripts and writes them. */
  static IpxeScriptHandler scripts(Config.Script config, Backend records) {
    return IpxeScriptHandler.of(records, settings(config));
  }

  private static IsoHandler iso(
      Config.Iso config, Config.Script script, Backend records, IsoReport report) {
    IsoHandler.Builder builder =
        IsoHandler.builder(records, settings(script))
            .source(config.source())
            .staticIpam(config.staticIpam())
            .observer(report);
    if (!config.magicString().isEmpty()) {
      builder.magicString(config.magicString());
    }
    return builder.build();
  }

  private static IpxeScriptSettings settings(Config.Script config) {
    return IpxeScriptSettings.builder()
        .osieUrl(config.osieUrl())
        .extraKernelArgs(config.extraKernelArgs())
        .syslogHost(config.syslogHost())
        .tinkServer(config.tinkServer())
        .tinkServerTls(config.tinkServerTls())
        .tinkServerInsecureTls(config.tinkServerInsecureTls())
        .retries(config.retries())
        .retryDelay(Duration.ofSeconds(config.retryDelaySeconds()))
        .staticScripts(config.staticScripts())
        .build();
  }

  /**
   * Binds every socket.
   *
   * @return completes when all servers listen; fails with a text for the user
   */
  CompletionStage<Void> start() {
    List<Supplier<CompletionStage<?>>> steps = new ArrayList<>();
    syslog.ifPresent(server -> steps.add(() -> server.start().thenRun(this::syslogListens)));
    tftp.ifPresent(server -> steps.add(() -> server.start().thenRun(this::tftpListens)));
    steps.add(() -> http.start().thenRun(this::httpListens));
    // DHCP says itself where it listens, since that changes as interfaces come and go.
    dhcp.ifPresent(server -> steps.add(server::start));
    CompletionStage<?> started = CompletableFuture.completedStage(null);
    for (Supplier<CompletionStage<?>> step : steps) {
      started = started.thenCompose(ignored -> step.get());
    }
    return started.thenRun(readiness::listening);
  }

  /** UDP is the first address of the server, TCP the second if it is wanted. */
  private void syslogListens() {
    syslog.ifPresent(
        server -> {
          List<InetSocketAddress> bound = server.boundAddresses();
          listens("syslog", bound.subList(0, 1));
          listens("syslog over TCP", bound.subList(1, bound.size()));
        });
  }

  private void tftpListens() {
    tftp.ifPresent(server -> listens("TFTP", server.boundAddresses()));
  }

  private void httpListens() {
    listens("HTTP", http.boundAddresses());
    listens("HTTPS", http.boundTlsAddresses());
  }

  private static void listens(String protocol, List<InetSocketAddress> addresses) {
    for (InetSocketAddress address : addresses) {
      Logging.logger("smee")
          .atInfo()
          .addKeyValue("address", Text.of(address))
          .log("listening for " + protocol);
    }
  }

  /** Stops answering, lets downloads go on for a while, and frees everything. */
  @Override
  public void close() {
    readiness.stopping();
    dhcp.ifPresent(DhcpService::close);
    CompletableFuture<?> httpStopped = http.stop(GRACE).toCompletableFuture();
    tftp.ifPresent(server -> server.close(GRACE));
    httpStopped.join();
    iso.ifPresent(IsoHandler::close);
    metricsHandler.close();
    syslog.ifPresent(SyslogServer::close);
    backend.ifPresent(Backend::close);
    traces.close();
  }
}
