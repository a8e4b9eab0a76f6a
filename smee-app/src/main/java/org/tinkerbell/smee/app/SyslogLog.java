// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.tinkerbell.smee.syslog.Severity;
import org.tinkerbell.smee.syslog.SyslogConnectionFault;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogHandler;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogObserver;

/**
 * Writes each message that a machine sends as one line, with the reference's fields, and names the
 * machine if there is a record with its address.
 */
final class SyslogLog implements SyslogHandler, SyslogObserver {

  /** The message of each line. */
  static final String EVENT = "syslog message received";

  /** A longer text is cut, with a mark at its end. */
  private static final int MAX_TEXT = 32 * 1024;

  private final Logger log = Logging.logger("syslog");
  private final Complaints complaints;
  private final Machines machines;
  private final Optional<SyslogLines> lines;

  /**
   * Makes the log.
   *
   * @param lines writes the messages' lines; empty to let the log's own encoder do it
   */
  SyslogLog(Complaints complaints, Machines machines, Optional<SyslogLines> lines) {
    this.complaints = complaints;
    this.machines = machines;
    this.lines = lines;
  }

  @Override
  public void handle(SyslogMessage message) throws IOException {
    // Severities other than debug are all the same here: they are the machine's, not Smee's.
    boolean debug = !message.isParsed() || message.severity() == Severity.DEBUG;
    if (debug ? !log.isDebugEnabled() : !log.isInfoEnabled()) {
      return;
    }
    Optional<Machines.Machine> machine = machines.at(message.source().getAddress());
    if (lines.isPresent()) {
      lines.get().add(message, debug, machine);
      return;
    }
    LoggingEventBuilder event = log.atLevel(debug ? Level.DEBUG : Level.INFO);
    if (machine.isPresent()) {
      event = event.addKeyValue("mac", machine.get().mac());
      if (machine.get().name().isPresent()) {
        event = event.addKeyValue("machine", machine.get().name().get());
      }
    }
    event.addKeyValue("syslog", fields(message)).log(EVENT);
  }

  @Override
  public void flush() throws IOException {
    if (lines.isPresent()) {
      lines.get().flush();
    }
  }

  static Map<String, Object> fields(SyslogMessage message) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("host", Text.host(message.source()));
    if (!message.isParsed()) {
      fields.put("raw", cut(message.rawText()));
      return fields;
    }
    fields.put("facility", message.facility().toString());
    fields.put("severity", message.severity().toString());
    put(fields, "hostname", message.hostname());
    put(fields, "app-name", message.appName());
    put(fields, "procid", message.procid());
    put(fields, "msgid", message.msgid());
    if (!message.structuredData().isEmpty()) {
      fields.put("structured-data", message.structuredData());
    }
    message
        .timestamp()
        .ifPresent(stamp -> fields.put("timestamp", timestamp(stamp, ZoneId.systemDefault())));
    String text = message.message();
    if (!text.isEmpty()) {
      Optional<JsonText> object = object(text);
      fields.put("msg", object.isPresent() ? object.get() : cut(text));
    }
    return fields;
  }

  /** Returns the object that a text is, if it is one. */
  static Optional<JsonText> object(String text) {
    return text.length() <= MAX_TEXT ? JsonText.parse(text) : Optional.empty();
  }

  /** Returns the time that a machine gave, in the form of a line's own time. */
  static String timestamp(Instant stamp, ZoneId zone) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(stamp.atZone(zone));
  }

  private static void put(Map<String, Object> fields, String key, Optional<String> value) {
    value.ifPresent(text -> fields.put(key, cut(text)));
  }

  static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "... (cut)";
  }

  @Override
  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
    OptionalInt heldBack = complaints.admit("syslog dropped " + reason);
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn()
                  .addKeyValue("host", Text.host(source))
                  .addKeyValue("reason", reason.toString()),
              heldBack)
          .log("syslog message dropped");
    }
  }

  @Override
  public void receiveFailed(InetSocketAddress local, Throwable failure) {
    OptionalInt heldBack = complaints.admit("syslog receive");
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn()
                  .addKeyValue("address", Text.of(local))
                  .addKeyValue("error", String.valueOf(failure.getMessage())),
              heldBack)
          .log("receiving syslog messages failed");
    }
  }

  @Override
  public void lost(InetSocketAddress local, long count) {
    OptionalInt heldBack = complaints.admit("syslog lost");
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn().addKeyValue("address", Text.of(local)).addKeyValue("count", count),
              heldBack)
          .log("the system dropped syslog messages, its receive buffer was full");
    }
  }

  @Override
  public void handlerFailed(SyslogMessage message, Throwable failure) {
    failed(failure);
  }

  @Override
  public void flushFailed(Throwable failure) {
    failed(failure);
  }

  private void failed(Throwable failure) {
    OptionalInt heldBack = complaints.admit("syslog write");
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atWarn().addKeyValue("error", String.valueOf(failure.getMessage())), heldBack)
          .log("writing syslog messages failed");
    }
  }

  @Override
  public void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {
    String host = Text.host(source);
    OptionalInt heldBack = complaints.admit("syslog " + host + " " + fault);
    if (heldBack.isPresent()) {
      Complaints.count(
              log.atInfo().addKeyValue("host", host).addKeyValue("fault", fault.toString()),
              heldBack)
          .log("syslog connection at fault");
    }
  }
}
