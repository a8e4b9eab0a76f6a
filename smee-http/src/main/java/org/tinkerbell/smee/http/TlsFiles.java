// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches the files of a certificate and its key; goes on with the last good ones. */
final class TlsFiles {
  private final Path certificateFile;
  private final Path keyFile;
  private final ServerConfig config;
  private volatile @Nullable TlsIdentity current;
  private TlsIdentity.@Nullable Source seen;
  private @Nullable String complaint;
  private @Nullable ScheduledExecutorService watcher;

  TlsFiles(Path certificateFile, Path keyFile, ServerConfig config) {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    this.config = config;
  }

  /** Reads the files for the first time. */
  void load() throws IOException {
    TlsIdentity.Source source = TlsIdentity.Source.read(certificateFile, keyFile);
    TlsIdentity identity = TlsIdentity.of(source);
    seen = source;
    use(identity);
  }

  /** Begins to look at the files now and then. */
  @SuppressWarnings("FutureReturnValueIgnored") // look() does not fail
  synchronized void watch(Duration interval) {
    ScheduledExecutorService executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "smee-http-tls");
              thread.setDaemon(true);
              return thread;
            });
    watcher = executor;
    executor.scheduleWithFixedDelay(
        this::look, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void look() {
    try {
      TlsIdentity.Source source = TlsIdentity.Source.read(certificateFile, keyFile);
      if (source.equals(seen)) {
        return;
      }
      // Also if it is not usable: it is complained of once. When one file is new and the other not
      // yet, the next look finds them changed again.
      seen = source;
      use(TlsIdentity.of(source));
      complaint = null;
    } catch (IOException | RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      if (!reason.equals(complaint)) {
        complaint = reason;
        config.observe(o -> o.certificateRejected(reason));
      }
    }
  }

  private void use(TlsIdentity identity) {
    current = identity;
    X509Certificate certificate = identity.certificate();
    config.observe(o -> o.certificateLoaded(certificate));
  }

  /** Returns what new connections use. */
  SslContext context() {
    TlsIdentity identity = current;
    if (identity == null) {
      throw new IllegalStateException("not loaded");
    }
    return identity.context();
  }

  synchronized void close() {
    if (watcher != null) {
      watcher.shutdownNow();
    }
  }
}
