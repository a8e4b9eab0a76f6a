// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A bad network between clients and a server: datagrams are lost, doubled, delayed and thereby
 * reordered, as a seed decides. To a client it looks like a server that uses one port; towards the
 * server each client has a port of its own, and follows the server to the port of the transfer.
 */
final class ImpairingRelay implements AutoCloseable {

  /**
   * How bad the network is.
   *
   * @param loss share of datagrams that vanish
   * @param duplication share that arrives twice
   * @param maxDelayMillis each is late by up to this much, so that they overtake one another
   * @param seed decides which
   */
  record Impairment(double loss, double duplication, int maxDelayMillis, long seed) {}

  private record Late(long at, long order, DatagramChannel via, SocketAddress to, byte[] bytes) {}

  private static final class Upstream {
    final SocketAddress client;
    SocketAddress server;

    Upstream(SocketAddress client, SocketAddress server) {
      this.client = client;
      this.server = server;
    }
  }

  private final InetSocketAddress server;
  private final Impairment impairment;
  private final Random random;
  private final Selector selector;
  private final DatagramChannel front;
  private final Map<SocketAddress, DatagramChannel> upstreams = new HashMap<>();
  private final PriorityQueue<Late> queue =
      new PriorityQueue<>(
          (a, b) ->
              a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
  private final Thread thread;
  private long order;
  private volatile boolean closed;
  private volatile int lost;

  ImpairingRelay(InetSocketAddress server, Impairment impairment) throws IOException {
    this.server = server;
    this.impairment = impairment;
    this.random = new Random(impairment.seed());
    this.selector = Selector.open();
    this.front = open();
    front.register(selector, SelectionKey.OP_READ);
    this.thread = new Thread(this::run, "impairing-relay");
    thread.setDaemon(true);
    thread.start();
  }

  private static DatagramChannel open() throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    return channel;
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) front.getLocalAddress();
  }

  int lost() {
    return lost;
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocate(65536);
    try {
      while (!closed) {
        Late next = queue.peek();
        long wait = next == null ? 100_000_000 : next.at() - System.nanoTime();
        if (wait > 0) {
          selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait)));
        } else {
          selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
          read(key, buffer);
        }
        selector.selectedKeys().clear();
        for (Late late = queue.peek();
            late != null && late.at() <= System.nanoTime();
            late = queue.peek()) {
          queue.remove();
          late.via().send(ByteBuffer.wrap(late.bytes()), late.to());
        }
      }
    } catch (IOException e) {
      if (!closed) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void read(SelectionKey key, ByteBuffer buffer) throws IOException {
    DatagramChannel channel = (DatagramChannel) key.channel();
    while (true) {
      buffer.clear();
      SocketAddress from = channel.receive(buffer);
      if (from == null) {
        return;
      }
      byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
      if (channel == front) {
        DatagramChannel upstream = upstreams.get(from);
        if (upstream == null) {
          upstream = open();
          upstream.register(selector, SelectionKey.OP_READ, new Upstream(from, server));
          upstreams.put(from, upstream);
        }
        Upstream state = (Upstream) upstream.keyFor(selector).attachment();
        boolean request = bytes.length > 1 && (bytes[1] == 1 || bytes[1] == 2);
        forward(upstream, request ? server : state.server, bytes);
      } else {
        Upstream state = (Upstream) key.attachment();
        state.server = from;
        forward(front, state.client, bytes);
      }
    }
  }

  private void forward(DatagramChannel via, SocketAddress to, byte[] bytes) {
    if (random.nextDouble() < impairment.loss()) {
      lost++;
      return;
    }
    int copies = random.nextDouble() < impairment.duplication() ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay =
          impairment.maxDelayMillis() == 0
              ? 0
              : TimeUnit.MICROSECONDS.toNanos(random.nextInt(impairment.maxDelayMillis() * 1000));
      queue.add(new Late(System.nanoTime() + delay, order++, via, to, bytes));
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    front.close();
    for (DatagramChannel upstream : upstreams.values()) {
      upstream.close();
    }
    selector.close();
  }
}
