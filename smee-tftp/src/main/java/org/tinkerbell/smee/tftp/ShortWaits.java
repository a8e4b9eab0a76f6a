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
 * all the rest. On other networks, and when nothing happens, the loop sleeps as ever; so it does if
 * looking turns out to be in vain, as it is where the client shares the processor with this loop.
 */
final class ShortWaits implements SelectStrategy {

  private static final long LONGEST_NANOS = TimeUnit.MICROSECONDS.toNanos(30);

  private static final int MAX_IN_VAIN = 3;
  private static final int LONGEST_PAUSE = 1024;

  private final LongSupplier clock;
  private boolean worthIt;

  /** How often in a row nothing came while the loop was looking. */
  private int inVain;

  /** For how many sleeps the loop does not look again, and how many there were the last time. */
  private int pause;

  private int lastPause;
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
    if (pause > 0) {
      pause--;
    } else if (worthIt) {
      do {
        int ready = selectNow.get();
        if (ready != 0) {
          inVain = 0;
          lastPause = 0;
          return ready;
        }
        Thread.onSpinWait();
      } while (clock.getAsLong() - start < LONGEST_NANOS);
      if (++inVain >= MAX_IN_VAIN) {
        pause = Math.min(Math.max(2 * lastPause, 2 * MAX_IN_VAIN), LONGEST_PAUSE);
        lastPause = pause;
      }
    }
    slept = true;
    sleptAt = clock.getAsLong();
    return SELECT;
  }
}
