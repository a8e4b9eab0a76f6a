// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Sends datagrams and looks at the answers, octet by octet. */
final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 10_000;

  /** Long enough for an answer on the loopback, since silence has to be waited for. */
  private static final int SILENCE_MILLIS = 150;

  private final DatagramSocket socket;
  private final InetSocketAddress server;
  private InetSocketAddress lastSender;

  RawClient(InetSocketAddress server) throws IOException {
    this(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  RawClient(InetSocketAddress server, InetSocketAddress from) throws IOException {
    this.socket = new DatagramSocket(from);
    this.server = server;
    this.lastSender = server;
  }

  static byte[] rrq(String name, String... options) {
    return request(1, name, "octet", options);
  }

  static byte[] request(int opcode, String name, String mode, String... options) {
    StringBuilder text = new StringBuilder(name + "\0" + mode + "\0");
    for (String option : options) {
      text.append(option.replaceFirst("=", "\0")).append('\0');
    }
    byte[] tail = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] packet = new byte[tail.length + 2];
    packet[1] = (byte) opcode;
    System.arraycopy(tail, 0, packet, 2, tail.length);
    return packet;
  }

  static byte[] ack(int block) {
    return new byte[] {0, 4, (byte) (block >> 8), (byte) block};
  }

  static byte[] error(int code, String text) {
    byte[] packet = new byte[text.length() + 5];
    packet[1] = 5;
    packet[3] = (byte) code;
    System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, packet, 4, text.length());
    return packet;
  }

  /** Sends a request to the server's port. */
  void request(byte[] packet) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length, server));
  }

  /** Sends to where the last answer came from. */
  void reply(byte[] packet) throws IOException {
    socket.send(new DatagramPacket(packet, packet.length, lastSender));
  }

  byte[] receive() throws IOException {
    return receive(PATIENCE_MILLIS);
  }

  private byte[] receive(int millis) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
    socket.setSoTimeout(millis);
    socket.receive(packet);
    lastSender = (InetSocketAddress) packet.getSocketAddress();
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  InetSocketAddress lastSender() {
    return lastSender;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void expectData(int block, byte[] payload) throws IOException {
    byte[] expected = new byte[payload.length + 4];
    expected[1] = 3;
    expected[2] = (byte) (block >> 8);
    expected[3] = (byte) block;
    System.arraycopy(payload, 0, expected, 4, payload.length);
    expect(expected);
  }

  void expectOptions(String... options) throws IOException {
    StringBuilder text = new StringBuilder("\0\6");
    for (String option : options) {
      text.append(option.replaceFirst("=", "\0")).append('\0');
    }
    expect(text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  void expectError(int code, String text) throws IOException {
    expect(error(code, text));
  }

  void expect(byte[] datagram) throws IOException {
    assertThat(HexFormat.of().formatHex(receive())).isEqualTo(HexFormat.of().formatHex(datagram));
  }

  void expectSilence() throws IOException {
    assertThat(isAnswered()).as("an answer where silence is due").isFalse();
  }

  boolean isAnswered() throws IOException {
    try {
      receive(SILENCE_MILLIS);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
