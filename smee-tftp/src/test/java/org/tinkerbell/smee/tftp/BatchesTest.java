// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesTest {

  private final ExtendedHandle handle = new Batches(100, 16).newHandle();

  /** Returns for how many datagrams there was room when some were waiting. */
  private int read(int waiting) {
    handle.reset(null);
    int room = handle.guess() / 100;
    handle.incMessagesRead(Math.min(room, waiting));
    assertThat(handle.continueReading()).isFalse();
    handle.readComplete();
    return room;
  }

  private List<Integer> read(int waiting, int times) {
    List<Integer> rooms = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      rooms.add(read(waiting));
    }
    return rooms;
  }

  @Test
  void oneByOneMostlyNeedsRoomForOne() {
    List<Integer> rooms = read(1, 90);
    assertThat(rooms).containsOnly(1, 2);
    assertThat(rooms.stream().filter(room -> room == 1)).hasSize(80);
  }

  @Test
  void manyGetRoomForAsManyAsThereMayBe() {
    assertThat(read(100, 14)).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 16, 16);
  }

  @Test
  void fewerMakeItLessAgain() {
    read(100, 14);
    assertThat(read(1, 6)).containsExactly(16, 8, 4, 2, 1, 1);
    read(100, 14);
    assertThat(read(9, 5)).containsOnly(16);
  }

  @Test
  void nothingAtAllIsNothingToGrowAt() {
    assertThat(read(0, 20)).containsOnly(1);
  }
}
