// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Sets up the log: one line an event on standard output, written by a thread of its own. */
final class Logging {

  /** The ways a line can look. */
  enum Format {
    /** Text on a terminal, JSON otherwise. */
    AUTO,
    JSON,
    TEXT
  }

  /** Loggers are named by subject, not by class: the name is a field that people filter by. */
  static final String PREFIX = "smee";

  /** Lines that may wait for a slow reader of standard output; more are dropped. */
  private static final int QUEUE = 8192;

  /** Bytes of lines that are written in one go. */
  private static final int BUFFER = 64 * 1024;

  /** How long the end may wait for lines to be written. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

  /** The log is the process's, as standard output is. */
  private static volatile @Nullable QueuedAppender queue;

  private static volatile boolean writesJson;

  private Logging() {}

  /** Tells whether lines are JSON, by what was configured. */
  static boolean writesJson() {
    return writesJson;
  }

  static Optional<Level> level(String text) {
    return switch (text) {
      case "debug", "info", "warn", "error" ->
          Optional.of(Level.toLevel(text.toUpperCase(Locale.ROOT)));
      default -> Optional.empty();
    };
  }

  static Optional<Format> format(String text) {
    return switch (text) {
      case "auto" -> Optional.of(Format.AUTO);
      case "json" -> Optional.of(Format.JSON);
      case "text" -> Optional.of(Format.TEXT);
      default -> Optional.empty();
    };
  }

  /** Returns the logger for a subject, for example {@code dhcp}. */
  static org.slf4j.Logger logger(String subject) {
    return LoggerFactory.getLogger(PREFIX + "." + subject);
  }

  static void configure(Level level, Format format) {
    LoggerContext context = context();
    context.reset();
    boolean json = format == Format.JSON || (format == Format.AUTO && !isTerminal());
    Encoder<ILoggingEvent> encoder = json ? new JsonLogEncoder() : new TextLogEncoder();
    encoder.setContext(context);
    encoder.start();

    OutputStreamAppender<ILoggingEvent> console = new OutputStreamAppender<>();
    console.setContext(context);
    console.setName("stdout");
    console.setEncoder(encoder);
    // Takes whole lines, and gives on whole lines.
    OutputStream lines = new BufferedOutputStream(Stdout.INSTANCE, BUFFER);
    console.setOutputStream(lines);
    console.setImmediateFlush(false);
    console.start();
    writesJson = json;

    // An event loop must never wait for whoever reads the log.
    QueuedAppender async =
        new QueuedAppender(console, () -> flush(lines), context, QUEUE, STOP_LIMIT);
    async.start();
    queue = async;

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.WARN : Level.INFO);
    root.addAppender(async);
    context.getLogger(PREFIX).setLevel(level);
    // What the libraries say for themselves at info level, their observers here say better.
    context
        .getLogger("org.tinkerbell.smee")
        .setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.WARN : level);
    // Backends tell their observer the same as their own loggers; once is enough.
    context
        .getLogger("org.tinkerbell.smee.backend")
        .setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.OFF : level);
    // Logs a stack trace for what the backend reports in one line.
    context.getLogger("io.kubernetes.client.util.KubeConfig").setLevel(Level.OFF);
  }

  private static void flush(OutputStream lines) {
    try {
      lines.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("standard output keeps its failures to itself", e);
    }
  }

  /** Returns how many lines were dropped since the start because nobody read them. */
  static long dropped() {
    @Nullable QueuedAppender current = queue;
    return current == null ? 0 : current.dropped();
  }

  /** Writes what still waits and ends the log. */
  static void stop() {
    context().stop();
  }

  private static LoggerContext context() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context) {
      return context;
    }
    throw new IllegalStateException(
        "logback is not the SLF4J provider: " + factory.getClass().getName());
  }

  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      // Not Linux: JSON unless text is asked for.
      return false;
    }
  }
}
