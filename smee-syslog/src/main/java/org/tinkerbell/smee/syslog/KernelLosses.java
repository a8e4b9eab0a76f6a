// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out how many datagrams the kernel threw away because a socket's receive buffer was full.
 *
 * <p>Linux counts them for each socket. It would tell with each datagram (SO_RXQ_OVFL), but the JVM
 * and Netty do not pass that on; the table of UDP sockets has the same number in its last column.
 */
final class KernelLosses {
  private static final Logger log = LoggerFactory.getLogger(KernelLosses.class);
  private static final Pattern BLANKS = Pattern.compile(" +");
  private static final int LOCAL_ADDRESS = 1;
  private static final int DROPS = 12;

  private final Path folder;
  private final SyslogObserver observer;
  private final List<Socket> sockets = new ArrayList<>();
  private boolean isReadable = true;

  /** A socket and what is known of it. */
  private static final class Socket {
    private final InetSocketAddress local;
    private final String key;
    private long known;

    private Socket(InetSocketAddress local) {
      this.local = local;
      this.key = key(local);
    }
  }

  /**
   * Makes a watch over no sockets.
   *
   * @param folder where the kernel shows its tables: {@code /proc/self/net}
   */
  KernelLosses(Path folder, SyslogObserver observer) {
    this.folder = folder;
    this.observer = observer;
  }

  /** Watches a socket. */
  synchronized void add(InetSocketAddress local) {
    sockets.add(new Socket(local));
  }

  /** Tells the observer what was lost since the last time. Does nothing where there is no table. */
  synchronized void check() {
    if (!isReadable || sockets.isEmpty()) {
      return;
    }
    try {
      for (Socket socket : sockets) {
        boolean six = socket.local.getAddress() instanceof Inet6Address;
        long drops = drops(folder.resolve(six ? "udp6" : "udp"), socket.key);
        if (drops > socket.known) {
          long more = drops - socket.known;
          socket.known = drops;
          observer.lost(socket.local, more);
        }
      }
    } catch (IOException | RuntimeException e) {
      isReadable = false;
      log.debug("what the kernel drops is not known", e);
    }
  }

  private static long drops(Path table, String key) throws IOException {
    for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
      String[] columns = BLANKS.split(line.trim(), -1);
      if (columns.length > DROPS && columns[LOCAL_ADDRESS].equals(key)) {
        return Long.parseLong(columns[DROPS]);
      }
    }
    return 0;
  }

  /** Returns an address as the kernel writes it: words of four octets in the machine's order. */
  private static String key(InetSocketAddress local) {
    byte[] octets = local.getAddress().getAddress();
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int word = 0; word < octets.length; word += 4) {
        swap(octets, word, word + 3);
        swap(octets, word + 1, word + 2);
      }
    }
    return HexFormat.of().withUpperCase().formatHex(octets)
        + String.format(Locale.ROOT, ":%04X", local.getPort());
  }

  private static void swap(byte[] octets, int one, int other) {
    byte kept = octets[one];
    octets[one] = octets[other];
    octets[other] = kept;
  }
}
