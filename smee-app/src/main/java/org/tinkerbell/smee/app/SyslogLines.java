// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.syslog.SyslogMessage;

/**
 * Collects the lines of syslog messages and writes many at a time.
 *
 * <p>The lines are those of {@link JsonLogEncoder}, without its detours: there can be hundreds of
 * thousands a second, and the log's own queue would drop what is too much without a count. Here
 * whoever writes waits, and the receiver's queue counts. Used by one thread.
 */
final class SyslogLines {

  /** Where lines go. */
  @FunctionalInterface
  interface Sink {
    /** Writes the first bytes of a block. */
    void write(byte[] lines, int length) throws IOException;
  }

  /** What is written at a time, if so much waits. */
  private static final int BLOCK = 64 * 1024;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

  /** The octets that may not stand in a JSON text as they are. */
  private static final boolean[] ESCAPED = escaped();

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] BEGIN = ascii("{\"time\":\"");
  private static final byte[] INFO = ascii("\",\"level\":\"INFO");
  private static final byte[] DEBUG = ascii("\",\"level\":\"DEBUG");
  private static final byte[] MESSAGE =
      ascii("\",\"logger\":\"syslog\",\"msg\":\"" + SyslogLog.EVENT + "\"");
  private static final byte[] MAC = ascii(",\"mac\":");
  private static final byte[] MACHINE = ascii(",\"machine\":");
  private static final byte[] OBJECT = ascii(",\"syslog\":{");
  private static final byte[] APP_NAME = key("app-name");
  private static final byte[] FACILITY = key("facility");
  private static final byte[] HOST = key("host");
  private static final byte[] HOSTNAME = key("hostname");
  private static final byte[] MSG = key("msg");
  private static final byte[] MSGID = key("msgid");
  private static final byte[] PROCID = key("procid");
  private static final byte[] RAW = key("raw");
  private static final byte[] SEVERITY = key("severity");
  private static final byte[] STRUCTURED_DATA = key("structured-data");
  private static final byte[] TIMESTAMP = key("timestamp");

  private final JsonFactory factory = new JsonFactory();
  private final Sink sink;
  private final ZoneId zone;
  private byte[] block = new byte[2 * BLOCK];
  private int length;
  private @Nullable Instant lastTime;
  private byte[] lastTimeText = {};
  private @Nullable Instant lastStamp;
  private byte[] lastStampText = {};
  private @Nullable InetAddress lastAddress;
  private String lastHost = "";

  SyslogLines(Sink sink, ZoneId zone) {
    this.sink = sink;
    this.zone = zone;
  }

  private static boolean[] escaped() {
    boolean[] escaped = new boolean[256];
    Arrays.fill(escaped, 0, ' ', true);
    escaped['"'] = true;
    escaped['\\'] = true;
    return escaped;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] key(String name) {
    return ascii('"' + name + "\":");
  }

  /** Adds a line. */
  void add(SyslogMessage message, boolean debug, Optional<Machines.Machine> machine)
      throws IOException {
    raw(BEGIN);
    raw(time(message.receivedAt()));
    raw(debug ? DEBUG : INFO);
    raw(MESSAGE);
    if (machine.isPresent()) {
      raw(MAC);
      string(machine.get().mac());
      if (machine.get().name().isPresent()) {
        raw(MACHINE);
        string(machine.get().name().get());
      }
    }
    raw(OBJECT);
    if (message.isParsed()) {
      fields(message);
    } else {
      field(HOST, host(message.source()), true);
      field(RAW, SyslogLog.cut(message.rawText()), false);
    }
    room(3);
    block[length++] = '}';
    block[length++] = '}';
    block[length++] = '\n';
    if (length >= BLOCK) {
      flush();
    }
  }

  private void fields(SyslogMessage message) throws IOException {
    boolean first = !optional(APP_NAME, message.appName(), true);
    field(FACILITY, message.facility().toString(), first);
    field(HOST, host(message.source()), false);
    optional(HOSTNAME, message.hostname(), false);
    String text = message.message();
    if (!text.isEmpty()) {
      Optional<JsonText> object = SyslogLog.object(text);
      if (object.isPresent()) {
        name(MSG, false);
        object(object.get());
      } else {
        field(MSG, SyslogLog.cut(text), false);
      }
    }
    optional(MSGID, message.msgid(), false);
    optional(PROCID, message.procid(), false);
    field(SEVERITY, message.severity().toString(), false);
    if (!message.structuredData().isEmpty()) {
      name(STRUCTURED_DATA, false);
      maps(message.structuredData());
    }
    Optional<Instant> stamp = message.timestamp();
    if (stamp.isPresent()) {
      name(TIMESTAMP, false);
      octet('"');
      raw(stamp(stamp.get()));
      octet('"');
    }
  }

  private void maps(Map<String, Map<String, String>> elements) {
    char before = '{';
    for (Map.Entry<String, Map<String, String>> element : elements.entrySet()) {
      octet(before);
      string(element.getKey());
      octet(':');
      octet('{');
      boolean first = true;
      for (Map.Entry<String, String> parameter : element.getValue().entrySet()) {
        if (!first) {
          octet(',');
        }
        first = false;
        string(parameter.getKey());
        octet(':');
        string(parameter.getValue());
      }
      octet('}');
      before = ',';
    }
    octet('}');
  }

  private void object(JsonText object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = factory.createGenerator(bytes)) {
      object.writeTo(json);
    }
    raw(bytes.toByteArray());
  }

  private boolean optional(byte[] name, Optional<String> value, boolean first) {
    if (value.isPresent()) {
      field(name, SyslogLog.cut(value.get()), first);
    }
    return value.isPresent();
  }

  private void field(byte[] name, String value, boolean first) {
    name(name, first);
    string(value);
  }

  private void name(byte[] name, boolean first) {
    if (!first) {
      octet(',');
    }
    raw(name);
  }

  /** All messages of one read have the same time. */
  private byte[] time(Instant time) {
    if (!time.equals(lastTime)) {
      lastTime = time;
      lastTimeText = ascii(TIME.format(time.atZone(zone)));
    }
    return lastTimeText;
  }

  /** The stamps of RFC 3164 have no fractions of a second: many are the same. */
  private byte[] stamp(Instant stamp) {
    if (!stamp.equals(lastStamp)) {
      lastStamp = stamp;
      lastStampText = ascii(SyslogLog.timestamp(stamp, zone));
    }
    return lastStampText;
  }

  /** Messages come in rows. */
  private String host(InetSocketAddress source) {
    if (!source.getAddress().equals(lastAddress)) {
      lastAddress = source.getAddress();
      lastHost = Text.host(source);
    }
    return lastHost;
  }

  private void octet(char value) {
    room(1);
    block[length++] = (byte) value;
  }

  private void raw(byte[] octets) {
    room(octets.length);
    System.arraycopy(octets, 0, block, length, octets.length);
    length += octets.length;
  }

  /** Writes a text in quotes. An octet of it takes six at most: {@code \u001F}. */
  private void string(String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    room(6 * octets.length + 2);
    byte[] out = block;
    int at = length;
    out[at++] = '"';
    int begin = 0;
    for (int i = 0; i < octets.length; i++) {
      if (ESCAPED[octets[i] & 0xff]) {
        System.arraycopy(octets, begin, out, at, i - begin);
        at = escape(out, at + i - begin, octets[i]);
        begin = i + 1;
      }
    }
    System.arraycopy(octets, begin, out, at, octets.length - begin);
    at += octets.length - begin;
    out[at++] = '"';
    length = at;
  }

  private static int escape(byte[] out, int begin, byte octet) {
    int at = begin;
    out[at++] = '\\';
    int letter = "\b\t\n\f\r\"\\".indexOf(octet);
    if (letter >= 0) {
      out[at++] = (byte) "btnfr\"\\".charAt(letter);
      return at;
    }
    out[at++] = 'u';
    out[at++] = '0';
    out[at++] = '0';
    out[at++] = HEX[octet >> 4];
    out[at++] = HEX[octet & 0xf];
    return at;
  }

  private void room(int octets) {
    if (block.length - length < octets) {
      block = Arrays.copyOf(block, Math.max(2 * block.length, length + octets));
    }
  }

  /** Writes what was collected. */
  void flush() throws IOException {
    int count = length;
    length = 0;
    if (count > 0) {
      sink.write(block, count);
    }
    if (block.length > 8 * BLOCK) {
      block = new byte[2 * BLOCK];
    }
  }
}
