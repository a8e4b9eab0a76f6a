// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;

/**
 * Measures files of up to 100,000 machines: how long they load, how long a look-up takes, and how
 * long it takes while the file is read anew. Run by hand, in a new JVM for each form, since the
 * first load is what a start waits for; takes half a minute:
 *
 * <pre>
 * mvn test-compile dependency:build-classpath -Dmdep.outputFile=target/cp -q
 * for form in MAPPING OBJECTS; do
 *   java -XX:+UseSerialGC -Xmx512m -cp target/classes:target/test-classes:$(cat target/cp) \
 *       org.tinkerbell.smee.backend.file.LargeFileBenchmark $form
 * done
 * </pre>
 */
final class LargeFileBenchmark {
  private static final int LARGE = 100_000;
  private static final int LOOKUPS = 3_000_000;

  private LargeFileBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    LargeFiles.Form form = LargeFiles.Form.valueOf(arguments[0]);
    // As in a program, which logs before it reads anything.
    LoggerFactory.getLogger(LargeFileBenchmark.class).debug("begins");
    Path folder = Files.createTempDirectory("smee-large-file");
    Path file = folder.resolve("hardware.yaml");
    try {
      load(form, file);
      if (form == LargeFiles.Form.MAPPING) {
        lookUp(file);
        reload(file);
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private static void load(LargeFiles.Form form, Path file) throws IOException {
    LargeFiles.write(file, form, LARGE, "");
    long[] millis = new long[6];
    for (int i = 0; i < millis.length; i++) {
      long begin = System.nanoTime();
      try (Backend backend = FileBackend.builder().path(file).build()) {
        millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        if (!backend.status().detail().startsWith(LARGE + " records")) {
          throw new IllegalStateException(backend.status().detail());
        }
      }
    }
    long first = millis[0];
    long[] later = Arrays.copyOfRange(millis, 1, millis.length);
    Arrays.sort(later);
    System.out.printf(
        "%s, %d machines, %.1f MiB: first load %d ms, later %d ms%n",
        form, LARGE, Files.size(file) / 1048576.0, first, later[later.length / 2]);
  }

  private static void lookUp(Path file) throws IOException {
    for (int machines : new int[] {LARGE, 1_000, 10_000, LARGE}) {
      LargeFiles.write(file, LargeFiles.Form.MAPPING, machines, "");
      try (Backend backend = FileBackend.builder().path(file).build()) {
        lookUp(backend, machines, true);
        lookUp(backend, machines, false);
        double byMac = lookUp(backend, machines, true);
        double byIp = lookUp(backend, machines, false);
        System.out.printf(
            "%d machines: look-up by MAC %.0f ns, by IP %.0f ns%n", machines, byMac, byIp);
      }
    }
  }

  private static double lookUp(Backend backend, int machines, boolean byMac) {
    Random random = new Random(machines);
    int[] order = random.ints(65_536, 0, machines).toArray();
    Object[] keys =
        Arrays.stream(order)
            .mapToObj(i -> byMac ? (Object) LargeFiles.mac(i) : LargeFiles.ip(i))
            .toArray();
    int found = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < LOOKUPS; i++) {
      found += found(backend, keys[i & 65_535]) ? 1 : 0;
    }
    long nanos = System.nanoTime() - begin;
    if (found != LOOKUPS) {
      throw new IllegalStateException(found + " found");
    }
    return nanos / (double) LOOKUPS;
  }

  private static boolean found(Backend backend, Object key) {
    var stage =
        key instanceof MacAddress mac
            ? backend.findByMac(mac)
            : backend.findByIp((InetAddress) key);
    return stage.toCompletableFuture().join() instanceof LookupResult.Found;
  }

  /** Looks up without a pause in another thread, first with the file at rest, then not. */
  private static void reload(Path file) throws Exception {
    LargeFiles.write(file, LargeFiles.Form.MAPPING, LARGE, "");
    RecordingObserver observer = new RecordingObserver();
    try (Backend backend = FileBackend.builder().path(file).observer(observer).build()) {
      observer.nextLoad();
      Latencies rest = new Latencies(backend);
      Thread.sleep(4000);
      rest.end("file at rest");
      Path next = file.resolveSibling("next.yaml");
      Latencies during = new Latencies(backend);
      for (int i = 1; i <= 4; i++) {
        LargeFiles.write(next, LargeFiles.Form.MAPPING, LARGE, "-" + i);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        observer.nextLoad();
      }
      during.end("file replaced 4 times");
    }
  }

  /** A thread that looks up one machine after another. */
  private static final class Latencies {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final int[] histogram = new int[10_000_000];
    private final Thread thread;
    private long longest;
    private long count;

    Latencies(Backend backend) {
      thread =
          new Thread(
              () -> {
                for (int i = 0; !ended.get(); i = (i + 7919) % LARGE) {
                  long begin = System.nanoTime();
                  if (!found(backend, LargeFiles.mac(i))) {
                    throw new IllegalStateException("machine " + i + " is not found");
                  }
                  long nanos = System.nanoTime() - begin;
                  longest = Math.max(longest, nanos);
                  histogram[(int) Math.min(nanos / 100, histogram.length - 1)]++;
                  count++;
                }
              });
      thread.start();
    }

    void end(String name) throws InterruptedException {
      ended.set(true);
      thread.join();
      System.out.printf(
          "%s: %d look-ups, median %.1f us, 99.99 %% within %.1f us, longest %.1f ms%n",
          name, count, percentile(0.5), percentile(0.9999), longest / 1e6);
    }

    private double percentile(double part) {
      long rest = (long) (count * part);
      int i = 0;
      while (i < histogram.length - 1 && rest >= histogram[i]) {
        rest -= histogram[i++];
      }
      return (i + 1) / 10.0;
    }
  }
}
