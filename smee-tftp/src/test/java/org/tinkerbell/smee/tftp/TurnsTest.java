// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {

  /** Stands for a network that takes nothing until it is told to. */
  private static final class Network extends ChannelOutboundHandlerAdapter {
    private boolean up;

    @Override
    public void flush(ChannelHandlerContext ctx) {
      if (up) {
        ctx.flush();
      }
    }
  }

  private final Network network = new Network();
  private final Turns turns = new Turns();
  private final EmbeddedChannel channel = new EmbeddedChannel(network, turns);
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void fill() {
    while (channel.isWritable()) {
      ByteBuf packet = Unpooled.directBuffer(1000).writeZero(1000);
      channel.write(packet);
    }
  }

  /** More than there are. */
  private void runRounds() {
    for (int i = 0; i < 5; i++) {
      channel.runScheduledPendingTasks();
    }
  }

  private void takeAll() {
    network.up = true;
    channel.flush();
    channel.runPendingTasks();
    runRounds();
    network.up = false;
  }

  @Test
  void whoWaitsHasATurnInOrderAndLinesUpAgainAtTheEnd() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(5_000, 10_000));
    fill();
    for (String name : List.of("a", "b", "c")) {
      turns.add(
          () -> {
            order.add(name);
            fill();
            turns.add(() -> order.add(name + " again"));
          });
    }
    assertThat(order).isEmpty();
    takeAll();
    assertThat(order).startsWith("a");
    for (int i = 0; i < 10; i++) {
      takeAll();
    }
    assertThat(order).containsExactly("a", "b", "c", "a again", "b again", "c again");
  }

  @Test
  void aTurnThatFailsHarmsNobodyElse() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(5_000, 10_000));
    fill();
    turns.add(
        () -> {
          throw new IllegalStateException("broken");
        });
    turns.add(() -> order.add("next"));
    takeAll();
    assertThat(order).containsExactly("next");
  }

  @Test
  void everybodyHasATurnBeforeAnybodyHasTwo() {
    network.up = true;
    for (String name : List.of("a", "b")) {
      turns.add(
          () -> {
            order.add(name);
            turns.add(() -> order.add(name + " again"));
          });
    }
    assertThat(order).as("not before something was read").isEmpty();
    runRounds();
    assertThat(order).containsExactly("a", "b", "a again", "b again");
  }

  @Test
  void whatArrivesIsReadFirstButNotForEver() {
    int[] reads = {0};
    channel
        .eventLoop()
        .scheduleWithFixedDelay(
            () -> {
              reads[0]++;
              turns.arrived();
            },
            0,
            1,
            TimeUnit.NANOSECONDS);
    turns.add(() -> order.add("after " + reads[0]));
    turns.arrived();
    for (int i = 0; i < 100 && order.isEmpty(); i++) {
      channel.runScheduledPendingTasks();
    }
    assertThat(order).hasSize(1);
    assertThat(order).doesNotContain("after 0");
  }

  @Test
  void fullSocketEndsARound() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(5_000, 10_000));
    turns.add(
        () -> {
          order.add("a");
          fill();
        });
    turns.add(() -> order.add("b"));
    runRounds();
    assertThat(order).containsExactly("a");
    takeAll();
    assertThat(order).containsExactly("a", "b");
  }
}
