// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.backend.kube;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tinkerbell.smee.backend.Backend;
import org.tinkerbell.smee.backend.BackendStatus;
import org.tinkerbell.smee.backend.LookupResult;
import org.tinkerbell.smee.backend.MacAddress;
import org.tinkerbell.smee.backend.spi.BackendException;
import org.tinkerbell.smee.backend.spi.BackendObserver;
import org.tinkerbell.smee.backend.spi.HardwareObjects;

/**
 * Answers look-ups from the {@code Hardware} objects (group {@code tinkerbell.org}, version {@code
 * v1alpha1}, or {@code v1alpha2} where that is served) of a Kubernetes cluster.
 *
 * <p>A thread of the backend lists the objects, then watches them; look-ups are answered at once
 * from an index in memory and see a change within a second. Until the first list is complete they
 * give {@link LookupResult.Failed} with the reason. A lost API server afterwards leaves the data in
 * force, and {@link #status} says since when nothing was heard. Objects are converted as {@link
 * HardwareObjects} says; a broken one harms no other. A MAC or IP address that occurs in several
 * objects gives {@link LookupResult.Ambiguous}; several interfaces of one object count as one, the
 * first wins.
 *
 * <p>Nothing is ever written to the cluster. Thread safe.
 */
public final class KubeBackend implements Backend {
  private final HardwareWatch watch;

  private KubeBackend(HardwareWatch watch) {
    this.watch = watch;
  }

  /**
   * Begins a backend.
   *
   * @return a builder that finds the cluster as {@code kubectl} does and watches all namespaces
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins to list and watch, in the background. Returns at once, whether or not the API server can
   * be reached; does nothing when called again.
   *
   * @throws IllegalStateException if the backend is closed
   */
  public void start() {
    watch.start();
  }

  /**
   * Returns a stage that completes with the first complete list of objects.
   *
   * @return the stage; fails with {@link java.util.concurrent.CancellationException} if the backend
   *     is closed before
   */
  public CompletionStage<Void> synced() {
    return watch.synced();
  }

  @Override
  public CompletionStage<LookupResult> findByMac(MacAddress macAddress) {
    Objects.requireNonNull(macAddress, "macAddress");
    return find(index -> index.find(macAddress));
  }

  @Override
  public CompletionStage<LookupResult> findByIp(InetAddress ipAddress) {
    Objects.requireNonNull(ipAddress, "ipAddress");
    return find(index -> index.find(ipAddress));
  }

  @Override
  public CompletionStage<LookupResult> findBySerialNumber(String serialNumber) {
    Objects.requireNonNull(serialNumber, "serialNumber");
    return find(index -> index.findBySerialNumber(serialNumber));
  }

  private CompletionStage<LookupResult> find(Function<HardwareIndex, LookupResult> question) {
    HardwareIndex index = watch.index();
    return CompletableFuture.completedStage(
        index == null ? new LookupResult.Failed(watch.status().detail()) : question.apply(index));
  }

  @Override
  public BackendStatus status() {
    return watch.status();
  }

  /** Ends the thread and the connections, within five seconds. */
  @Override
  public void close() {
    watch.close();
  }

  /** Collects the settings of a backend. Not thread safe; may build several times. */
  public static final class Builder {
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private String apiServer = "";
    private @Nullable Path kubeconfig;
    private String namespace = "";
    private BackendObserver observer = BackendObserver.NONE;
    private RetryDelay retryDelay = new RetryDelay(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private Surroundings surroundings = Surroundings.ofProcess();

    private Builder() {}

    /**
     * Sets the API server, in place of the one that the configuration names. Without any other
     * configuration the credentials of the pod's service account go with it, if there are any.
     * Default: what the configuration says.
     *
     * @param url an absolute {@code http} or {@code https} URL, for example {@code
     *     https://10.0.0.1:6443}
     * @return this builder
     * @throws IllegalArgumentException if the text is not such a URL
     */
    public Builder apiServer(String url) {
      try {
        URI uri = new URI(url);
        String scheme = String.valueOf(uri.getScheme());
        if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
          throw new URISyntaxException(url, "no http or https URL");
        }
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(
            "api: " + url + " (expected: a URL such as https://10.0.0.1:6443)", e);
      }
      apiServer = url;
      return this;
    }

    /**
     * Sets the kubeconfig file; it must exist when {@link #build} is called. Default: the files of
     * {@code KUBECONFIG}, merged, else {@code ~/.kube/config}, else the pod's service account.
     *
     * @param file the file
     * @return this builder
     */
    public Builder kubeconfig(Path file) {
      kubeconfig = Objects.requireNonNull(file, "file");
      return this;
    }

    /**
     * Sets the namespace to which list and watch are restricted. Default: all namespaces, which
     * needs rights in the whole cluster.
     *
     * @param name the namespace; empty text means all
     * @return this builder
     * @throws IllegalArgumentException if the text cannot be the name of a namespace
     */
    public Builder namespace(String name) {
      if (!name.isEmpty() && !NAMESPACE.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "namespace: " + name + " (expected: lower-case letters, digits and dashes)");
      }
      namespace = name;
      return this;
    }

    /**
     * Sets who is told what happens to the data. Called by the backend's thread. Default: nobody.
     *
     * @param value the observer
     * @return this builder
     */
    public Builder observer(BackendObserver value) {
      observer = Objects.requireNonNull(value, "observer");
      return this;
    }

    /**
     * Sets how long the backend waits after a failure before it tries again: the delay doubles with
     * each failure in a row and is shortened at random by up to a fifth, so that many servers do
     * not return at once. Default: 1 to 30 seconds.
     *
     * @param first the delay after the first failure, at least 1 ms
     * @param longest the longest delay, not shorter than the first
     * @return this builder
     * @throws IllegalArgumentException if a delay is outside its range
     */
    public Builder retryDelay(Duration first, Duration longest) {
      retryDelay = new RetryDelay(first, longest);
      return this;
    }

    Builder surroundings(Surroundings value) {
      surroundings = value;
      return this;
    }

    /**
     * Makes the backend. Reads the configuration files; does not talk to the API server.
     *
     * @return a backend that is yet to be started
     * @throws BackendException if no configuration is found or it cannot be used
     */
    public KubeBackend build() {
      ClientConfiguration configuration =
          new ConfigurationRules(surroundings).find(kubeconfig, apiServer);
      return new KubeBackend(new HardwareWatch(configuration, namespace, observer, retryDelay));
    }
  }
}
