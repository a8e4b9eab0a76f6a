// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.tinkerbell.smee.syslog.Severity;
import org.tinkerbell.smee.syslog.SyslogConnectionFault;
import org.tinkerbell.smee.syslog.SyslogDropReason;
import org.tinkerbell.smee.syslog.SyslogHandler;
import org.tinkerbell.smee.syslog.SyslogMessage;
import org.tinkerbell.smee.syslog.SyslogObserver;

/** Writes each message that a machine sends as one line, with the reference's fields. */
final class SyslogLog implements SyslogHandler, SyslogObserver {

  /** A longer text is cut, with a mark at its end. */
  private static final int MAX_TEXT = 32 * 1024;

  private final Logger log = Logging.logger("syslog");
  private final Complaints complaints;

  SyslogLog(Complaints complaints) {
    this.complaints = complaints;
  }

  @Override
  public void handle(SyslogMessage message) {
    // Severities other than debug are all the same here: they are the machine's, not Smee's.
    boolean debug = !message.isParsed() || message.severity() == Severity.DEBUG;
    log.atLevel(debug ? Level.DEBUG : Level.INFO)
        .addKeyValue("syslog", fields(message))
        .log("syslog message received");
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
    String text = message.message();
    if (!text.isEmpty()) {
      Optional<JsonText> object =
          text.length() <= MAX_TEXT ? JsonText.parse(text) : Optional.empty();
      fields.put("msg", object.isPresent() ? object.get() : cut(text));
    }
    return fields;
  }

  private static void put(Map<String, Object> fields, String key, Optional<String> value) {
    value.ifPresent(text -> fields.put(key, cut(text)));
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "... (cut)";
  }

  @Override
  public void dropped(InetSocketAddress source, SyslogDropReason reason) {
    OptionalInt heldBack = complaints.admit("syslog dropped " + reason);
    if (heldBack.isPresent()) {
      log.atWarn()
          .addKeyValue("host", Text.host(source))
          .addKeyValue("reason", reason.toString())
          .addKeyValue("heldBack", heldBack.getAsInt())
          .log("syslog message dropped");
    }
  }

  @Override
  public void receiveFailed(InetSocketAddress local, Throwable failure) {
    OptionalInt heldBack = complaints.admit("syslog receive");
    if (heldBack.isPresent()) {
      log.atWarn()
          .addKeyValue("address", Text.of(local))
          .addKeyValue("error", String.valueOf(failure.getMessage()))
          .addKeyValue("heldBack", heldBack.getAsInt())
          .log("receiving syslog messages failed");
    }
  }

  @Override
  public void lost(InetSocketAddress local, long count) {
    OptionalInt heldBack = complaints.admit("syslog lost");
    if (heldBack.isPresent()) {
      log.atWarn()
          .addKeyValue("address", Text.of(local))
          .addKeyValue("count", count)
          .addKeyValue("heldBack", heldBack.getAsInt())
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
      log.atWarn()
          .addKeyValue("error", String.valueOf(failure.getMessage()))
          .addKeyValue("heldBack", heldBack.getAsInt())
          .log("writing syslog messages failed");
    }
  }

  @Override
  public void connectionFault(InetSocketAddress source, SyslogConnectionFault fault) {
    String host = Text.host(source);
    OptionalInt heldBack = complaints.admit("syslog " + host + " " + fault);
    if (heldBack.isPresent()) {
      log.atInfo()
          .addKeyValue("host", host)
          .addKeyValue("fault", fault.toString())
          .addKeyValue("heldBack", heldBack.getAsInt())
          .log("syslog connection at fault");
    }
  }
}
