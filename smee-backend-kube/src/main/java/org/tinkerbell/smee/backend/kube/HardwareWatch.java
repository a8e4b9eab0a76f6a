// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import io.kubernetes.client.openapi.ApiClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.HardwareObjects;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Conversion;
import org.tinkerbell.smee.backend.spi.HardwareObjects.Problem;

/**
 * Keeps an index equal to what the API server has: lists, watches, and starts over where needed.
 *
 * <p>This is done here and not by the client's informers, because those try again every second for
 * ever, report each failure with a stack trace, go on from the version that the server has just
 * called gone, and tell of "synchronised" before their listeners have seen the objects.
 */
final class HardwareWatch implements HardwareApi.Events {
  private static final Logger log = LoggerFactory.getLogger(HardwareWatch.class);

  /** The first is what the reference reads, the other is read where only that is served. */
  private static final List<String> VERSIONS = List.of("v1alpha1", "v1alpha2");

  /** Watches live between this and twice this, so that many do not end at once. */
  private static final Duration WATCH_LIFE = Duration.ofMinutes(5);

  /** A watch that ended sooner, and said nothing, counts as a failure. */
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);

  /** How long the same trouble is not told again. */
  private static final Duration REPEAT = Duration.ofMinutes(10);

  /** How often in a row it is started over without delay. */
  private static final int MOST_STARTS_AT_ONCE = 3;

  private static final Duration CLOSE_WAIT = Duration.ofMillis(2500);

  private final ClientConfiguration configuration;
  private final String namespace;
  private final BackendObserver observer;
  private final RetryDelay retryDelay;
  private final RandomGenerator random = RandomGenerator.getDefault();
  private final CompletableFuture<Void> synced = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private volatile @Nullable HardwareIndex index;
  private volatile @Nullable Trouble trouble;

  /** Guarded by this object. */
  private boolean started;

  /** Guarded by this object. */
  private @Nullable HardwareApi api;

  // The rest belongs to the thread alone.
  private String version = VERSIONS.get(0);
  private String resourceVersion = "0";
  private boolean listed;
  private boolean opened;
  private long openedAt;
  private int failures;
  private int startsAtOnce;
  private ApiProblem.@Nullable Kind lastKind;
  private String toldReason = "";
  private long toldAt;

  private record Trouble(String reason, long since) {}

  HardwareWatch(
      ClientConfiguration configuration,
      String namespace,
      BackendObserver observer,
      RetryDelay retryDelay) {
    this.configuration = configuration;
    this.namespace = namespace;
    this.observer = observer;
    this.retryDelay = retryDelay;
    thread = new Thread(this::run, "smee-kube-watch");
    thread.setDaemon(true);
  }

  synchronized void start() {
    if (isClosed()) {
      throw new IllegalStateException("closed");
    }
    if (!started) {
      started = true;
      log.info(
          "kubernetes backend starts server={} configuration={} namespace={}",
          configuration.server(),
          configuration.source(),
          namespace.isEmpty() ? "(all)" : namespace);
      thread.start();
    }
  }

  CompletionStage<Void> synced() {
    return synced.minimalCompletionStage();
  }

  /** The index, or null if there is none to answer from. */
  @Nullable HardwareIndex index() {
    return isClosed() ? null : index;
  }

  BackendStatus status() {
    HardwareIndex now = index;
    Trouble problem = trouble;
    if (isClosed()) {
      return BackendStatus.notReady("the Kubernetes backend is closed");
    }
    if (now == null) {
      return BackendStatus.notReady(
          problem == null
              ? "waiting for the first list of hardware from " + configuration.server()
              : problem.reason());
    }
    String detail = now.recordCount() + " records of " + now.objectCount() + " hardware objects";
    if (problem == null) {
      return BackendStatus.ready(detail);
    }
    Duration age = Duration.ofNanos(Math.max(1, System.nanoTime() - problem.since()));
    return BackendStatus.stale(
        detail + ", no news for " + age.toSeconds() + " s: " + problem.reason(), age);
  }

  private boolean isClosed() {
    return closing.getCount() == 0;
  }

  private void run() {
    while (!isClosed()) {
      try {
        listAndWatch();
      } catch (ApiProblem e) {
        failed(e);
      } catch (RuntimeException | LinkageError e) {
        log.debug("kubernetes backend failed", e);
        failed(
            new ApiProblem(
                ApiProblem.Kind.REFUSED,
                "the Kubernetes client fails: " + ApiProblem.oneLine(e.toString())));
      }
    }
  }

  private void listAndWatch() throws ApiProblem {
    HardwareApi connection = connection();
    if (!listed) {
      list(connection);
    }
    Duration life = WATCH_LIFE.plusMillis(random.nextLong(WATCH_LIFE.toMillis()));
    opened = false;
    try {
      connection.watch(version, resourceVersion, life, this);
    } finally {
      if (hasLived()) {
        progressed();
      }
    }
    if (!hasLived()) {
      throw new ApiProblem(
          ApiProblem.Kind.DROPPED,
          "the Kubernetes API at " + configuration.server() + " ends the watch at once");
    }
  }

  private boolean hasLived() {
    return opened && System.nanoTime() - openedAt >= SHORTEST_LIFE.toNanos();
  }

  private HardwareApi connection() throws ApiProblem {
    synchronized (this) {
      if (api != null) {
        return api;
      }
    }
    HardwareApi made;
    try {
      ApiClient client = configuration.factory().create();
      made = new HardwareApi(client, configuration.server(), namespace);
    } catch (IOException | RuntimeException e) {
      log.debug("no kubernetes client", e);
      throw new ApiProblem(
          ApiProblem.Kind.REFUSED,
          "cannot use the Kubernetes configuration of "
              + configuration.source()
              + ": "
              + ApiProblem.reason(e),
          e);
    }
    synchronized (this) {
      api = made;
      if (isClosed()) {
        made.cancel();
      }
      return made;
    }
  }

  private void list(HardwareApi connection) throws ApiProblem {
    ApiProblem missing = null;
    for (String candidate : VERSIONS) {
      try {
        list(connection, candidate);
        return;
      } catch (ApiProblem e) {
        if (e.kind() != ApiProblem.Kind.MISSING) {
          throw e;
        }
        missing = e;
      }
    }
    if (missing != null) {
      throw missing;
    }
  }

  /** Builds a new index beside the present one, so that a list that breaks off changes nothing. */
  private void list(HardwareApi connection, String candidate) throws ApiProblem {
    HardwareIndex old = index;
    HardwareIndex fresh = new HardwareIndex();
    long begin = System.nanoTime();
    String reached =
        connection.list(
            candidate,
            candidate.equals(version) ? resourceVersion : "0",
            hardware -> take(fresh, old, hardware));
    version = candidate;
    resourceVersion = reached;
    listed = true;
    index = fresh;
    log.info(
        "hardware listed objects={} records={} version={} millis={}",
        fresh.objectCount(),
        fresh.recordCount(),
        candidate,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    recovered();
    tellLoaded(fresh);
    synced.complete(null);
  }

  /** Takes an object into an index; tells whether it differs from what was known. */
  private boolean take(HardwareIndex to, @Nullable HardwareIndex known, Map<String, ?> hardware) {
    String name =
        JsonTree.text(hardware, "metadata", "namespace")
            + "/"
            + JsonTree.text(hardware, "metadata", "name");
    String generation = JsonTree.text(hardware, "metadata", "resourceVersion");
    HardwareIndex.Stored before = known == null ? null : known.stored(name);
    if (before != null && before.resourceVersion().equals(generation)) {
      if (to != known) {
        to.put(name, before);
      }
      return false;
    }
    Conversion conversion = HardwareObjects.convert(hardware);
    // Objects change for many reasons; what was said of one is not said again.
    if (before == null || !before.conversion().problems().equals(conversion.problems())) {
      for (Problem problem : conversion.problems()) {
        log.warn("hardware problem object={} problem={}", name, problem);
        observer.recordProblem("hardware " + name, problem.toString());
      }
    }
    to.put(name, new HardwareIndex.Stored(generation, conversion));
    return true;
  }

  @Override
  public void opened() {
    opened = true;
    openedAt = System.nanoTime();
    recovered();
  }

  @Override
  public void changed(Map<String, ?> hardware) {
    HardwareIndex present = index;
    if (present != null && take(present, present, hardware)) {
      tellLoaded(present);
    }
  }

  @Override
  public void deleted(Map<String, ?> hardware) {
    HardwareIndex present = index;
    String name =
        JsonTree.text(hardware, "metadata", "namespace")
            + "/"
            + JsonTree.text(hardware, "metadata", "name");
    if (present != null && present.remove(name)) {
      tellLoaded(present);
    }
  }

  @Override
  public void reached(String reachedVersion) {
    if (!reachedVersion.equals(resourceVersion)) {
      resourceVersion = reachedVersion;
      progressed();
    }
  }

  private void tellLoaded(HardwareIndex present) {
    observer.loaded(configuration.server(), present.recordCount());
  }

  private void recovered() {
    trouble = null;
    if (!toldReason.isEmpty()) {
      toldReason = "";
      log.info("kubernetes api is back server={}", configuration.server());
    }
  }

  private void failed(ApiProblem problem) {
    if (isClosed()) {
      return;
    }
    switch (problem.kind()) {
      case GONE -> {
        listed = false;
        resourceVersion = "";
      }
      case MISSING -> {
        listed = false;
        resourceVersion = "0";
      }
      case REFUSED -> forgetConnection();
      default -> {
        // The same request may work later.
      }
    }
    Duration delay = Duration.ZERO;
    if (!maySkipDelay(problem.kind())) {
      failures++;
      delay = retryDelay.after(failures, random);
    }
    lastKind = problem.kind();
    Trouble before = trouble;
    trouble = new Trouble(problem.reason(), before == null ? System.nanoTime() : before.since());
    if (delay.isZero()) {
      log.debug("hardware watch starts over reason={}", problem.reason());
    } else {
      tell(problem.reason(), delay);
    }
    pause(delay);
  }

  /** Connections end and versions expire; that is trouble only if it happens again and again. */
  private boolean maySkipDelay(ApiProblem.Kind kind) {
    return (kind == ApiProblem.Kind.GONE || kind == ApiProblem.Kind.DROPPED)
        && kind != lastKind
        && startsAtOnce++ < MOST_STARTS_AT_ONCE;
  }

  /** The server has told something new, or was there long enough. */
  private void progressed() {
    failures = 0;
    startsAtOnce = 0;
    lastKind = null;
  }

  private void tell(String reason, Duration delay) {
    long now = System.nanoTime();
    String line = reason + "; retrying in " + Math.max(1, (delay.toMillis() + 500) / 1000) + " s";
    if (reason.equals(toldReason) && now - toldAt < REPEAT.toNanos()) {
      log.debug(line);
      return;
    }
    toldReason = reason;
    toldAt = now;
    log.warn(line);
    observer.loadFailed(configuration.server(), line);
  }

  private void pause(Duration delay) {
    try {
      if (closing.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("kubernetes backend ends");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing.countDown();
    }
  }

  private void forgetConnection() {
    HardwareApi old;
    synchronized (this) {
      old = api;
      api = null;
    }
    if (old != null) {
      old.close();
    }
  }

  void close() {
    List<HardwareApi> open = new ArrayList<>();
    synchronized (this) {
      closing.countDown();
      if (api != null) {
        api.cancel();
        open.add(api);
      }
    }
    synced.cancel(false);
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(CLOSE_WAIT.toMillis());
      if (thread.isAlive()) {
        // It waits for something that cannot be cancelled, a credential plug-in for example.
        thread.interrupt();
        thread.join(CLOSE_WAIT.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.forEach(HardwareApi::close);
  }
}
