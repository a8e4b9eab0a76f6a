// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.syslog;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the server shows to those who connect by TLS.
 *
 * @param certificates its certificate and those between it and the root, in PEM
 * @param key its private key, PKCS#8 in PEM
 */
record TlsIdentity(Path certificates, Path key) {

  /** Longer than the week a TLS 1.3 ticket may be good for (RFC 8446 §4.6.1), so none is sent. */
  private static final long NO_TICKETS_SECONDS = Duration.ofDays(8).toSeconds();

  /**
   * Reads the files.
   *
   * @param clientAuthorities who must have signed the certificates of clients; null if clients need
   *     none
   * @throws IOException says in one line which file is the reason
   */
  SslContext load(@Nullable Path clientAuthorities) throws IOException {
    SslContextBuilder builder = identity();
    if (clientAuthorities != null) {
      try (InputStream authorities = open(clientAuthorities)) {
        builder.trustManager(authorities).clientAuth(ClientAuth.REQUIRE);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "syslog over TLS: no certificates in PEM form in " + clientAuthorities, e);
      }
    }
    // Senders hardly ever read. One that closes with a ticket unread makes its system reset the
    // connection and throw away the messages that had not left yet.
    builder.sessionTimeout(NO_TICKETS_SECONDS);
    return builder.sslProvider(SslProvider.JDK).protocols("TLSv1.3", "TLSv1.2").build();
  }

  private SslContextBuilder identity() throws IOException {
    try (InputStream chain = open(certificates);
        InputStream secret = open(key)) {
      return SslContextBuilder.forServer(chain, secret);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "syslog over TLS: no certificate and PKCS#8 key in PEM form in "
              + certificates
              + " and "
              + key
              + "; openssl pkcs8 -topk8 -nocrypt converts a key",
          e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new IOException("syslog over TLS: there is no file " + file, e);
    } catch (IOException e) {
      throw new IOException("syslog over TLS: " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
