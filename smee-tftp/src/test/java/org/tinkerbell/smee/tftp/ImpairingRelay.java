// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
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
 * reordered, as a seed decides. Towards the server each client has a port of its own, and follows
 * the server to the port of the transfer; a server that answers from another port than the one it
 * was asked at looks to the client as if it did the same.
 */
final class ImpairingRelay implements AutoCloseable {

  /**
   * How bad the network is.
   *
   * @param loss share of datagrams that vanish
   * @param duplication share that arrives twice
   * @param reordering share that is late by up to {@code maxDelayMillis} more than the others, so
   *     that they are overtaken
   * @param delayMillis how long each takes
   * @param seed decides which; for each client anew, in the order in which they come
   */
  record Impairment(
      double loss,
      double duplication,
      double reordering,
      int maxDelayMillis,
      int delayMillis,
      long seed) {}

  private record Late(long at, long order, DatagramChannel via, SocketAddress to, byte[] bytes) {}

  private static final class Upstream {
    final SocketAddress client;
    final DatagramChannel channel;
    final Random random;
    SocketAddress server;

    /** What the client sees as the server: the front, or a port of its own. */
    DatagramChannel facing;

    Upstream(
        SocketAddress client,
        DatagramChannel channel,
        Random random,
        SocketAddress server,
        DatagramChannel facing) {
      this.client = client;
      this.channel = channel;
      this.random = random;
      this.server = server;
      this.facing = facing;
    }
  }

  private final InetSocketAddress server;
  private final Impairment impairment;
  private final Selector selector;
  private final DatagramChannel front;
  private final Map<SocketAddress, Upstream> upstreams = new HashMap<>();
  private final PriorityQueue<Late> queue =
      new PriorityQueue<>(
          (a, b) ->
              a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.order(), b.order()));
  private final Thread thread;
  private long order;
  private volatile boolean closed;
  private volatile int lost;

  ImpairingRelay(InetSocketAddress server, Impairment impairment) throws IOException {
    this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), server, impairment);
  }

  ImpairingRelay(InetSocketAddress listen, InetSocketAddress server, Impairment impairment)
      throws IOException {
    this.server = server;
    this.impairment = impairment;
    this.selector = Selector.open();
    this.front = open(listen);
    front.register(selector, SelectionKey.OP_READ);
    this.thread = new Thread(this::run, "impairing-relay");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Relays in a process of its own, for namespaces. Arguments: the address to listen on, then for
   * each relay its port, the server's address and port, and the six parts of its impairment.
   */
  public static void main(String[] arguments) throws Exception {
    for (int i = 1; i < arguments.length; i++) {
      String[] parts = arguments[i].split(",");
      new ImpairingRelay(
          new InetSocketAddress(arguments[0], Integer.parseInt(parts[0])),
          new InetSocketAddress(parts[1], Integer.parseInt(parts[2])),
          new Impairment(
              Double.parseDouble(parts[3]),
              Double.parseDouble(parts[4]),
              Double.parseDouble(parts[5]),
              Integer.parseInt(parts[6]),
              Integer.parseInt(parts[7]),
              Long.parseLong(parts[8])));
    }
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Lives as long as whoever started it.
    }
  }

  private static DatagramChannel open(InetSocketAddress listen) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
    channel.bind(listen);
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
      Upstream state = (Upstream) key.attachment();
      if (channel == front) {
        state = upstreams.get(from);
        if (state == null) {
          state = upstream(from);
        }
        // A request that is repeated must not lead astray the ACK that follows an answer which was
        // on its way meanwhile.
        forward(state, state.channel, isRequest(bytes) ? server : state.server, bytes);
      } else if (channel == state.channel) {
        if (!from.equals(server)) {
          state.server = from;
        }
        if (state.facing == front && !from.equals(server)) {
          state.facing = open(new InetSocketAddress(address().getAddress(), 0));
          state.facing.register(selector, SelectionKey.OP_READ, state);
        }
        forward(state, state.facing, state.client, bytes);
      } else {
        forward(state, state.channel, state.server, bytes);
      }
    }
  }

  private static boolean isRequest(byte[] bytes) {
    return bytes.length > 1 && (bytes[1] == 1 || bytes[1] == 2);
  }

  /** Makes ready for a client. */
  private Upstream upstream(SocketAddress client) throws IOException {
    // Where the system sends from towards the server.
    DatagramChannel channel = open(new InetSocketAddress(0));
    Upstream state =
        new Upstream(
            client, channel, new Random(impairment.seed() + upstreams.size()), server, front);
    channel.register(selector, SelectionKey.OP_READ, state);
    upstreams.put(client, state);
    return state;
  }

  private void forward(Upstream state, DatagramChannel via, SocketAddress to, byte[] bytes) {
    Random random = state.random;
    if (random.nextDouble() < impairment.loss()) {
      lost++;
      return;
    }
    int copies = random.nextDouble() < impairment.duplication() ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long micros = TimeUnit.MILLISECONDS.toMicros(impairment.delayMillis());
      if (impairment.maxDelayMillis() > 0 && random.nextDouble() < impairment.reordering()) {
        micros += random.nextInt(impairment.maxDelayMillis() * 1000);
      }
      queue.add(
          new Late(
              System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros), order++, via, to, bytes));
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
    for (Upstream upstream : upstreams.values()) {
      upstream.channel.close();
      upstream.facing.close();
    }
    selector.close();
  }
}
