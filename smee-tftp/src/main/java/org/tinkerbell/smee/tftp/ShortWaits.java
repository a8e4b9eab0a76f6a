// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps an event loop awake for a moment instead of putting it to sleep, as long as that has turned
 * out to be worth it: when one client asks block by block, over a link so short that its next
 * acknowledgement is there within microseconds, then falling asleep and waking up take as long as
 * all the rest. On other networks, and when nothing happens, the loop sleeps as ever.
 */
final class ShortWaits implements SelectStrategy {

  private static final long LONGEST_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

  private final LongSupplier clock;
  private boolean worthIt;
  private boolean slept;
  private long sleptAt;

  ShortWaits(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
    if (hasTasks) {
      return selectNow.get();
    }
    long start = clock.getAsLong();
    if (slept) {
      slept = false;
      // Sleep and work together, so the limit is a generous one.
      worthIt = start - sleptAt < 2 * LONGEST_NANOS;
    }
    if (worthIt) {
      do {
        int ready = selectNow.get();
        if (ready != 0) {
          return ready;
        }
        Thread.onSpinWait();
      } while (clock.getAsLong() - start < LONGEST_NANOS);
    }
    slept = true;
    sleptAt = clock.getAsLong();
    return SELECT;
  }
}
