// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** A client that sends and waits, as real ones do, and sends again. */
final class UdpClient implements AutoCloseable {

  private static final int TRIES = 20;

  private final DatagramSocket socket;
  private final InetSocketAddress server;

  UdpClient(InetSocketAddress server) throws IOException {
    this.socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
    this.socket.setSoTimeout(500);
    this.server = server;
  }

  InetSocketAddress server() {
    return server;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[] datagram) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length, server));
  }

  void send(DhcpMessage message) throws IOException {
    send(DhcpCodec.encode(message));
  }

  DhcpMessage receive() throws IOException, DhcpDecodeException {
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    socket.receive(packet);
    return DhcpCodec.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  DhcpMessage exchange(DhcpMessage request) throws IOException, DhcpDecodeException {
    for (int i = 0; i < TRIES; i++) {
      send(request);
      try {
        while (true) {
          DhcpMessage reply = receive();
          if (reply.xid() == request.xid()) {
            return reply;
          }
        }
      } catch (SocketTimeoutException e) {
        // Ask again.
      }
    }
    throw new IOException("no reply to " + request);
  }

  @Override
  public void close() {
    socket.close();
  }
}
