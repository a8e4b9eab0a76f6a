// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.dhcp.netboot.TraceParent;

/**
 * Remembers which trace each machine's boot belongs to. The wire carries it only part of the way:
 * option 43.69 and the suffix of a boot file's name reach the firmware's download, but stock iPXE
 * asks DHCP and HTTP without them. What a machine does next is then known by its MAC address or by
 * the address it was given.
 *
 * <p>A boot begins with a DISCOVER of the firmware, unless the one before has not come further than
 * DHCP yet. It is forgotten when nothing came for ten minutes. Thread safe.
 */
final class BootTraces {
  private static final int MAX_MACHINES = 10_000;
  private static final Duration IDLE = Duration.ofMinutes(10);

  /** Who sends a DHCP packet, as far as that says where in a boot it is. */
  enum Stage {
    /** The firmware looks for a server: maybe a new boot. */
    FIRMWARE_DISCOVER,
    /** The firmware, farther on. */
    FIRMWARE,
    /** iPXE, or an operating system: never the beginning of a boot. */
    LATER
  }

  private static final class Boot {
    private final TraceParent root;
    private TraceParent latest;
    private boolean left;
    private long touchedAt;

    Boot(TraceParent root) {
      this.root = root;
      this.latest = root;
    }
  }

  private final LongSupplier nanoTime;
  private final Map<MacAddress, Boot> boots = bounded();
  private final Map<InetAddress, MacAddress> machines = bounded();

  BootTraces(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MAX_MACHINES;
      }
    };
  }

  /** Returns the first packet of the boot that a packet belongs to; empty if it is the first. */
  synchronized Optional<TraceParent> rootFor(MacAddress mac, Stage stage) {
    @Nullable Boot boot = alive(mac);
    if (boot == null || (stage == Stage.FIRMWARE_DISCOVER && boot.left)) {
      boots.remove(mac);
      return Optional.empty();
    }
    boot.left |= stage == Stage.LATER;
    return Optional.of(boot.root);
  }

  /** Takes notice of the first packet of a boot. */
  synchronized void begin(MacAddress mac, TraceParent root) {
    Boot boot = new Boot(root);
    boot.touchedAt = nanoTime.getAsLong();
    boots.put(mac, boot);
  }

  /** Takes notice of a reply: what the machine does next is a consequence of it. */
  synchronized void replied(MacAddress mac, InetAddress given, TraceParent packet) {
    @Nullable Boot boot = alive(mac);
    if (boot != null && boot.root.traceId().equals(packet.traceId())) {
      boot.latest = packet;
      if (!given.isAnyLocalAddress()) {
        machines.put(given, mac);
      }
    }
  }

  /** Returns the packet that sent this machine to a download; empty if none is known. */
  synchronized Optional<TraceParent> download(MacAddress mac) {
    @Nullable Boot boot = alive(mac);
    if (boot == null) {
      return Optional.empty();
    }
    boot.left = true;
    return Optional.of(boot.latest);
  }

  /** Returns the packet that sent the machine with this address to a download. */
  synchronized Optional<TraceParent> download(InetAddress address) {
    @Nullable MacAddress mac = machines.get(address);
    return mac == null ? Optional.empty() : download(mac);
  }

  private @Nullable Boot alive(MacAddress mac) {
    @Nullable Boot boot = boots.get(mac);
    long now = nanoTime.getAsLong();
    if (boot != null && now - boot.touchedAt > IDLE.toNanos()) {
      boots.remove(mac);
      return null;
    }
    if (boot != null) {
      boot.touchedAt = now;
    }
    return boot;
  }
}
