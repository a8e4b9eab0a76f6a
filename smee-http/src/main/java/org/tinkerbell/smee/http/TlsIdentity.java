// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server shows to those who connect by TLS: a certificate, those between it and the root,
 * and its key.
 */
final class TlsIdentity {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----([^-]*)-----END ");
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final byte[] PROBE = "smee".getBytes(StandardCharsets.US_ASCII);

  private final SslContext context;
  private final X509Certificate certificate;

  private TlsIdentity(SslContext context, X509Certificate certificate) {
    this.context = context;
    this.certificate = certificate;
  }

  SslContext context() {
    return context;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** The content of the two files, one character for each byte. */
  record Source(Path certificateFile, Path keyFile, String certificates, String key) {

    static Source read(Path certificateFile, Path keyFile) throws IOException {
      return new Source(certificateFile, keyFile, content(certificateFile), content(keyFile));
    }

    private static String content(Path file) throws IOException {
      try {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
      } catch (NoSuchFileException e) {
        throw new IOException("there is no file " + file, e);
      } catch (IOException e) {
        throw new IOException(file + " cannot be read: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Makes the identity of the files' content.
   *
   * @throws IOException says in one line which file is the reason
   */
  static TlsIdentity of(Source source) throws IOException {
    X509Certificate[] chain = certificates(source);
    PrivateKey key = privateKey(source, chain[0].getPublicKey());
    try {
      if (!belong(key, chain[0].getPublicKey())) {
        throw new IOException(
            "the key in " + source.keyFile() + " is not that of " + source.certificateFile());
      }
      SslContext context =
          SslContextBuilder.forServer(key, chain)
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .build();
      return new TlsIdentity(context, chain[0]);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          source.certificateFile() + " cannot be used for TLS: " + e.getMessage(), e);
    }
  }

  private static X509Certificate[] certificates(Source source) throws IOException {
    X509Certificate[] chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(
                      source.certificates().getBytes(StandardCharsets.ISO_8859_1)))
              .toArray(X509Certificate[]::new);
    } catch (CertificateException e) {
      chain = new X509Certificate[0];
    }
    if (chain.length == 0) {
      throw new IOException("there is no certificate in PEM form in " + source.certificateFile());
    }
    return chain;
  }

  private static PrivateKey privateKey(Source source, PublicKey counterpart) throws IOException {
    Path file = source.keyFile();
    Matcher pem = KEY.matcher(source.key());
    if (!pem.find()) {
      throw new IOException("there is no private key in PEM form in " + file);
    }
    String kind = pem.group(1).trim();
    if (kind.equals("ENCRYPTED") || pem.group(2).contains("ENCRYPTED")) {
      throw new IOException("the key in " + file + " is encrypted; openssl pkey decrypts it");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
      // PKCS#1 and SEC 1 keys, as cert-manager and openssl make them, lack a frame only.
      byte[] framed = kind.isEmpty() ? der : framed(der, counterpart);
      return KeyFactory.getInstance(counterpart.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(framed));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "the key in " + file + " cannot be read, or is not that of " + source.certificateFile(),
          e);
    }
  }

  /** Puts a bare key into the frame of PKCS#8 (RFC 5958 §2), which names its algorithm. */
  private static byte[] framed(byte[] key, PublicKey counterpart) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(VERSION_0);
    content.writeBytes(algorithm(counterpart.getEncoded()));
    content.writeBytes(element(0x04, key));
    return element(0x30, content.toByteArray());
  }

  /** Returns the algorithm of a public key (RFC 5280 §4.1): the first element of the first one. */
  private static byte[] algorithm(byte[] publicKey) {
    int begin = contentBegin(publicKey, 0);
    int end = contentBegin(publicKey, begin) + contentLength(publicKey, begin);
    return Arrays.copyOfRange(publicKey, begin, end);
  }

  private static int contentBegin(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int contentLength(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    if (length < 0x80) {
      return length;
    }
    int octets = length & 0x7f;
    length = 0;
    for (int i = 0; i < octets; i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
    }
    return length;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 5);
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      // DER wants the shortest form (X.690 §10.1).
      int octets = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
      out.write(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        out.write(content.length >> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static boolean belong(PrivateKey key, PublicKey counterpart)
      throws GeneralSecurityException {
    String name =
        switch (counterpart.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> counterpart.getAlgorithm();
        };
    Signature signature = Signature.getInstance(name);
    signature.initSign(key);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(counterpart);
    signature.update(PROBE);
    return signature.verify(signed);
  }
}
