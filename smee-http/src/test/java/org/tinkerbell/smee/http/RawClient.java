// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends exactly what it is told and reads answers by the letter. */
public final class RawClient implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;

  public RawClient(InetSocketAddress server) throws IOException {
    this(server, 0);
  }

  public RawClient(InetSocketAddress server, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    socket.connect(server, 5_000);
    in = socket.getInputStream();
  }

  /** One answer; header names are lower case. */
  public record Answer(int status, String reason, Map<String, String> headers, byte[] body) {
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Sends text in which a line end is written as LF; each becomes CR LF. */
  public RawClient send(String text) throws IOException {
    return sendExactly(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient sendExactly(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  public RawClient get(String target, String... fields) throws IOException {
    return send("GET " + target + " HTTP/1.1\nHost: test\n" + lines(fields) + "\n");
  }

  public RawClient head(String target, String... fields) throws IOException {
    return send("HEAD " + target + " HTTP/1.1\nHost: test\n" + lines(fields) + "\n");
  }

  private static String lines(String... fields) {
    StringBuilder text = new StringBuilder();
    for (String field : fields) {
      text.append(field).append('\n');
    }
    return text.toString();
  }

  /** Reads the answer to anything but HEAD. */
  public Answer answer() throws IOException {
    return answer(true);
  }

  /** Reads the answer to HEAD. */
  public Answer headAnswer() throws IOException {
    return answer(false);
  }

  private Answer answer(boolean withBody) throws IOException {
    String[] status = line().split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      String old =
          headers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
      if (old != null) {
        throw new IOException("field twice: " + line);
      }
    }
    int code = Integer.parseInt(status[1]);
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = withBody && code != 304 ? in.readNBytes(length) : new byte[0];
    if (withBody && code != 304 && body.length != length) {
      throw new IOException("body cut at " + body.length + " of " + length);
    }
    return new Answer(code, status[2], headers, body);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("closed within a line: " + line.toString(StandardCharsets.US_ASCII));
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.US_ASCII);
    if (!text.endsWith("\r")) {
      throw new IOException("line without CR: " + text);
    }
    return text.substring(0, text.length() - 1);
  }

  public RawClient shutdownOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Reads to the end of the connection; returns whether there was nothing more. */
  public boolean atEnd() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  public byte[] readAll() throws IOException {
    return in.readAllBytes();
  }

  public byte[] read(int length) throws IOException {
    return in.readNBytes(length);
  }

  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
