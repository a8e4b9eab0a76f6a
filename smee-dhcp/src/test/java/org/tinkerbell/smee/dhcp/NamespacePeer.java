// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.dhcp;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A relay or a client with an address for {@link DhcpInterfaceIT}, run inside a network namespace.
 *
 * <p>{@code listen ADDRESS PORT} prints where the next datagram comes from. {@code ask ADDRESS PORT
 * SERVER GIADDR CIADDR TYPE} sends a request and prints where the answer comes from; with giaddr it
 * does not wait for one. {@code burst ADDRESS PORT SERVER} sends a hundred relayed requests at once
 * and prints how many are answered.
 */
final class NamespacePeer {

  private NamespacePeer() {}

  private static void burst(DatagramSocket socket, InetSocketAddress server) throws Exception {
    int count = 100;
    for (int xid = 0; xid < count; xid++) {
      byte[] bytes =
          DhcpCodec.encode(
              Packets.request(DhcpMessageType.DISCOVER)
                  .xid(xid)
                  .giaddr((Inet4Address) socket.getLocalAddress())
                  .build());
      socket.send(new DatagramPacket(bytes, bytes.length, server));
    }
    BitSet answered = new BitSet();
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    while (answered.cardinality() < count) {
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException e) {
        break;
      }
      answered.set(DhcpCodec.decode(Arrays.copyOf(packet.getData(), packet.getLength())).xid());
    }
    System.out.println("got " + answered.cardinality() + " of " + count);
  }

  public static void main(String[] args) throws Exception {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(args[1], Integer.parseInt(args[2])))) {
      socket.setBroadcast(true);
      socket.setSoTimeout(10_000);
      if (args[0].equals("burst")) {
        burst(socket, new InetSocketAddress(args[3], 67));
        return;
      }
      if (args[0].equals("ask")) {
        DhcpMessage request =
            Packets.request(DhcpMessageType.of(Integer.parseInt(args[6])))
                .giaddr(Packets.ip(args[4]))
                .ciaddr(Packets.ip(args[5]))
                .build();
        byte[] bytes = DhcpCodec.encode(request);
        socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(args[3], 67)));
        System.out.println("sent");
        if (request.isRelayed()) {
          return;
        }
      } else {
        System.out.println("waiting");
      }
      DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
      socket.receive(packet);
      DhcpMessage reply = DhcpCodec.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
      System.out.println("got " + reply.yiaddr() + " from " + packet.getSocketAddress());
    }
  }
}
