// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class QueuedAppenderTest {
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("smee.test");
  private final BlockingQueue<String> written = new LinkedBlockingQueue<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayWrite = new CountDownLatch(1);

  private final AppenderBase<ILoggingEvent> slow =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          begun.countDown();
          try {
            mayWrite.await();
          } catch (InterruptedException e) {
            return;
          }
          written.add(
              event.getFormattedMessage()
                  + (event.getKeyValuePairs() == null ? "" : " " + event.getKeyValuePairs()));
        }
      };

  private QueuedAppender queue(int capacity) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    slow.setContext(context);
    slow.start();
    QueuedAppender queue =
        new QueuedAppender(slow, () -> {}, context, capacity, Duration.ofMillis(200));
    queue.start();
    logger.setAdditive(false);
    logger.addAppender(queue);
    return queue;
  }

  @Test
  void whoLogsDoesNotWaitAndWhatIsDroppedIsCountedAndSaid() throws Exception {
    QueuedAppender queue = queue(3);
    logger.info("line 0");
    begun.await();
    for (int i = 1; i <= 10; i++) {
      logger.info("line {}", i);
    }
    assertThat(queue.dropped()).isEqualTo(7);
    mayWrite.countDown();
    assertThat(written.poll(5, TimeUnit.SECONDS)).isEqualTo("line 0");
    assertThat(written.poll(5, TimeUnit.SECONDS)).isEqualTo("line 1");
    assertThat(written.poll(5, TimeUnit.SECONDS))
        .startsWith("log lines were dropped, since")
        .endsWith("[dropped=\"7\"]");
    queue.stop();
    assertThat(written).containsExactly("line 2", "line 3");
  }

  @Test
  void theEndWaitsOnlySoLongForWhoDoesNotRead() throws Exception {
    QueuedAppender queue = queue(3);
    logger.info("line 0");
    begun.await();
    long began = System.nanoTime();
    queue.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(written).isEmpty();
    mayWrite.countDown();
  }
}
