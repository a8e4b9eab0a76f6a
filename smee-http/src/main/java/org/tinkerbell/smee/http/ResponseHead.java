// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the head of a response (RFC 9112 §4). */
final class ResponseHead {
  private static final byte[] VERSION = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);

  private ResponseHead() {}

  /**
   * Writes status line, fields and the empty line.
   *
   * @param length the Content-Length; -1 for none
   * @param contentType empty for none
   * @param contentRange empty for none
   */
  static void write(
      ByteBuf out,
      int status,
      HttpResponse response,
      long length,
      String contentType,
      String contentRange,
      boolean ranges,
      String date,
      String connection) {
    begin(out, status, date);
    if (!contentType.isEmpty()) {
      field(out, "Content-Type", contentType);
    }
    if (length >= 0) {
      field(out, "Content-Length", Long.toString(length));
    }
    if (!contentRange.isEmpty()) {
      field(out, "Content-Range", contentRange);
    }
    if (ranges) {
      field(out, "Accept-Ranges", "bytes");
    }
    end(out, response, connection);
  }

  /** Writes the head of a body whose length is not known. */
  static void write(
      ByteBuf out,
      int status,
      HttpResponse response,
      String contentType,
      String transferCoding,
      String date,
      String connection) {
    begin(out, status, date);
    if (!contentType.isEmpty()) {
      field(out, "Content-Type", contentType);
    }
    if (!transferCoding.isEmpty()) {
      field(out, "Transfer-Encoding", transferCoding);
    }
    end(out, response, connection);
  }

  private static void begin(ByteBuf out, int status, String date) {
    HttpResponseStatus known = HttpResponseStatus.valueOf(status);
    out.writeBytes(VERSION);
    ascii(out, Integer.toString(status));
    out.writeByte(' ');
    ascii(out, known.reasonPhrase());
    crlf(out);
    field(out, "Date", date);
  }

  private static void end(ByteBuf out, HttpResponse response, String connection) {
    response.etag().ifPresent(tag -> field(out, "ETag", '"' + tag + '"'));
    response.lastModified().ifPresent(time -> field(out, "Last-Modified", HttpDates.format(time)));
    List<String> fields = response.fields();
    for (int i = 0; i < fields.size(); i += 2) {
      field(out, fields.get(i), fields.get(i + 1));
    }
    if (!connection.isEmpty()) {
      field(out, "Connection", connection);
    }
    crlf(out);
  }

  private static void field(ByteBuf out, String name, String value) {
    ascii(out, name);
    out.writeByte(':').writeByte(' ');
    ascii(out, value);
    crlf(out);
  }

  private static void ascii(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
  }

  private static void crlf(ByteBuf out) {
    out.writeByte('\r').writeByte('\n');
  }
}
