// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.file;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;

/**
 * Hardware records from a YAML or JSON file, read anew whenever it changes.
 *
 * <p>Look-ups are answered at once from memory, by stages that are complete, on any thread. A
 * record that cannot be used is {@link LookupResult.Unusable}; an IP address that two records claim
 * is {@link LookupResult.Ambiguous}; of two records of one MAC address the last in the file counts.
 *
 * <p>A change is noticed within the poll interval, usually at once: writes in place, files moved
 * into the place, symbolic links that point elsewhere (as those of a Kubernetes ConfigMap), and
 * files that come back. It is taken whole or not at all: while the new content cannot be read, the
 * records read before stay in force, and {@link #status()} says why.
 */
public final class FileBackend implements Backend {

  private final FileWatch watch;

  private FileBackend(FileWatch watch) {
    this.watch = watch;
  }

  /**
   * Begins a backend.
   *
   * @return a builder that needs a path
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
    Objects.requireNonNull(macAddress, "macAddress");
    @Nullable HardwareIndex index = watch.index();
    return CompletableFuture.completedStage(index == null ? CLOSED : index.byMac(macAddress));
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
    Objects.requireNonNull(ipAddress, "ipAddress");
    @Nullable HardwareIndex index = watch.index();
    return CompletableFuture.completedStage(index == null ? CLOSED : index.byIp(ipAddress));
  }

  @Override
  public CompletionStage<LookupResult> findBySerialNumber(String serialNumber) {
    Objects.requireNonNull(serialNumber, "serialNumber");
    @Nullable HardwareIndex index = watch.index();
    return CompletableFuture.completedStage(
        index == null ? CLOSED : index.bySerialNumber(serialNumber));
  }

  private static final LookupResult CLOSED = new LookupResult.Failed("the file backend is closed");

  /**
   * Tells how many records there are and where from, and why the last change was not taken.
   *
   * @return ready until {@link #close()}, since there is no backend without records read once
   */
  @Override
  public BackendStatus status() {
    return watch.status();
  }

  /** Ends the watching thread, waiting for it at most five seconds, and drops the records. */
  @Override
  public void close() {
    watch.close();
  }

  /** Collects what a backend needs. Not thread safe; may build several times. */
  public static final class Builder {
    private @Nullable Path path;
    private BackendObserver observer = BackendObserver.NONE;
    private Duration pollInterval = Duration.ofSeconds(1);
    private Duration debounce = Duration.ofMillis(200);
    private int maxFileBytes = 64 * 1024 * 1024;
    private int maxProblems = 100;

    private Builder() {}

    /**
     * Sets the file. There is no default.
     *
     * @param value the path of a YAML or JSON file; may be or lead through symbolic links
     * @return this builder
     */
    public Builder path(Path value) {
      path = Objects.requireNonNull(value, "path");
      return this;
    }

    /**
     * Sets who is told what happens to the records. Default: nobody.
     *
     * @param value is called by the thread that builds, later by the watching thread; places are
     *     given as {@code PATH:LINE:COLUMN}, counted from 1
     * @return this builder
     */
    public Builder observer(BackendObserver value) {
      observer = Objects.requireNonNull(value, "observer");
      return this;
    }

    /**
     * Sets how often the file is looked at, which is the longest that a change goes unnoticed.
     *
     * @param value 10 ms to 1 hour; default 1 second
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder pollInterval(Duration value) {
      check("pollInterval", value, Duration.ofMillis(10), Duration.ofHours(1));
      pollInterval = value;
      return this;
    }

    /**
     * Sets how long a changed file must stay as it is before it is read, so that what is being
     * written is not read half. An empty file is given ten times as long.
     *
     * @param value 0 (read at once) to 10 seconds; default 200 ms. A file that never rests is read
     *     after 30 seconds
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder debounce(Duration value) {
      check("debounce", value, Duration.ZERO, Duration.ofSeconds(10));
      debounce = value;
      return this;
    }

    /**
     * Sets the size up to which a file is read. A larger one is refused.
     *
     * @param value bytes, 1 to 1 GiB; default 64 MiB
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is outside the range
     */
    public Builder maxFileBytes(int value) {
      if (value < 1 || value > 1 << 30) {
        throw new IllegalArgumentException(
            "maxFileBytes: " + value + " (expected: 1 to " + (1 << 30) + ")");
      }
      maxFileBytes = value;
      return this;
    }

    /**
     * Sets how many problems with single records and values the observer is told per load. One more
     * call then gives the number of the others.
     *
     * @param value 0 or more; default 100
     * @return this builder
     * @throws IllegalArgumentException if {@code value} is negative
     */
    public Builder maxProblems(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("maxProblems: " + value + " (expected: 0 or more)");
      }
      maxProblems = value;
      return this;
    }

    private static void check(String name, Duration value, Duration min, Duration max) {
      if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + min + " to " + max + ")");
      }
    }

    /**
     * Reads the file on the calling thread and begins to watch it on a thread of its own.
     *
     * @return the running backend; the caller closes it
     * @throws BackendException if the file cannot be read or is not YAML or JSON; the message is
     *     one line that begins with {@code PATH:} or {@code PATH:LINE:COLUMN:}
     * @throws IllegalStateException if no path was set
     */
    public FileBackend build() {
      if (path == null) {
        throw new IllegalStateException("path: not set (expected: the path of a file)");
      }
      HardwareSource source = new HardwareSource(path, maxFileBytes, maxProblems, observer);
      return new FileBackend(FileWatch.start(source, pollInterval, debounce));
    }
  }
}
