// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import ch.qos.logback.classic.Level;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.BackendProvider;
import org.tinkerbell.smee.http.ipxe.EmbeddedScript;

/**
 * The program.
 *
 * <p>Exit status: 0 after a stop that was asked for, 1 if a server cannot start, 2 if the flags,
 * the environment or the hardware data cannot be used.
 */
public final class Main {
  private static final int OK = 0;
  private static final int CANNOT_START = 1;
  private static final int BAD_CONFIGURATION = 2;

  /** Longer than any part may take to close. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** How long an explanation waits for the hardware records. */
  private static final Duration READY_LIMIT = Duration.ofSeconds(10);

  private final PrintStream out;
  private final PrintStream err;

  private Main(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs Smee until it is told to stop.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    int status = new Main(out, err).run(List.of(arguments), System.getenv());
    // Not System.exit: a shutdown hook may be waiting for this thread already.
    Runtime.getRuntime().halt(status);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  private int run(List<String> arguments, Map<String, String> environment) {
    if (!arguments.isEmpty() && arguments.get(0).equals("print")) {
      return print(arguments.subList(1, arguments.size()));
    }
    if (!arguments.isEmpty() && arguments.get(0).equals("explain")) {
      return explain(arguments.subList(1, arguments.size()), environment);
    }
    return run(arguments, environment, Optional.empty());
  }

  /** Says what a machine would be told, and why. */
  private int explain(List<String> arguments, Map<String, String> environment) {
    Optional<MacAddress> mac =
        arguments.isEmpty() ? Optional.empty() : MacAddress.tryParse(arguments.get(0));
    if (mac.isEmpty()) {
      return fail(
          BAD_CONFIGURATION,
          "explain: give the machine's MAC address, then the flags that Smee runs with:"
              + " smee explain 02:00:00:00:00:01 -backend-file-path=FILE");
    }
    return run(arguments.subList(1, arguments.size()), environment, mac);
  }

  private int run(
      List<String> arguments, Map<String, String> environment, Optional<MacAddress> explain) {
    List<BackendProvider> providers;
    try {
      providers = providers();
    } catch (ServiceConfigurationError e) {
      return fail(CANNOT_START, "a backend on the class path cannot be used: " + e.getMessage());
    }
    Optional<PublicAddress> address = PublicAddress.of(arguments, environment);
    String publicIp = address.map(a -> a.address().getHostAddress()).orElse("");
    FlagTable table = FlagTable.of(publicIp, providers);
    FlagParser parser = new FlagParser(table);
    FlagValues flags = parser.parse(arguments, environment);
    if (parser.help()) {
      out.print(Usage.of(table));
      return OK;
    }
    if (parser.version()) {
      BuildInfo build = BuildInfo.load();
      out.println("smee " + build.version() + " (revision " + build.revision() + ")");
      return OK;
    }
    ConfigReader reader = new ConfigReader(flags, providers);
    Config config = reader.read();
    Optional<Level> level = Logging.level(flags.text("log-level"));
    Optional<Logging.Format> format = Logging.format(flags.text("log-format"));
    List<String> problems = new ArrayList<>(parser.problems());
    problems.addAll(reader.problems());
    if (level.isEmpty()) {
      problems.add(flags.origin("log-level") + ": give debug, info, warn or error");
    }
    if (format.isEmpty()) {
      problems.add(flags.origin("log-format") + ": give auto, json or text");
    }
    List<String> warnings = new ArrayList<>(parser.warnings());
    warnings.addAll(reader.warnings());
    if (!problems.isEmpty()) {
      backendProblem(config).ifPresent(problems::add);
      problems.forEach(problem -> fail(BAD_CONFIGURATION, problem));
      // A misspelt variable may well be why.
      warnings.forEach(warning -> fail(BAD_CONFIGURATION, "warning: " + warning));
      return BAD_CONFIGURATION;
    }
    if (parser.check()) {
      return check(config, warnings);
    }
    if (explain.isPresent()) {
      return explain(config, explain.get());
    }
    Logging.configure(level.orElse(Level.INFO), format.orElse(Logging.Format.AUTO));
    Logger log = Logging.logger("smee");
    BuildInfo build = BuildInfo.load();
    log.atInfo()
        .addKeyValue("version", build.version())
        .addKeyValue("revision", build.revision())
        .log("starting");
    address.ifPresent(
        a ->
            log.atInfo()
                .addKeyValue("address", publicIp)
                .addKeyValue("chosenBy", a.reason())
                .log("detected the address that machines are told to use"));
    warnings.forEach(log::warn);
    return serve(config, log);
  }

  /** Returns what is wrong with the hardware records, so that it is told with all other faults. */
  private static Optional<String> backendProblem(Config config) {
    // A backend by default is no wish of the user's, and may not be what is meant in the end.
    Optional<Config.BackendChoice> choice = config.backend().filter(c -> !c.byDefault());
    if (choice.isEmpty()) {
      return Optional.empty();
    }
    BackendProvider provider = choice.get().provider();
    try {
      provider.create(choice.get().settings(), BackendObserver.NONE).close();
      return Optional.empty();
    } catch (BackendException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Loads what would be served and says so, but opens no socket. */
  private int check(Config config, List<String> warnings) {
    warnings.forEach(warning -> fail(OK, "warning: " + warning));
    // What is odd in the records is said by their backend, as when serving.
    Logging.configure(Level.WARN, Logging.Format.TEXT);
    try {
      Smee.create(config).close();
      Logging.stop();
      out.println("smee: the configuration can be used");
      return OK;
    } catch (OtelTraces.BadSettingsException | BackendException e) {
      return fail(BAD_CONFIGURATION, String.valueOf(e.getMessage()));
    }
  }

  private int explain(Config config, MacAddress mac) {
    Logging.configure(Level.WARN, Logging.Format.TEXT);
    try (Backend records =
        config
            .backend()
            .map(choice -> choice.provider().create(choice.settings(), new BackendLog()))
            .orElse(Backend.none())) {
      awaitReady(records);
      BootFileCatalog catalog = BootFileCatalog.load(config.ipxeDir(), config.ipxePatch());
      Explain.machine(config, records, catalog, mac).forEach(out::println);
      return OK;
    } catch (BackendException e) {
      return fail(BAD_CONFIGURATION, String.valueOf(e.getMessage()));
    }
  }

  /** A cluster needs a moment to answer; what it has not said by then, the explanation shows. */
  private static void awaitReady(Backend records) {
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    try {
      while (!records.status().ready() && System.nanoTime() < end) {
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int serve(Config config, Logger log) {
    CountDownLatch stop = new CountDownLatch(1);
    if (!Signals.handle(stop::countDown, () -> Runtime.getRuntime().halt(OK))) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitEnd(stop), "smee-stop"));
    }
    Smee smee;
    try {
      smee = Smee.create(config);
    } catch (OtelTraces.BadSettingsException e) {
      Logging.stop();
      return fail(BAD_CONFIGURATION, String.valueOf(e.getMessage()));
    } catch (BackendException e) {
      Logging.stop();
      boolean byDefault = config.backend().map(Config.BackendChoice::byDefault).orElse(false);
      return fail(
          BAD_CONFIGURATION,
          e.getMessage()
              + (byDefault ? "; or use a hardware file with -backend-file-path=FILE" : ""));
    }
    try {
      smee.start().toCompletableFuture().get();
    } catch (ExecutionException e) {
      smee.close();
      Logging.stop();
      return fail(CANNOT_START, reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info("smee is ready");
    try {
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info("smee is shutting down");
    smee.close();
    Logging.stop();
    return OK;
  }

  /**
   * Runs when a signal came that is not handled by ourselves: the virtual machine lives as long as
   * its hooks do.
   */
  private static void awaitEnd(CountDownLatch stop) {
    stop.countDown();
    try {
      // The main thread closes everything and then halts the process, which ends this wait.
      Thread.sleep(STOP_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the innermost text that was written for the user. */
  private static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private int print(List<String> what) {
    if (what.equals(List.of("ipxe-script"))) {
      out.print(EmbeddedScript.text());
      return OK;
    }
    return fail(
        BAD_CONFIGURATION,
        "print: " + String.join(" ", what) + " is unknown; there is: smee print ipxe-script");
  }

  private int fail(int status, String problem) {
    err.println("smee: " + problem);
    return status;
  }

  private static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(BackendProvider::name))
        .toList();
  }
}
