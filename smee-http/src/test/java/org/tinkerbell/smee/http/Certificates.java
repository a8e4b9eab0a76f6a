// SPDX-License-Identifier: Apache-2.0
package org.tinkerbell.smee.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Certificates made for a test by the Java platform's keytool, and their keys in all forms. */
public final class Certificates {
  private static final char[] PASSWORD = "password".toCharArray();

  private final String certificate;
  private final PrivateKey key;

  private Certificates(String certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** Makes one; "RSA" or "EC". The store that it leaves, NAME.p12, has the password "password". */
  public static Certificates make(Path folder, String name, String algorithm) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Map<String, String> options = new TreeMap<>();
    options.put("-keystore", store.toString());
    options.put("-storepass", new String(PASSWORD));
    options.put("-keyalg", algorithm);
    options.put("-alias", "a");
    options.put("-dname", "CN=" + name);
    options.put("-validity", "30");
    options.put("-ext", "san=ip:127.0.0.1");
    ProcessBuilder keytool =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair");
    options.forEach((option, value) -> keytool.command().addAll(Arrays.asList(option, value)));
    Process process = keytool.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(output);
    }
    return read(store);
  }

  private static Certificates read(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return new Certificates(
        pem("CERTIFICATE", keys.getCertificate("a").getEncoded()),
        (PrivateKey) keys.getKey("a", PASSWORD));
  }

  public String certificate() {
    return certificate;
  }

  public String pkcs8() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  /** Returns the key without the frame of PKCS#8. */
  String bare() {
    byte[] der = key.getEncoded();
    int at = skipHead(der, 0) + 3;
    at = skipHead(der, at) + length(der, at);
    return pem(
        key.getAlgorithm() + " PRIVATE KEY",
        Arrays.copyOfRange(der, skipHead(der, at), der.length));
  }

  private static int skipHead(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first >= 0x80) {
      throw new AssertionError("longer than a name of an algorithm is");
    }
    return first;
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
